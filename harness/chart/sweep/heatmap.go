package sweep

import (
	"image/color"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"ratebench/harness/chart/kit"
	"ratebench/harness/metrics"
	"ratebench/harness/result"
)

// Heatmap is the chart of two axes or more, or of one that is not of numbers: a
// row for each strategy, and each value of all axes but the last, whose values
// are the columns. False: there is no such sweep.
func Heatmap(d result.Data) (kit.Chart, bool) {
	s := &d.Summary
	if _, lines := onLines(s); lines || len(s.Axes) == 0 {
		return kit.Chart{}, false
	}
	h := newHeatmap(s)
	what := "Bluer: more of what the server admits and the load offers."
	if !h.shares {
		what = "Bluer: more successful requests per second."
	}
	return kit.Chart{
		Title:    Title(s),
		Subtitle: what + " Below: answers 429 per second. A frame: keys were blocked, so many per run. " + rowsOf(s) + "Columns: " + result.OneLine(h.axis.Name) + ".",
		Height:   h.head() + cellHeight*vg.Length(len(h.rows)),
		Body:     h.draw,
	}, true
}

// rowsOf says what the rows are; "" where they are strategies.
func rowsOf(s *result.Summary) string {
	parts := []string{"strategy"}
	for _, a := range s.Axes[:len(s.Axes)-1] {
		parts = append(parts, result.OneLine(a.Name))
	}
	if len(parts) == 1 {
		return ""
	}
	return "Rows: " + strings.Join(parts, " · ") + ". "
}

const (
	cellHeight  = 34
	cellGap     = 2
	headLeading = 13
	headLines   = 3
)

// heatmap is the body of the chart.
type heatmap struct {
	axis   result.Axis // of the columns
	names  kit.Names
	rows   [][]heatCell
	shares bool    // the cells are shares of what can be had, else of the most
	most   float64 // of all throughputs
}

// A heatCell is a strategy at a point.
type heatCell struct {
	there   bool
	share   float64 // 0 to 1, of what can be had or of the most
	text    string
	refused string
	blocked string // "": no key was
}

func newHeatmap(s *result.Summary) heatmap {
	last := len(s.Axes) - 1
	h := heatmap{axis: s.Axes[last], shares: true}
	for i := range s.Points {
		h.shares = h.shares && s.Points[i].CapTPS != nil
	}
	for i := range s.Strategies {
		h.most = max(h.most, s.Strategies[i].TPS().Value)
	}
	var names []string
	for _, name := range s.Names() {
		for _, others := range combinations(s.Axes[:last]) {
			names = append(names, strings.Join(append([]string{result.OneLine(name)}, others...), " · "))
			var row []heatCell
			for _, v := range h.axis.Values {
				row = append(row, h.cell(s, name, append(slices.Clip(others), v)))
			}
			h.rows = append(h.rows, row)
		}
	}
	h.names = kit.NewNames(names, 190, 10)
	return h
}

// combinations are those of the values of some axes.
func combinations(axes []result.Axis) [][]string {
	all := [][]string{nil}
	for _, a := range axes {
		var longer [][]string
		for _, c := range all {
			for _, v := range a.Values {
				longer = append(longer, append(slices.Clip(c), v))
			}
		}
		all = longer
	}
	return all
}

func (h *heatmap) cell(s *result.Summary, name string, at []string) heatCell {
	st := s.AtPoint(name, at)
	if st == nil {
		return heatCell{}
	}
	tps := st.TPS().Value
	c := heatCell{there: true, text: metrics.RateText(tps, 1), refused: "no 429"}
	if most := s.Cap(st); h.shares && most > 0 {
		c.share = tps / most
		c.text = metrics.Fixed(100*c.share, 1) + "\u00a0%"
	} else if h.most > 0 {
		c.share = tps / h.most
	}
	if n := st.Mean("refused"); n > 0 && s.DurationS > 0 {
		c.refused = "429: " + metrics.RateText(n/s.DurationS, 1) + "/s"
	}
	if n := st.Mean("keys_blocked"); n > 0 {
		c.blocked = metrics.CountText(n) + " blocked"
	}
	return c
}

// head is the room for the names of the columns.
func (h heatmap) head() vg.Length {
	most := 0
	for _, v := range h.axis.Values {
		most = max(most, len(h.headings(v)))
	}
	return headLeading*vg.Length(most) + 12
}

// column is the width of a column.
func (h heatmap) column() vg.Length {
	return (kit.InnerWidth - h.names.Width()) / vg.Length(len(h.axis.Values))
}

// headings are the lines of the name of a column.
func (h heatmap) headings(name string) []string {
	st, width := kit.Regular(kit.SizeRemark, kit.Muted), h.column()*vg.Length(h.every())-6
	lines := kit.Wrap(st, name, width)
	if len(lines) > headLines {
		lines = append(lines[:headLines-1], kit.Fit(st, strings.Join(lines[headLines-1:], " "), width))
	}
	return lines
}

// every says which columns have a name: each, or each of so many.
func (h heatmap) every() int { return int(math.Ceil(float64(narrowest / h.column()))) }

// narrowest is a column that has no room for words.
const narrowest = 34

func (h heatmap) draw(c draw.Canvas) {
	heads, top := kit.Regular(kit.SizeRemark, kit.Muted), c.Max.Y-h.head()
	left, column := c.Min.X+h.names.Width(), h.column()
	for i, v := range h.axis.Values {
		if i%h.every() != 0 {
			continue
		}
		lines := h.headings(v)
		for k, line := range lines {
			y := top + 8 + headLeading*vg.Length(len(lines)-1-k)
			kit.Write(c, heads, draw.XCenter, vg.Point{X: left + column*(vg.Length(i)+0.5), Y: y}, line)
		}
	}
	for i, row := range h.rows {
		y := top - cellHeight*vg.Length(i)
		h.names.Write(c, i, y-cellHeight/2)
		for k, cell := range row {
			x := left + column*vg.Length(k)
			cell.draw(c, vg.Rectangle{Min: vg.Point{X: x + cellGap/2, Y: y - cellHeight + cellGap/2}, Max: vg.Point{X: x + column - cellGap/2, Y: y - cellGap/2}})
		}
	}
}

// draw fills a box: the darker, the more.
func (cell heatCell) draw(c draw.Canvas, box vg.Rectangle) {
	if !cell.there {
		return
	}
	fill, ink := shade(cell.share)
	kit.FillBox(c, fill, box.Min.X, box.Min.Y, box.Max.X, box.Max.Y)
	middle := (box.Min.X + box.Max.X) / 2
	note := cell.refused
	if cell.blocked != "" {
		note = cell.blocked
		const half = 1.1
		c.StrokeLines(draw.LineStyle{Color: frame, Width: 2 * half}, []vg.Point{
			{X: box.Min.X + half, Y: box.Min.Y + half}, {X: box.Max.X - half, Y: box.Min.Y + half},
			{X: box.Max.X - half, Y: box.Max.Y - half}, {X: box.Min.X + half, Y: box.Max.Y - half}, {X: box.Min.X + half, Y: box.Min.Y + half},
		})
	}
	if box.Max.X-box.Min.X < narrowest-cellGap {
		return
	}
	write := func(style text.Style, above vg.Length, text string) {
		kit.WriteMiddle(c, style, draw.XCenter, vg.Point{X: middle, Y: (box.Min.Y+box.Max.Y)/2 + above}, kit.Fit(style, text, box.Max.X-box.Min.X-4))
	}
	write(kit.Bold(kit.SizeName, ink), 7, cell.text)
	write(kit.Regular(9, ink), -7, note)
}

// frame is the colour around a cell in which keys were blocked.
var frame = color.NRGBA{R: 0xd6, G: 0x3a, B: 0x0c, A: 0xff}

// shade is the colour of a share, from near white to dark blue, and that of
// what is written on it. It falls fast near the top, where the differences are
// that matter.
func shade(share float64) (fill, ink color.NRGBA) {
	const pale = 0.4 // and less
	depth := max(0, (min(share, 1)-pale)/(1-pale))
	return kit.Heat(depth * depth)
}
