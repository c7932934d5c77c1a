package result

import "fmt"

// SchemaVersion is the version of summary.json, raised when a key changes its
// name or its meaning.
const SchemaVersion = 1

// Summary is summary.json. Counts are means per run.
type Summary struct {
	SchemaVersion int           `json:"schema_version"`
	Scenario      Scenario      `json:"scenario"`
	Clock         string        `json:"clock"` // "virtual" or "real"
	Seed          uint64        `json:"seed"`  // of the first run
	Runs          int           `json:"runs"`  // per strategy
	DurationS     float64       `json:"duration_s"`
	Interrupted   bool          `json:"interrupted"`
	Ceilings      Ceilings      `json:"ceilings_tps"` // means over the run
	CeilingSteps  []CeilingStep `json:"ceiling_steps_tps,omitempty"`
	Strategies    []Strategy    `json:"strategies"`
	Expectations  []Expectation `json:"expectations"`
}

// Scenario says which scenario was run.
type Scenario struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"` // of the file, in hex
}

// Strategy is what the runs of one strategy come to.
type Strategy struct {
	Name        string     `json:"name"`
	TPS         Rate       `json:"tps"`         // successes per second
	OfferedTPS  Rate       `json:"offered_tps"` // generated requests per second
	Responses   Responses  `json:"responses"`
	KeysBlocked float64    `json:"keys_blocked"`
	FirstBlockS *float64   `json:"first_block_s"` // mean over the runs with a blocked key; nil: no such run
	Ledger      Ledger     `json:"ledger"`
	Expirations float64    `json:"expirations"` // times a TTL passed; a retried request can expire again
	Retries     float64    `json:"retries"`
	LatencyMS   *Quantiles `json:"latency_ms"` // creation to success; nil: no success
	ServiceMS   *Quantiles `json:"service_ms"` // departure to success; nil: no success
	Queue       Queue      `json:"queue"`
}

// Rate is a mean over runs with its 95 % confidence interval, which is nil
// when there was one run.
type Rate struct {
	Mean float64     `json:"mean"`
	CI95 *[2]float64 `json:"ci95"`
}

func (r Rate) Lower() float64 {
	if r.CI95 == nil {
		return r.Mean
	}
	return r.CI95[0]
}

func (r Rate) Upper() float64 {
	if r.CI95 == nil {
		return r.Mean
	}
	return r.CI95[1]
}

// margin is how far the interval reaches to either side of the mean.
func (r Rate) Margin() float64 { return (r.Upper() - r.Lower()) / 2 }

// Responses counts how requests came back.
type Responses struct {
	OK           float64 `json:"200"`
	BadNonce     float64 `json:"400"`
	Unauthorized float64 `json:"401"`
	RateLimited  float64 `json:"429"`     // without Blocked
	Blocked      float64 `json:"blocked"` // 429 on a key that is blocked for ever
	Timeout      float64 `json:"timeout"`
	Error        float64 `json:"error"`
}

// total is how many requests were sent and came to an end.
func (r Responses) total() float64 {
	return r.OK + r.BadNonce + r.Unauthorized + r.RateLimited + r.Blocked + r.Timeout + r.Error
}

// Ledger says where requests ended: Generated is the sum of the rest.
type Ledger struct {
	Generated float64 `json:"generated"`
	Succeeded float64 `json:"succeeded"`
	Expired   float64 `json:"expired"`
	Failed    float64 `json:"failed"`
	Graveyard float64 `json:"graveyard"`
	Queued    float64 `json:"queued"`
	InFlight  float64 `json:"in_flight"`
}

// Quantiles describe durations of all runs together, in milliseconds.
type Quantiles struct {
	Mean float64 `json:"mean"`
	P50  float64 `json:"p50"`
	P90  float64 `json:"p90"`
	P95  float64 `json:"p95"`
	P99  float64 `json:"p99"`
	P999 float64 `json:"p999"`
	Max  float64 `json:"max"`
}

// Queue is the length of the queues: means over time and over the runs, and
// peaks of all runs together.
type Queue struct {
	MainMean float64 `json:"main_mean"`
	MainPeak float64 `json:"main_peak"`
	DLQMean  float64 `json:"dlq_mean"`
	DLQPeak  float64 `json:"dlq_peak"`
}

// Strategy returns the strategy of that name; false: it has no runs.
func (s *Summary) Strategy(name string) (*Strategy, bool) {
	for i := range s.Strategies {
		if s.Strategies[i].Name == name {
			return &s.Strategies[i], true
		}
	}
	return nil, false
}

// conditions says in a few words each under which conditions the scenario ran.
func (s *Summary) Conditions() []string {
	runs, seeds := "1 run", fmt.Sprintf("seed %d", s.Seed)
	if s.Runs > 1 {
		runs, seeds = fmt.Sprintf("%d runs", s.Runs), fmt.Sprintf("seeds %d to %d", s.Seed, s.Seed+uint64(s.Runs)-1)
	}
	c := []string{s.Clock + " clock", fmt.Sprintf("%s of %s s", runs, Shortest(s.DurationS)), seeds}
	if s.Interrupted {
		c = append(c, "interrupted")
	}
	return c
}

// newSummary is a summary without strategies.
func newSummary(meta Meta) Summary {
	return Summary{
		SchemaVersion: SchemaVersion,
		Scenario:      Scenario{Name: meta.Scenario, SHA256: meta.SHA256},
		Clock:         meta.Clock,
		Seed:          meta.Seed,
		Runs:          meta.Runs,
		DurationS:     Round(meta.Duration.Seconds(), CountDigits),
		Interrupted:   meta.Interrupted,
		Ceilings:      NewCeilings(meta.Ceilings),
		CeilingSteps:  NewCeilingSteps(meta.Steps, NewCeilings(meta.Ceilings)),
		// In JSON, empty lists rather than null.
		Strategies:   []Strategy{},
		Expectations: []Expectation{},
	}
}
