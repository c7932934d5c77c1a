package result

import (
	"time"

	"ratebench/harness/metrics"
	"ratebench/harness/stats"
)

// A Timeline follows a strategy from second to second.
type Timeline struct {
	Strategy string
	// Row is how many seconds there are in a row; 0 is one.
	Row int
	// Columns has a list of rows for each of metrics.Columns, in the same
	// order and all of the same length; nil: there is no second.
	Columns [][]Cell
}

// A Cell is a mean over runs with its 95 % confidence interval.
type Cell struct {
	Mean, Lo, Hi float64
	Has          Content
}

// Content says how much of a Cell there is.
type Content int

const (
	NoValue      Content = iota // a latency in a second without success
	NoInterval                  // one run has a value
	WithInterval                // more than one has
)

// Column returns the seconds of a column by its name; nil: there is none.
func (t *Timeline) Column(name string) []Cell {
	if i := metrics.ColumnIndex(name); i >= 0 && i < len(t.Columns) {
		return t.Columns[i]
	}
	return nil
}

// Rows is how many rows there are. The last may be a short one.
func (t *Timeline) Rows() int {
	if len(t.Columns) == 0 {
		return 0
	}
	return len(t.Columns[0])
}

// Step is how many seconds there are in a row.
func (t *Timeline) Step() int { return max(1, t.Row) }

// Seconds is how many seconds there are in all rows.
func (t *Timeline) Seconds() int { return t.Rows() * t.Step() }

// newTimeline averages the runs of a strategy second by second. Where one run
// is longer than another, its last seconds are averages over fewer runs.
func newTimeline(strategy string, runs []*metrics.Run) Timeline {
	seconds := 0
	for _, r := range runs {
		seconds = max(seconds, len(r.Series))
	}
	t := Timeline{Strategy: strategy, Row: int(runs[0].Row / time.Second)}
	if seconds == 0 {
		return t
	}
	t.Columns = make([][]Cell, len(metrics.Columns()))
	values := make([]float64, 0, len(runs))
	for c, column := range metrics.Columns() {
		t.Columns[c] = make([]Cell, seconds)
		for i := range seconds {
			values = values[:0]
			for _, r := range runs {
				if i >= len(r.Series) {
					continue
				}
				if v, ok := column.Of(&r.Series[i], lengthOf(r, i)); ok {
					values = append(values, v)
				}
			}
			t.Columns[c][i] = newCell(values)
		}
	}
	return t
}

// lengthOf is the length of a run's row in seconds. The last one lasts as long as
// the run; a run without a duration has whole rows.
func lengthOf(r *metrics.Run, second int) float64 {
	row := max(r.Row, time.Second)
	rest := (r.Duration - time.Duration(second)*row).Seconds()
	if second < len(r.Series)-1 || rest <= 0 {
		return row.Seconds()
	}
	return rest
}

func newCell(values []float64) Cell {
	ci := stats.MeanCI(values)
	switch ci.N {
	case 0:
		return Cell{}
	case 1:
		return Cell{Mean: metrics.Rounded(ci.Mean), Has: NoInterval}
	}
	return Cell{Mean: metrics.Rounded(ci.Mean), Lo: metrics.Rounded(max(0, ci.Lo)), Hi: metrics.Rounded(ci.Hi), Has: WithInterval}
}
