package kit

import (
	"sort"
	"strings"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Write puts a line of text on the baseline at pt, which is its left end, its
// right end or its middle, as align says.
func Write(c draw.Canvas, st text.Style, align text.XAlignment, pt vg.Point, s string) {
	st.XAlign = align
	st.YAlign = 0
	// gonum's handler places the bottom of a line of height Size, and the
	// baseline where the ascent leaves it.
	pt.Y -= st.Font.Size - st.FontExtents().Ascent
	c.FillText(st, pt, s)
}

// capitals is half the height of capitals and digits as a share of the size:
// how far below its middle a line has its baseline.
const capitals = 0.35

// WriteMiddle puts text with its middle at the height of pt.
func WriteMiddle(c draw.Canvas, st text.Style, align text.XAlignment, pt vg.Point, s string) {
	pt.Y -= st.Font.Size * capitals
	Write(c, st, align, pt, s)
}

const ellipsis = "…"

// Fit shortens s to the given width.
func Fit(st text.Style, s string, width vg.Length) string {
	if st.Width(s) <= width {
		return s
	}
	runes := []rune(s)
	shortened := func(n int) string { return strings.TrimRight(string(runes[:n]), " ") + ellipsis }
	tooMany := sort.Search(len(runes), func(n int) bool { return st.Width(shortened(n)) > width })
	return shortened(max(tooMany-1, 0))
}

// Wrap breaks s into as few lines as fit the width, of about equal length.
func Wrap(st text.Style, s string, width vg.Length) []string {
	known := map[string]vg.Length{} // many lines begin alike in one width and the next
	measure := func(line string) vg.Length {
		w, found := known[line]
		if !found {
			w = st.Width(line)
			known[line] = w
		}
		return w
	}
	lines := fill(measure, s, width)
	if len(lines) > 1 {
		narrowest := sort.Search(int(width), func(w int) bool { return len(fill(measure, s, vg.Length(w))) <= len(lines) })
		lines = fill(measure, s, vg.Length(narrowest))
	}
	for i := range lines {
		lines[i] = Fit(st, lines[i], width) // a single long word
	}
	return lines
}

// fill puts as many words of s as fit into each line, and at least one.
func fill(measure func(string) vg.Length, s string, width vg.Length) []string {
	var lines []string
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return r == ' ' }) { // not at a no-break space
		last := len(lines) - 1
		if last >= 0 && measure(lines[last]+" "+word) <= width {
			lines[last] += " " + word
		} else {
			lines = append(lines, word)
		}
	}
	return lines
}
