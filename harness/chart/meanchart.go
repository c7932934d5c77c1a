package chart

import (
	"cmp"
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"ratebench/harness/chart/kit"
	"ratebench/harness/chart/title"
	"ratebench/harness/metrics"
	"ratebench/harness/result"
	"ratebench/harness/verdict"
)

// means is the body of the chart of mean throughputs: bars from zero; beside
// them, where ceilings and strategies are close together, a close-up of that
// region; then the values.
type means struct {
	rows    []Row
	shares  bool // of the strategies' own ceilings are known
	ladder  kit.Ladder
	top     float64     // of the bars' axis
	closeUp *[2]float64 // range of the close-up; nil: there is none
}

func meanChart(d result.Data) kit.Chart {
	m := newMeans(&d.Summary)
	return kit.Chart{
		Title:    cmp.Or(verdict.Headline(&d), title.Means(&d.Summary)),
		Subtitle: m.subtitle(&d.Summary),
		Height:   m.headSpace() + kit.RowHeight(len(m.rows))*vg.Length(len(m.rows)) + m.footSpace(),
		Body:     m.draw,
	}
}

// A ceiling is left out of the chart when it is further than this above both
// the lowest ceiling and the best strategy: it would squeeze all the rest.
const outOfReach = 1.25

func newMeans(s *result.Summary) means {
	m := means{rows: ByTPS(s), shares: title.HasCeilings(s)}
	best, lowest := m.rows[0].TPS().Value, math.Inf(1)
	for _, c := range s.Ceilings.List() {
		lowest = min(lowest, c.Value)
	}
	for _, r := range m.rows {
		// A wide interval is cut off: it would squeeze the rest as well.
		m.top = max(m.top, min(r.TPS().Upper(), 1.15*best))
	}
	var within []kit.Rung
	for _, c := range s.Ceilings.List() {
		if c.Value <= outOfReach*max(lowest, best) {
			within = append(within, kit.Rung{Label: c.Label, Value: c.Value, Main: c.Main})
			m.top = max(m.top, c.Value)
		}
	}
	m.ladder = kit.NewLadder(within)
	if m.top == 0 {
		m.top = 1
	}
	m.closeUp = m.region()
	return m
}

// region is where the ceilings are, and the strategies not far below them; nil
// where there are none of these, or when that is no small part of the axis.
func (m means) region() *[2]float64 {
	if len(m.ladder) == 0 {
		return nil
	}
	low := m.ladder[0].Value
	near := 0.8 * low
	empty := true
	for _, r := range m.rows {
		if r.TPS().Value >= near {
			empty = false
			low = min(low, max(r.TPS().Lower(), near))
		}
	}
	if empty || low < 0.6*m.top {
		return nil
	}
	span := max(m.top-low, 0.01*m.top)
	return &[2]float64{low - 0.08*span, m.top + 0.04*span}
}

func (m means) subtitle(s *result.Summary) string {
	b := strings.Builder{}
	b.WriteString("Mean successful requests per second")
	if why := tooFew(s.Runs); why != "" {
		fmt.Fprintf(&b, ". %s", why)
	} else if s.Runs > 1 {
		fmt.Fprintf(&b, " over %d runs; whiskers: 95\u00a0%% confidence interval", s.Runs)
	}
	b.WriteString(".")
	if len(m.ladder) > 0 {
		b.WriteString(" Vertical lines: ceilings")
		if means := s.Averaged(); means != "" {
			b.WriteString(", " + means)
		}
		b.WriteString(".")
	}
	var beyond []string
	for _, c := range s.Ceilings.List() {
		if c.Value > m.top {
			beyond = append(beyond, fmt.Sprintf("%s %s", c.Label, metrics.RateText(c.Value, 2)))
		}
	}
	if len(beyond) > 0 {
		fmt.Fprintf(&b, " Beyond the axis: %s.", strings.Join(beyond, ", "))
	}
	b.WriteString(title.OtherAnswers(s))
	return b.String()
}

func (m means) headSpace() vg.Length { return max(m.ladder.Height(), 18) }

func (m means) footSpace() vg.Length {
	if m.closeUp == nil {
		return kit.RulerSpace
	}
	return kit.RulerSpace + kit.CaptionSpace
}

func (m means) draw(c draw.Canvas) {
	top := c.Max.Y - m.headSpace()
	bottom := top - kit.RowHeight(len(m.rows))*vg.Length(len(m.rows))
	c = writeNames(c, m.rows, top)
	c = m.writeValues(c, top)
	bars := kit.Ruler{X0: c.Min.X, X1: c.Max.X, Max: m.top * 1.02}
	if m.closeUp == nil {
		bars.Draw(c, top, bottom, 5, "")
		m.drawBars(c, bars, top)
		m.ladder.Draw(c, bars, bottom, top)
		return
	}
	const gap = 24
	split := c.Min.X + (c.Max.X-c.Min.X-gap)*0.42
	bars.X1 = split
	detail := kit.Ruler{X0: split + gap, X1: c.Max.X, Min: m.closeUp[0], Max: m.closeUp[1]}
	bars.Draw(c, top, bottom, 2, "from zero")
	m.drawBars(c, bars, top)
	detail.Draw(c, top, bottom, 4, "close-up of the ceilings")
	m.ladder.Draw(c, detail, bottom, top)
	m.drawDots(c, detail, top)
}

func (m means) drawBars(c draw.Canvas, r kit.Ruler, top vg.Length) {
	n := len(m.rows)
	for i, s := range m.rows {
		y := kit.RowMiddle(top, i, n)
		kit.DrawBar(c, s.Look, r.X0, r.At(s.TPS().Value), y, kit.BarHeight(n))
		kit.DrawWhisker(c, r, s.TPS().Lower(), s.TPS().Upper(), y)
	}
}

// drawDots marks the strategies in the close-up; an arrow at its left edge
// stands for one that is too low for it.
func (m means) drawDots(c draw.Canvas, r kit.Ruler, top vg.Length) {
	for i, s := range m.rows {
		y := kit.RowMiddle(top, i, len(m.rows))
		if s.TPS().Value < r.Min {
			kit.DrawArrow(c, s.Look, vg.Point{X: r.X0, Y: y})
			continue
		}
		at := vg.Point{X: r.At(s.TPS().Value), Y: y}
		c.StrokeLine2(draw.LineStyle{Color: kit.GridGrey, Width: 1}, r.X0, y, at.X, y)
		kit.DrawWhisker(c, r, s.TPS().Lower(), s.TPS().Upper(), y)
		kit.DrawDot(c, s.Look, at, 4, 1.3)
	}
}

// writeValues writes the columns at the right and returns what is left of them.
func (m means) writeValues(c draw.Canvas, top vg.Length) draw.Canvas {
	if m.shares {
		shares := []string{}
		for _, r := range m.rows {
			shares = append(shares, title.Share(r.Strategy))
		}
		c = writeColumn(c, top, "of its ceiling", kit.Regular(kit.SizeName, kit.Muted), shares)
	}
	var values []string
	head := "req/s"
	for _, r := range m.rows {
		v := metrics.RateText(r.TPS().Value, 2)
		if r.TPS().CI95 != nil {
			head = "req/s ± 95\u00a0%"
			v += " ± " + metrics.MarginText(r.TPS().Margin(), r.TPS().Value, 2)
		}
		values = append(values, v)
	}
	return writeColumn(c, top, head, kit.Bold(kit.SizeName, kit.Ink), values)
}

// writeColumn writes values along the right edge of c, below a heading, and
// returns what is left of them.
func writeColumn(c draw.Canvas, top vg.Length, head string, st text.Style, values []string) draw.Canvas {
	headStyle := kit.Regular(kit.SizeRemark, kit.Muted)
	width := headStyle.Width(head)
	for i, v := range values {
		width = max(width, st.Width(v))
		kit.WriteMiddle(c, st, draw.XRight, vg.Point{X: c.Max.X, Y: kit.RowMiddle(top, i, len(values))}, v)
	}
	kit.WriteMiddle(c, headStyle, draw.XRight, vg.Point{X: c.Max.X, Y: top + kit.RungHeight/2 + 2}, head)
	c.Max.X -= width + 16
	return c
}
