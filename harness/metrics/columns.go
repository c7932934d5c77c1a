package metrics

import (
	"slices"
	"time"
)

// A Column is a figure of each second of a run. Counts are divided by the
// length of the second, which only differs from 1 s at the end of a run: all of
// them are rates, and a short last second is no slump.
type Column struct {
	Name    string // in series.csv
	Meaning string // one line, with the unit
	// Of measures a second of the given length, in seconds; false: it has no
	// such figure, as a second without success has no latency.
	Of func(s *Second, length float64) (float64, bool)
}

// Columns returns all figures of a second, in order. It is not to be changed.
func Columns() []Column { return columns }

// ColumnIndex is the position of a column; -1: there is none of that name.
func ColumnIndex(name string) int {
	return slices.IndexFunc(columns, func(c Column) bool { return c.Name == name })
}

var columns = []Column{
	{"tps", "requests answered 200, per second", rateOf(func(s *Second) int { return s.OK })},
	{"offered", "requests generated, per second", rateOf(func(s *Second) int { return s.Generated })},
	{"429", "answers 429, per second, with those of bans that end", rateOf(func(s *Second) int { return s.RateLimited })},
	{"blocked", "answers that the key is blocked, per second", rateOf(func(s *Second) int { return s.Blocked })},
	{"400", "answers 400, per second", rateOf(func(s *Second) int { return s.BadNonce })},
	{"errors", "answers 401, timeouts and other failures, per second", rateOf(func(s *Second) int { return s.Errors })},
	{"expirations", "TTLs passed, per second", rateOf(func(s *Second) int { return s.Expirations })},
	{"retries", "requests tried again, per second", rateOf(func(s *Second) int { return s.Retries })},
	{"latency_mean_ms", "mean time from creation to the answer 200, in ms", ofSuccesses(func(s *Second) time.Duration { return s.LatencyMean })},
	{"latency_p50_ms", "median of that time, in ms", ofSuccesses(func(s *Second) time.Duration { return s.LatencyP50 })},
	{"latency_p99_ms", "99th percentile of that time, in ms", ofSuccesses(func(s *Second) time.Duration { return s.LatencyP99 })},
	{"queue_main", "mean length of the main queue", depth(func(s *Second) float64 { return s.Main })},
	{"queue_dlq", "mean length of the dead letter queue", depth(func(s *Second) float64 { return s.DLQ })},
	{"in_flight", "mean number of requests in workers' hands", depth(func(s *Second) float64 { return s.InFlight })},
}

func rateOf(count func(*Second) int) func(*Second, float64) (float64, bool) {
	return func(s *Second, length float64) (float64, bool) { return float64(count(s)) / length, true }
}

func ofSuccesses(latency func(*Second) time.Duration) func(*Second, float64) (float64, bool) {
	return func(s *Second, _ float64) (float64, bool) { return Milliseconds(latency(s)), s.OK > 0 }
}

func depth(of func(*Second) float64) func(*Second, float64) (float64, bool) {
	return func(s *Second, _ float64) (float64, bool) { return of(s), true }
}
