package scenario

// A Metric is something measured that an expectation can be about.
type Metric struct {
	Name    string // as in the scenario file
	Meaning string // one line, with the unit; counts are means per run
	Better  Better
}

// Better says which way a metric improves.
type Better int8

// The ways.
const (
	LessIsBetter    Better = -1
	NeitherIsBetter Better = 0 // it describes, it does not judge
	MoreIsBetter    Better = 1
)

// Metrics lists what an expectation can be about, in the order in which
// results are shown.
func Metrics() []Metric {
	return []Metric{
		{"tps", "requests answered 200 per second", MoreIsBetter},
		{"offered_tps", "requests generated per second", NeitherIsBetter},

		{"ok", "requests answered 200", MoreIsBetter},
		{"400", "answers 400: nonce out of order", LessIsBetter},
		{"401", "answers 401: unknown key", LessIsBetter},
		{"429", "answers 429: over the limit", LessIsBetter},
		{"blocked", "answers 429 with the text that the key is blocked", LessIsBetter},
		{"timeout", "requests sent and not answered in time", LessIsBetter},
		{"error", "requests that failed in any other way", LessIsBetter},
		{"keys_blocked", "keys blocked by the end of the run", LessIsBetter},

		{"expirations", "times that a request's TTL passed in the queue or at the limiter", LessIsBetter},
		{"expired", "requests given up because their TTL passed", LessIsBetter},
		{"failed", "requests given up because of their answer", LessIsBetter},
		{"graveyard", "requests given up after the last retry", LessIsBetter},
		{"retries", "times that a request was put back into the queue", LessIsBetter},

		{"latency_mean_ms", "mean time from creation to the answer 200, in ms", LessIsBetter},
		{"latency_p50_ms", "median of that time, in ms", LessIsBetter},
		{"latency_p90_ms", "90th percentile of that time, in ms", LessIsBetter},
		{"latency_p95_ms", "95th percentile of that time, in ms", LessIsBetter},
		{"latency_p99_ms", "99th percentile of that time, in ms", LessIsBetter},
		{"latency_p999_ms", "99.9th percentile of that time, in ms", LessIsBetter},
		{"latency_max_ms", "longest such time, in ms", LessIsBetter},
		{"service_mean_ms", "mean time from send to the answer 200, in ms", LessIsBetter},
		{"service_p99_ms", "99th percentile of that time, in ms", LessIsBetter},

		{"queue_main_mean", "mean length of the main queue over the run", LessIsBetter},
		{"queue_main_peak", "greatest length of the main queue", LessIsBetter},
		{"queue_dlq_mean", "mean length of the dead letter queue over the run", LessIsBetter},
		{"queue_dlq_peak", "greatest length of the dead letter queue", LessIsBetter},
	}
}
