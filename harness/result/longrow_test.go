package result_test

import (
	"testing"
	"time"

	"ratebench/harness/metrics"
	"ratebench/harness/result"
)

// Rows of several seconds are rates per second, the short last one too.
func TestTimelineOfLongRows(t *testing.T) {
	run := metrics.Run{
		Strategy: "a", Duration: 25 * time.Second, Row: 10 * time.Second,
		Series: []metrics.Second{{OK: 30}, {OK: 20}, {OK: 5}},
	}
	d := result.Build(result.Meta{Strategies: []string{"a"}, Runs: 1, Duration: 25 * time.Second}, []metrics.Run{run})
	if d.Summary.SeriesRowS != 10 {
		t.Errorf("rows of %d s, want 10", d.Summary.SeriesRowS)
	}
	s := &d.Series[0]
	if s.Rows() != 3 || s.Seconds() != 30 {
		t.Errorf("%d rows, %d seconds", s.Rows(), s.Seconds())
	}
	for i, want := range []float64{3, 2, 1} {
		if got := s.Column("tps")[i].Mean; got != want {
			t.Errorf("row %d: %v per second, want %v", i, got, want)
		}
	}
}
