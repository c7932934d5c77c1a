package metrics

import (
	"cmp"
	"slices"
	"time"

	"ratebench/harness/stats"
)

// A Metric is a row of the catalogue: all that the project knows about one
// figure of a run. Expectations, tables, result files, comparisons, the
// scorecard, the pages and the help texts are made from it.
type Metric struct {
	Name    string // in scenario files, tables and on the command line
	Key     string // path in summary.json
	Unit    string // its unit in bench.txt; "" is Name
	Meaning string // one line, with the unit; counts are means per run
	Better  Better
	Written Written
	// Heading is what stands above it in the table for people, in two lines;
	// empty: it is not in that table.
	Heading [2]string
	// Dispensable says how soon a table that is too wide leaves it out: the
	// higher, the sooner. What was refused or lost stays longest; then come the
	// figures by which strategies are compared, and what only describes goes first.
	Dispensable int
	// Score is its column on the scorecard; nil: it has none.
	Score *Score
	// Answer says what is counted, in a sentence, if that is one of the ways in
	// which a request that was sent ends; each request ends in one of them.
	Answer string
	// Rare: where no strategy has it, result files and tables leave it out.
	Rare bool
	// Interval: its 95 % confidence interval over runs is kept.
	Interval bool
	// Of measures one run; false: the run has no such figure.
	Of func(*Run) (float64, bool)
	// Pool makes one figure of the runs of a strategy; false: none has one.
	Pool func([]*Run) (float64, bool)
}

// A Score is a column of the scorecard.
type Score struct {
	Heading, Remark string
	OnPage          bool // only the page has room for it, the picture has not
}

// Better says which way a metric improves.
type Better int8

// The ways.
const (
	LessIsBetter    Better = -1
	NeitherIsBetter Better = 0 // it describes, it does not judge
	MoreIsBetter    Better = 1
)

// BenchUnit is the unit in bench.txt.
func (m *Metric) BenchUnit() string { return cmp.Or(m.Unit, m.Name) }

// OtherAnswer says whether it counts answers other than 200 and 429, which no
// chart shows.
func (m *Metric) OtherAnswer() bool {
	return m.Answer != "" && !slices.Contains([]string{"ok", "429", "banned", "blocked"}, m.Name)
}

// Find returns the metric of that name; nil: there is none.
func Find(name string) *Metric {
	if i := Index(name); i >= 0 {
		return &catalogue[i]
	}
	return nil
}

// Index is the position of a metric in the catalogue; -1: there is none of
// that name.
func Index(name string) int {
	return slices.IndexFunc(catalogue, func(m Metric) bool { return m.Name == name })
}

// Catalogue returns all metrics, in the order in which they are shown. It is
// not to be changed.
func Catalogue() []Metric { return catalogue }

// Names returns the names of all metrics, in the same order.
func Names() []string {
	names := make([]string, len(catalogue))
	for i, m := range catalogue {
		names[i] = m.Name
	}
	return names
}

var catalogue = []Metric{
	{Name: "tps", Key: "tps", Meaning: "requests answered 200 per second", Better: MoreIsBetter,
		Written: AsRate, Interval: true, Score: &Score{Heading: "Throughput", Remark: "successes/s"},
		Of: always((*Run).TPS), Pool: mean(always((*Run).TPS))},
	{Name: "offered_tps", Key: "offered_tps", Unit: "offered-tps", Meaning: "requests generated per second",
		Written: AsRate, Interval: true, Heading: [2]string{"offered", "per s"}, Dispensable: 11,
		Of: always((*Run).OfferedTPS), Pool: mean(always((*Run).OfferedTPS))},

	duration(latency, (*Histogram).Mean, Metric{Name: "latency_mean_ms", Key: "latency_ms.mean", Unit: "mean-ms",
		Meaning: "mean time from creation to the answer 200, in ms"}),
	duration(latency, quantile(0.50), Metric{Name: "latency_p50_ms", Key: "latency_ms.p50", Unit: "p50-ms",
		Meaning: "median of that time, in ms", Heading: [2]string{"p50", "ms"}, Dispensable: 6,
		Score: &Score{Heading: "Latency", Remark: "median", OnPage: true}}),
	duration(latency, quantile(0.90), Metric{Name: "latency_p90_ms", Key: "latency_ms.p90", Unit: "p90-ms",
		Meaning: "90th percentile of that time, in ms"}),
	duration(latency, quantile(0.95), Metric{Name: "latency_p95_ms", Key: "latency_ms.p95",
		Meaning: "95th percentile of that time, in ms"}),
	duration(latency, quantile(0.99), Metric{Name: "latency_p99_ms", Key: "latency_ms.p99", Unit: "p99-ms",
		Meaning: "99th percentile of that time, in ms", Heading: [2]string{"p99", "ms"}, Dispensable: 2,
		Score: &Score{Heading: "Latency", Remark: "99th percentile"}}),
	duration(latency, quantile(0.999), Metric{Name: "latency_p999_ms", Key: "latency_ms.p999",
		Meaning: "99.9th percentile of that time, in ms"}),
	duration(latency, (*Histogram).Max, Metric{Name: "latency_max_ms", Key: "latency_ms.max", Unit: "max-ms",
		Meaning: "longest such time, in ms", Heading: [2]string{"max", "ms"}, Dispensable: 10}),

	duration(service, (*Histogram).Mean, Metric{Name: "service_mean_ms", Key: "service_ms.mean",
		Meaning: "mean time from send to the answer 200, in ms"}),
	duration(service, quantile(0.50), Metric{Name: "service_p50_ms", Key: "service_ms.p50",
		Meaning: "median of that time, in ms"}),
	duration(service, quantile(0.99), Metric{Name: "service_p99_ms", Key: "service_ms.p99",
		Meaning: "99th percentile of that time, in ms"}),
	duration(service, quantile(0.999), Metric{Name: "service_p999_ms", Key: "service_ms.p999",
		Meaning: "99.9th percentile of that time, in ms"}),
	duration(service, (*Histogram).Max, Metric{Name: "service_max_ms", Key: "service_ms.max",
		Meaning: "longest such time, in ms"}),

	{Name: "fairness", Key: "sharing.fairness", Meaning: "Jain's index of what the sources of the load got in parts of their fair shares: 1 is fair, 1/n is that one of n had everything",
		Better: MoreIsBetter, Written: AsRatio, Heading: [2]string{"", "fairness"}, Dispensable: 4, Rare: true,
		Of: fairness, Pool: mean(fairness)},
	{Name: "least_served", Key: "sharing.least_served", Meaning: "what the source of the load got that was served least, in parts of its fair share",
		Better: MoreIsBetter, Written: AsRatio, Heading: [2]string{"least", "served"}, Dispensable: 3, Rare: true,
		Of: leastServed, Pool: mean(leastServed)},
	{Name: "store_calls", Key: "sharing.store_calls", Meaning: "calls to the processes' store per success",
		Better: LessIsBetter, Written: AsRatio, Heading: [2]string{"store", "calls"}, Dispensable: 5, Rare: true,
		Of: storeCalls, Pool: mean(storeCalls)},
	{Name: "store_cpu_ms", Key: "store_cpu_ms", Meaning: "what the processes' store, a real one, used of a processor per 1,000 successes, in ms",
		Better: LessIsBetter, Written: AsMilliseconds, Heading: [2]string{"store CPU", "ms"}, Dispensable: 6, Rare: true,
		Of: storeCPU, Pool: mean(storeCPU)},

	count(MoreIsBetter, func(r *Run) int { return r.Responses.OK },
		Metric{Name: "ok", Answer: "200", Key: "responses.200", Meaning: "requests answered 200"}),
	count(LessIsBetter, func(r *Run) int { return r.Responses.RateLimited + r.Responses.Banned + r.Responses.Blocked },
		Metric{Name: "refused", Key: "refused", Meaning: "answers 429, with those of bans and for a blocked key",
			Score: &Score{Heading: "429", Remark: "with blocked"}}),
	count(LessIsBetter, func(r *Run) int { return r.Responses.RateLimited },
		Metric{Name: "429", Answer: "429 (over the limit)", Key: "responses.429", Unit: "429s", Meaning: "answers 429: over the limit",
			Heading: [2]string{"", "429"}, Dispensable: 1}),
	{Name: "banned", Answer: "refused by a ban that ends", Key: "banned", Meaning: "answers of a ban that ends, such as 418, where that can be told from a 429",
		Better: LessIsBetter, Written: AsCount, Heading: [2]string{"", "banned"}, Dispensable: 3, Rare: true, Of: bans, Pool: meanBans},
	count(LessIsBetter, func(r *Run) int { return r.Responses.Blocked },
		Metric{Name: "blocked", Answer: "429 (key blocked)", Key: "responses.blocked", Meaning: "answers 429 with the text that the key is blocked",
			Heading: [2]string{"", "blocked"}, Dispensable: 4}),
	count(LessIsBetter, func(r *Run) int { return r.Responses.BadNonce },
		Metric{Name: "400", Answer: "400 (nonce out of order)", Key: "responses.400", Unit: "400s", Meaning: "answers 400: nonce out of order",
			Heading: [2]string{"", "400"}, Dispensable: 5}),
	count(LessIsBetter, func(r *Run) int { return r.Responses.Unauthorized },
		Metric{Name: "401", Answer: "401 (unknown key)", Key: "responses.401", Meaning: "answers 401: unknown key",
			Heading: [2]string{"", "401"}, Dispensable: 4}),
	count(LessIsBetter, func(r *Run) int { return r.Responses.Timeout },
		Metric{Name: "timeout", Answer: "timeouts", Key: "responses.timeout", Meaning: "requests sent and not answered in time",
			Heading: [2]string{"", "timeouts"}, Dispensable: 4}),
	count(LessIsBetter, func(r *Run) int { return r.Responses.Error },
		Metric{Name: "error", Answer: "other failures", Key: "responses.error", Meaning: "requests that failed in any other way",
			Heading: [2]string{"", "errors"}, Dispensable: 4}),

	count(LessIsBetter, func(r *Run) int { return r.Expirations },
		Metric{Name: "expirations", Key: "expirations", Meaning: "times that a request's TTL passed in the queue or at the limiter",
			Heading: [2]string{"times", "expired"}, Dispensable: 1, Score: &Score{Heading: "Expirations", Remark: "per run"}}),
	count(LessIsBetter, func(r *Run) int { return r.Ledger.Expired },
		Metric{Name: "expired", Key: "ledger.expired", Meaning: "requests given up because their TTL passed"}),
	count(LessIsBetter, func(r *Run) int { return r.Ledger.Failed },
		Metric{Name: "failed", Key: "ledger.failed", Meaning: "requests given up because of their answer"}),

	count(LessIsBetter, func(r *Run) int { return r.KeysBlocked },
		Metric{Name: "keys_blocked", Key: "keys_blocked", Meaning: "keys blocked by the end of the run",
			Heading: [2]string{"keys", "blocked"}, Dispensable: 3, Score: &Score{Heading: "Keys blocked", Remark: "per run", OnPage: true}}),
	{Name: "first_block_s", Key: "first_block_s",
		Meaning: "median time until the first key is blocked, in s, over all runs; none if that is so in fewer than half of them",
		Better:  MoreIsBetter, Written: AsSeconds, Heading: [2]string{"first block", "median s"}, Dispensable: 9,
		Of: firstBlock, Pool: medianFirstBlock},

	{Name: "queue_main_mean", Key: "queue.main_mean", Unit: "queue-mean", Meaning: "mean length of the main queue over the run",
		Better: LessIsBetter, Heading: [2]string{"queue", "mean"}, Dispensable: 8,
		Of: always(mainMean), Pool: mean(always(mainMean))},
	{Name: "queue_main_peak", Key: "queue.main_peak", Unit: "queue-peak", Meaning: "greatest length of the main queue",
		Better: LessIsBetter, Heading: [2]string{"queue", "peak"}, Dispensable: 7, Score: &Score{Heading: "Queue", Remark: "peak"},
		Of: always(mainPeak), Pool: highest(always(mainPeak))},
	{Name: "queue_dlq_mean", Key: "queue.dlq_mean", Meaning: "mean length of the dead letter queue over the run",
		Better: LessIsBetter, Of: always(dlqMean), Pool: mean(always(dlqMean))},
	{Name: "queue_dlq_peak", Key: "queue.dlq_peak", Meaning: "greatest length of the dead letter queue",
		Better: LessIsBetter, Of: always(dlqPeak), Pool: highest(always(dlqPeak))},

	count(LessIsBetter, func(r *Run) int { return r.Retries },
		Metric{Name: "retries", Key: "retries", Meaning: "times that a request was tried again, by its worker or the dead letter queue",
			Heading: [2]string{"", "retries"}, Dispensable: 6}),
	count(LessIsBetter, func(r *Run) int { return r.Ledger.Graveyard },
		Metric{Name: "graveyard", Key: "ledger.graveyard", Meaning: "requests given up after the last retry",
			Heading: [2]string{"", "graveyard"}, Dispensable: 4}),

	count(NeitherIsBetter, func(r *Run) int { return r.Ledger.Generated },
		Metric{Name: "generated", Key: "ledger.generated", Meaning: "requests generated"}),
	count(MoreIsBetter, func(r *Run) int { return r.Ledger.Succeeded },
		Metric{Name: "succeeded", Key: "ledger.succeeded", Meaning: "requests that ended with an answer 200"}),
	count(NeitherIsBetter, func(r *Run) int { return r.Ledger.Queued },
		Metric{Name: "queued", Key: "ledger.queued", Meaning: "requests in a queue at the end of the run"}),
	count(NeitherIsBetter, func(r *Run) int { return r.Ledger.InFlight },
		Metric{Name: "in_flight", Key: "ledger.in_flight", Meaning: "requests in a worker's hands at the end of the run"}),
}

func mainMean(r *Run) float64 { return r.Main.Mean }
func mainPeak(r *Run) float64 { return float64(r.Main.Peak) }
func dlqMean(r *Run) float64  { return r.DLQ.Mean }
func dlqPeak(r *Run) float64  { return float64(r.DLQ.Peak) }

func firstBlock(r *Run) (float64, bool) {
	if r.FirstBlock == nil {
		return 0, false
	}
	return r.FirstBlock.Seconds(), true
}

// medianFirstBlock is the median of all runs, those without a blocked key
// included: they are known to last at least as long as they were.
func medianFirstBlock(runs []*Run) (float64, bool) {
	lives := make([]stats.Life, len(runs))
	for i, r := range runs {
		lives[i] = stats.Life{For: r.Duration}
		if r.FirstBlock != nil {
			lives[i] = stats.Life{For: *r.FirstBlock, Blocked: true}
		}
	}
	median, known := stats.MedianLife(lives)
	return median.Seconds(), known
}

// count completes the row of a count.
func count(better Better, of func(*Run) int, m Metric) Metric {
	m.Better = better
	m.Of = always(func(r *Run) float64 { return float64(of(r)) })
	m.Pool = mean(m.Of)
	return m
}

func latency(r *Run) *Histogram { return &r.Latency }

func service(r *Run) *Histogram { return &r.Service }

// duration completes the row of what a histogram says of durations, in ms. The
// histograms of several runs are put together.
func duration(of func(*Run) *Histogram, read func(*Histogram) time.Duration, m Metric) Metric {
	m.Better, m.Written = LessIsBetter, AsMilliseconds
	m.Of = func(r *Run) (float64, bool) {
		h := of(r)
		return Milliseconds(read(h)), h.Count() > 0
	}
	m.Pool = func(runs []*Run) (float64, bool) {
		var all Histogram
		for _, r := range runs {
			all.Merge(*of(r))
		}
		return Milliseconds(read(&all)), all.Count() > 0
	}
	return m
}

func quantile(q float64) func(*Histogram) time.Duration {
	return func(h *Histogram) time.Duration { return h.Quantile(q) }
}

// Milliseconds is d in ms.
func Milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func always(of func(*Run) float64) func(*Run) (float64, bool) {
	return func(r *Run) (float64, bool) { return of(r), true }
}

// mean pools by the mean over the runs that have a figure.
func mean(of func(*Run) (float64, bool)) func([]*Run) (float64, bool) {
	return func(runs []*Run) (float64, bool) {
		sum, n := 0.0, 0
		for _, r := range runs {
			if v, ok := of(r); ok {
				sum += v
				n++
			}
		}
		if n == 0 {
			return 0, false
		}
		return sum / float64(n), true
	}
}

// highest pools by the highest figure of all runs.
func highest(of func(*Run) (float64, bool)) func([]*Run) (float64, bool) {
	return func(runs []*Run) (high float64, known bool) {
		for _, r := range runs {
			if v, ok := of(r); ok && (!known || v > high) {
				high, known = v, true
			}
		}
		return high, known
	}
}
