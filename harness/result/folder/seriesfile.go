package folder

import (
	"fmt"
	"io"

	"ratebench/harness/metrics"
	"ratebench/harness/result"
)

// A seriesRow is a line of series.csv: a second of a strategy, or several from that
// one on.
type seriesRow struct {
	strategy string
	second   int
	cells    []result.Cell
}

func (r *seriesRow) cell(i int) *result.Cell {
	if r.cells == nil {
		r.cells = make([]result.Cell, len(metrics.Columns()))
	}
	return &r.cells[i]
}

// seriesColumns are those of series.csv: each figure is followed by its
// interval. Bounds are empty where there was one run, and a latency is empty in
// a second without success.
func seriesColumns(s *result.Summary) []csvColumn[seriesRow] {
	columns := append(strategyColumns(s, func(r *seriesRow) *string { return &r.strategy }),
		wholeColumn("second", func(r *seriesRow) *int { return &r.second }))
	for i, c := range metrics.Columns() {
		columns = append(columns,
			cellColumn(c.Name, i, result.NoInterval, parseFigure, func(c *result.Cell) *float64 { return &c.Mean }),
			cellColumn(c.Name+"_lo", i, result.WithInterval, parseBound, func(c *result.Cell) *float64 { return &c.Lo }),
			cellColumn(c.Name+"_hi", i, result.WithInterval, parseFigure, func(c *result.Cell) *float64 { return &c.Hi }))
	}
	return columns
}

// cellColumn is a part of the i-th cell that is there from a content on.
func cellColumn(name string, i int, from result.Content, parse func(string) (float64, error), of func(*result.Cell) *float64) csvColumn[seriesRow] {
	return csvColumn[seriesRow]{
		name:     name,
		optional: true,
		write: func(r *seriesRow) string {
			if c := r.cell(i); c.Has >= from {
				return metrics.Shortest(*of(c))
			}
			return ""
		},
		read: func(r *seriesRow, s string) (err error) {
			c := r.cell(i)
			if s == "" {
				return nil
			}
			c.Has = max(c.Has, from)
			*of(c), err = parse(s)
			return err
		},
	}
}

func writeSeries(w io.Writer, d result.Data) error {
	var rows []seriesRow
	for _, t := range d.Series {
		for i := range t.Rows() {
			row := seriesRow{strategy: t.Strategy, second: i * t.Step()}
			for c := range t.Columns {
				*row.cell(c) = t.Columns[c][i]
			}
			rows = append(rows, row)
		}
	}
	return writeCSV(w, seriesColumns(&d.Summary), rows)
}

func readSeries(content []byte, d *result.Data) error {
	var series []result.Timeline
	lacking, err := readCSV(content, seriesColumns(&d.Summary), func(row *seriesRow) error {
		t, err := part(&series, row.strategy, func(t *result.Timeline) *string { return &t.Strategy })
		if err != nil {
			return err
		}
		t.Row = d.Summary.SeriesRowS
		if want := t.Seconds(); row.second != want {
			return fmt.Errorf("found second %d of %q, expected %d", row.second, row.strategy, want)
		}
		if t.Columns == nil {
			t.Columns = make([][]result.Cell, len(metrics.Columns()))
		}
		for i := range t.Columns {
			c := *row.cell(i)
			if c.Has == result.WithInterval && !(c.Lo <= c.Mean && c.Mean <= c.Hi) {
				return fmt.Errorf("%s: found an interval from %v to %v around %v", metrics.Columns()[i].Name, c.Lo, c.Hi, c.Mean)
			}
			t.Columns[i] = append(t.Columns[i], c)
		}
		return nil
	})
	if err != nil {
		return err
	}
	lack(d, SeriesFile, lacking)
	d.Series, err = inOrder(&d.Summary, series, func(t *result.Timeline) *string { return &t.Strategy })
	return err
}

// part returns the last of parts, which is that of a strategy, after adding one
// if it is of another. The rows of a strategy stand together.
func part[T any](parts *[]T, strategy string, nameOf func(*T) *string) (*T, error) {
	for i := range *parts {
		p := &(*parts)[i]
		if *nameOf(p) != strategy {
			continue
		}
		if i < len(*parts)-1 {
			return nil, fmt.Errorf("found strategy %q again, expected its rows together", strategy)
		}
		return p, nil
	}
	var p T
	*nameOf(&p) = strategy
	*parts = append(*parts, p)
	return &(*parts)[len(*parts)-1], nil
}

// inOrder brings what was read of the strategies into the order of the
// summary. A strategy that a file says nothing of, as one that was cut short in
// its first instant, has an empty part.
func inOrder[T any](s *result.Summary, read []T, nameOf func(*T) *string) ([]T, error) {
	parts := map[string]T{}
	for i := range read {
		name := *nameOf(&read[i])
		if _, ok := s.Strategy(name); !ok {
			return nil, fmt.Errorf("found strategy %q, which %s does not have", name, SummaryFile)
		}
		parts[name] = read[i]
	}
	var ordered []T
	for _, st := range s.Strategies {
		p := parts[st.Name]
		*nameOf(&p) = st.Name
		ordered = append(ordered, p)
	}
	return ordered, nil
}
