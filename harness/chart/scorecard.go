package chart

import (
	"fmt"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"ratebench/harness/chart/kit"
	"ratebench/harness/chart/title"
	"ratebench/harness/metrics"
	"ratebench/harness/result"
)

// A Score is a column of the scorecard.
type Score struct {
	Heading, Remark string
	Of              func(*result.Strategy) (float64, bool) // false: there is no value
	Text            func(float64) string
	Better          metrics.Better
}

// Scores are the columns that the catalogue of metrics gives the scorecard. The
// page has room for more of them, for the share of the ceiling that the first is
// measured by, and for every kind of answer that occurred. Latencies have beside
// them how many requests they are of.
func Scores(s *result.Summary, onPage bool) []Score {
	var list []Score
	beside := false
	percent := func(v float64) string { return metrics.Fixed(v, 1) + "\u00a0%" }
	for _, m := range metrics.Catalogue() {
		score := m.Score
		if score == nil && m.OtherAnswer() && title.Count(s, func(st *result.Strategy) bool { return st.Mean(m.Name) > 0 }) > 0 {
			score = &metrics.Score{Heading: m.Heading[1], Remark: "per run", OnPage: true}
		}
		if score == nil || score.OnPage && !onPage {
			continue
		}
		if !beside && m.Written == metrics.AsMilliseconds {
			beside = true
			list = append(list, Score{"Succeed", "of those made", (*result.Strategy).SuccessShare, percent, metrics.MoreIsBetter})
		}
		of := func(st *result.Strategy) (float64, bool) { return st.Metric(m.Name) }
		list = append(list, Score{score.Heading, score.Remark, of, m.Written.Text, m.Better})
		if len(list) == 1 && onPage && title.HasCeilings(s) {
			list = append(list, Score{"Share", "of its ceiling", (*result.Strategy).Share, percent, metrics.MoreIsBetter})
		}
	}
	return list
}

const (
	scoreHead = 36 // above the rows
	scoreGap  = 16 // between columns
)

func scorecard(d result.Data) kit.Chart {
	rows, scores := ByTPS(&d.Summary), Scores(&d.Summary, false)
	heading := "What each strategy pays for its throughput"
	subtitle := "Every column has its own scale from zero. Bold: the best of a column, of those that keep their keys."
	if len(rows) == 1 {
		heading = fmt.Sprintf("What %s pays for its throughput", title.Short(rows[0].Name))
		subtitle = "Every column has its own scale from zero."
	}
	return kit.Chart{
		Title: heading, Subtitle: subtitle + title.OtherAnswers(&d.Summary),
		Height: scoreHead + kit.RowHeight(len(rows))*vg.Length(len(rows)),
		Body: func(c draw.Canvas) {
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

func (s Score) draw(c draw.Canvas, rows []Row, top vg.Length) {
	kit.Write(c, kit.Bold(kit.SizeHeading, kit.Ink), draw.XLeft, vg.Point{X: c.Min.X, Y: top + 22}, s.Heading)
	kit.Write(c, kit.Regular(kit.SizeRemark, kit.Muted), draw.XLeft, vg.Point{X: c.Min.X, Y: top + 8}, s.Remark)
	most, best, room := s.Survey(rows)
	n := len(rows)
	for i, r := range rows {
		y := kit.RowMiddle(top, i, n)
		value, ok := s.Of(r.Strategy)
		end, text := c.Min.X, "–"
		if ok {
			text = s.Text(value)
		}
		if value > 0 {
			end += max(1, vg.Length(value/most)*(c.Max.X-c.Min.X-room))
		}
		kit.DrawBar(c, r.Look, c.Min.X, end, y, kit.BarHeight(n))
		st := kit.Regular(kit.SizeName, kit.Ink)
		if text == best && r.KeepsKeys() {
			st = kit.Bold(kit.SizeName, kit.Ink)
		}
		kit.WriteMiddle(c, st, draw.XLeft, vg.Point{X: end + 4, Y: y}, text)
	}
	c.StrokeLine2(draw.LineStyle{Color: kit.AxisGrey, Width: 1}, c.Min.X, top-kit.RowHeight(n)*vg.Length(n), c.Min.X, top)
}

// Survey returns the highest value, the best of those that keep their keys as it
// is written ("" when all are the same, or there is none) and the room that the
// values need beside their bars.
func (s Score) Survey(rows []Row) (most float64, best string, room vg.Length) {
	var bestValue float64
	written := map[string]bool{}
	for _, r := range rows {
		v, ok := s.Of(r.Strategy)
		if !ok {
			written["–"] = true
			continue
		}
		most = max(most, v)
		room = max(room, kit.Bold(kit.SizeName, kit.Ink).Width(s.Text(v))+5)
		if r.KeepsKeys() && (best == "" || (v > bestValue) == (s.Better == metrics.MoreIsBetter) && v != bestValue) {
			best, bestValue = s.Text(v), v
		}
		written[s.Text(v)] = true
	}
	if len(written) < 2 {
		best = ""
	}
	return most, best, room
}
