package result

import (
	"time"

	"ratebench/harness/metrics"
	"ratebench/harness/stats"
)

// A Timeline follows a strategy from second to second.
type Timeline struct {
	Strategy string
	Seconds  []Second // the first is the second that begins at 0
}

// Second is what happens in one second, averaged over the runs. Counts are
// divided by the length of the second, which only differs from 1 s at the end
// of a run: all of them are rates, and a short last second is no slump.
type Second struct {
	TPS, Offered                           Cell
	RateLimited, Blocked, BadNonce, Errors Cell
	Expirations, Retries                   Cell
	LatencyMean, LatencyP50, LatencyP99    Cell // milliseconds, of successes
	QueueMain, QueueDLQ, InFlight          Cell // mean lengths
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

// A column is one figure of a second.
type column struct {
	name string
	cell func(*Second) *Cell
	// of measures a run's second of the given length in seconds; false: it
	// has no such figure.
	of func(s *metrics.Second, length float64) (float64, bool)
}

// columns are those of series.csv, in order.
var columns = []column{
	{"tps", func(s *Second) *Cell { return &s.TPS }, perSecond(func(s *metrics.Second) int { return s.OK })},
	{"offered", func(s *Second) *Cell { return &s.Offered }, perSecond(func(s *metrics.Second) int { return s.Generated })},
	{"429", func(s *Second) *Cell { return &s.RateLimited }, perSecond(func(s *metrics.Second) int { return s.RateLimited })},
	{"blocked", func(s *Second) *Cell { return &s.Blocked }, perSecond(func(s *metrics.Second) int { return s.Blocked })},
	{"400", func(s *Second) *Cell { return &s.BadNonce }, perSecond(func(s *metrics.Second) int { return s.BadNonce })},
	{"errors", func(s *Second) *Cell { return &s.Errors }, perSecond(func(s *metrics.Second) int { return s.Errors })},
	{"expirations", func(s *Second) *Cell { return &s.Expirations }, perSecond(func(s *metrics.Second) int { return s.Expirations })},
	{"retries", func(s *Second) *Cell { return &s.Retries }, perSecond(func(s *metrics.Second) int { return s.Retries })},
	{"latency_mean_ms", func(s *Second) *Cell { return &s.LatencyMean }, ofSuccesses(func(s *metrics.Second) time.Duration { return s.LatencyMean })},
	{"latency_p50_ms", func(s *Second) *Cell { return &s.LatencyP50 }, ofSuccesses(func(s *metrics.Second) time.Duration { return s.LatencyP50 })},
	{"latency_p99_ms", func(s *Second) *Cell { return &s.LatencyP99 }, ofSuccesses(func(s *metrics.Second) time.Duration { return s.LatencyP99 })},
	{"queue_main", func(s *Second) *Cell { return &s.QueueMain }, asIs(func(s *metrics.Second) float64 { return s.Main })},
	{"queue_dlq", func(s *Second) *Cell { return &s.QueueDLQ }, asIs(func(s *metrics.Second) float64 { return s.DLQ })},
	{"in_flight", func(s *Second) *Cell { return &s.InFlight }, asIs(func(s *metrics.Second) float64 { return s.InFlight })},
}

type measure = func(s *metrics.Second, length float64) (float64, bool)

func perSecond(count func(*metrics.Second) int) measure {
	return func(s *metrics.Second, length float64) (float64, bool) { return float64(count(s)) / length, true }
}

func ofSuccesses(latency func(*metrics.Second) time.Duration) measure {
	return func(s *metrics.Second, _ float64) (float64, bool) {
		return float64(latency(s)) / float64(time.Millisecond), s.OK > 0
	}
}

func asIs(depth func(*metrics.Second) float64) measure {
	return func(s *metrics.Second, _ float64) (float64, bool) { return depth(s), true }
}

// newTimeline averages the runs of a strategy second by second. Where one run
// is longer than another, its last seconds are averages over fewer runs.
func newTimeline(strategy string, runs []*metrics.Run) Timeline {
	t := Timeline{Strategy: strategy}
	for _, r := range runs {
		t.Seconds = append(t.Seconds, make([]Second, max(0, len(r.Series)-len(t.Seconds)))...)
	}
	values := make([]float64, 0, len(runs))
	for i := range t.Seconds {
		for _, c := range columns {
			values = values[:0]
			for _, r := range runs {
				if i >= len(r.Series) {
					continue
				}
				if v, ok := c.of(&r.Series[i], lengthOf(r, i)); ok {
					values = append(values, v)
				}
			}
			*c.cell(&t.Seconds[i]) = newCell(values)
		}
	}
	return t
}

// lengthOf is the length of a run's second in seconds. The last one lasts as
// long as the run; a run without a duration has whole seconds.
func lengthOf(r *metrics.Run, second int) float64 {
	rest := (r.Duration - time.Duration(second)*time.Second).Seconds()
	if second < len(r.Series)-1 || rest <= 0 {
		return 1
	}
	return rest
}

func newCell(values []float64) Cell {
	ci := stats.MeanCI(values)
	switch ci.N {
	case 0:
		return Cell{}
	case 1:
		return Cell{Mean: Round(ci.Mean, SeriesDigits), Has: NoInterval}
	}
	return Cell{
		Mean: Round(ci.Mean, SeriesDigits),
		Lo:   Round(ci.Lo, SeriesDigits),
		Hi:   Round(ci.Hi, SeriesDigits),
		Has:  WithInterval,
	}
}
