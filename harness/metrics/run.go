// Package metrics records what happens in a run: a ledger that accounts for
// every request, counts of responses, latency histograms and a series with
// one row per second.
package metrics

import "time"

// A Run is everything recorded of one strategy with one seed.
type Run struct {
	Strategy    string
	Seed        uint64
	Duration    time.Duration // how long the run lasted in its own world
	Interrupted bool

	Ledger      Ledger
	Responses   Responses
	Expirations int // times a TTL passed; a retried request can expire again
	Retries     int // times a request was tried again, by its worker or the dead letter queue

	KeysBlocked int             // keys that were told they are blocked
	FirstBlock  *time.Duration  // when the first was told, since the start; nil: none
	Blocks      []time.Duration // when each key was first told, since the start, ascending

	Latency Histogram // creation (the first one) to answer 200
	Service Histogram // departure to answer 200

	// Sources are what became of the requests of each source of the load; nil: it
	// has but one.
	Sources []Source
	// Routes are what became of the requests of each kind; nil: there is but one.
	Routes []Route
	// StoreCalls is how often the processes called the store that they share; nil:
	// they have none.
	StoreCalls *int
	// StoreCPU is how long that store used a processor, where it is a real one; nil:
	// not known.
	StoreCPU *time.Duration

	// Failures counts, in real time, why requests were not answered 200: the
	// status and the server's own words, or what broke. Nil in virtual time,
	// where Responses says all there is, and when there are none.
	Failures map[string]int

	Main, DLQ Depth
	Row       time.Duration // length of a row of the Series; 0 is a second
	Series    []Second      // a row for each Row of the run, of which the last may be shorter
	Graveyard []int64       // ids in order of burial; kept only on request
}

// TPS is the rate of successes over the whole run, per second.
func (r *Run) TPS() float64 { return perSecond(r.Ledger.Succeeded, r.Duration) }

// OfferedTPS is the rate at which the generator made requests, per second.
func (r *Run) OfferedTPS() float64 { return perSecond(r.Ledger.Generated, r.Duration) }

func perSecond(n int, d time.Duration) float64 {
	if d <= 0 {
		return 0
	}
	return float64(n) / d.Seconds()
}

// Responses counts how requests that were sent came back.
type Responses struct {
	OK           int // 200
	BadNonce     int // 400
	Unauthorized int // 401
	RateLimited  int // 429
	Banned       int // refused for a while for what was refused before, where the answer tells that
	Blocked      int // 429 with the text that says the key is blocked for ever
	Timeout      int // no answer in time
	Error        int // any other status, or a broken connection
}

// Depth describes the length of a queue over a run.
type Depth struct {
	Mean float64 // weighted by time
	Peak int
}

// A Second is what happened in one second of a run, or in one Row of a long one;
// the last one of a run may be shorter.
type Second struct {
	Generated, OK                          int
	BadNonce, RateLimited, Blocked, Errors int // RateLimited: with Banned; Errors: 401, timeout and error together
	Expirations, Retries                   int
	LatencyMean, LatencyP50, LatencyP99    time.Duration // of the OK answers of this second; 0 when there are none
	Main, DLQ, InFlight                    float64       // mean depth, weighted by time
}
