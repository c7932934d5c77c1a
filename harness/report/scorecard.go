package report

import (
	"fmt"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A score is a column of the scorecard.
type score struct {
	heading, remark string
	of              func(*Strategy) (float64, bool) // false: there is no value
	text            func(float64) string
	moreIsBetter    bool
}

var scores = []score{
	{"Throughput", "successes per second", func(s *Strategy) (float64, bool) { return s.TPS.Mean, true },
		func(v float64) string { return fixed(v, 1) }, true},
	{"Latency", "99th percentile", func(s *Strategy) (float64, bool) { return s.Metric("latency_p99_ms") }, durationText, false},
	{"429", "per run, with blocked", func(s *Strategy) (float64, bool) { return s.Responses.RateLimited + s.Responses.Blocked, true }, countText, false},
	{"Expirations", "per run", func(s *Strategy) (float64, bool) { return s.Expirations, true }, countText, false},
	{"Queue", "peak", func(s *Strategy) (float64, bool) { return s.Queue.MainPeak, true }, countText, false},
}

const (
	scoreHead = 36 // above the rows
	scoreGap  = 16 // between columns
)

func scorecard(d Data) Chart {
	rows := byTPS(&d.Summary)
	title := "What each strategy pays for its throughput"
	subtitle := "Every column has its own scale from zero. Bold: the best of a column."
	if len(rows) == 1 {
		title = fmt.Sprintf("What %s pays for its throughput", short(rows[0].Name))
		subtitle = "Every column has its own scale from zero."
	}
	return Chart{
		Name: "scorecard", Title: title, Subtitle: subtitle,
		height: scoreHead + rowHeight(len(rows))*vg.Length(len(rows)),
		body: func(c draw.Canvas) {
			top := c.Max.Y - scoreHead
			c = writeNames(c, rows, top)
			width := (c.Max.X - c.Min.X - scoreGap*vg.Length(len(scores)-1)) / vg.Length(len(scores))
			for i, s := range scores {
				column := c
				column.Min.X += vg.Length(i) * (width + scoreGap)
				column.Max.X = column.Min.X + width
				s.draw(column, rows, top)
			}
		},
	}
}

func (s score) draw(c draw.Canvas, rows []row, top vg.Length) {
	write(c, bold(sizeHeading, ink), draw.XLeft, vg.Point{X: c.Min.X, Y: top + 22}, s.heading)
	write(c, regular(sizeRemark, muted), draw.XLeft, vg.Point{X: c.Min.X, Y: top + 8}, s.remark)
	most, best, room := s.survey(rows)
	n := len(rows)
	for i, r := range rows {
		y := rowMiddle(top, i, n)
		value, ok := s.of(r.Strategy)
		end, text := c.Min.X, "–"
		if ok {
			text = s.text(value)
		}
		if value > 0 {
			end += max(1, vg.Length(value/most)*(c.Max.X-c.Min.X-room))
		}
		drawBar(c, r.look, c.Min.X, end, y, barHeight(n))
		st := regular(sizeName, ink)
		if text == best {
			st = bold(sizeName, ink)
		}
		writeMiddle(c, st, draw.XLeft, vg.Point{X: end + 4, Y: y}, text)
	}
	c.StrokeLine2(draw.LineStyle{Color: axisGrey, Width: 1}, c.Min.X, top-rowHeight(n)*vg.Length(n), c.Min.X, top)
}

// survey returns the highest value, the best as it is written ("" when all are
// the same) and the room that the values need beside their bars.
func (s score) survey(rows []row) (most float64, best string, room vg.Length) {
	var bestValue float64
	written := map[string]bool{}
	for _, r := range rows {
		v, ok := s.of(r.Strategy)
		if !ok {
			written["–"] = true
			continue
		}
		most = max(most, v)
		room = max(room, bold(sizeName, ink).Width(s.text(v))+5)
		if best == "" || (v > bestValue) == s.moreIsBetter && v != bestValue {
			best, bestValue = s.text(v), v
		}
		written[s.text(v)] = true
	}
	if len(written) < 2 {
		best = ""
	}
	return most, best, room
}
