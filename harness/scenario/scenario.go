// Package scenario defines the scenario file: its types, strict loading and
// validation. A loaded scenario is complete and valid: defaults are filled in
// and nothing needs checking again.
package scenario

import (
	"time"

	"ratebench/clients/limiter"
	"ratebench/harness/dist"
)

// A Scenario is one question put to a set of strategies.
type Scenario struct {
	// Name names the folder of the results: 1 to 64 letters, digits and any
	// of - _ . +, with a letter or digit first. Defaults to the file's name
	// without extension.
	Name string
	// Question is one sentence, shown above the results. Optional.
	Question string
	// Duration of one run, more than 0 and at most 31 days. Required.
	Duration time.Duration
	// Runs is how many seeds are run in virtual time, 1 to 100000. Defaults
	// to 20.
	Runs int
	// Seed is that of the first run; the next has Seed+1. Any number, 0 too.
	// Defaults to 1.
	Seed uint64
	// Step is the grid of every drawn duration, 0 to 1m; 0 is continuous.
	// Defaults to 1ms.
	Step   time.Duration
	Server Server
	Load   Generator
	// Strategies are what is compared: at least one, with different names.
	Strategies []Strategy
	// Expect are the claims to check after the run. Optional.
	Expect []Expectation

	SHA256 string // of the file as read, in hex
	Path   string // as given to Load
}

// Server describes the rate-limited API.
type Server struct {
	// Keys is the number of API keys, 1 to 100000. Defaults to 5.
	Keys int
	// Limit is what each key may do. Defaults to 20/1s.
	Limit Limit
	// Incoming is the latency before the rate check. Defaults to
	// uniform(0ms, 50ms).
	Incoming dist.Dist
	// Outgoing is the latency after the rate check. Defaults to Incoming.
	Outgoing dist.Dist
	// Resolution is the tick of the server's clock, at most Limit.Window; 0
	// is a continuous clock. Defaults to 1ms.
	Resolution time.Duration
	// BlockAfter is the number of 429s after which a key is blocked for ever,
	// at most 10^9; 0 is never. Defaults to 10.
	BlockAfter int
}

// Quota is what the server grants one key, as a limiter is told.
func (s Server) Quota() limiter.Quota {
	return limiter.Quota{Limit: s.Limit.N, Window: s.Limit.Window, Resolution: s.Resolution}
}

// Generator describes the load generator that feeds the main queue.
type Generator struct {
	// Every is the time between requests. Its mean is more than 0 and such
	// that a run has at most 10^8 of them. Defaults to uniform(0ms, 21ms).
	Every dist.Dist
	// TTL is how long a request is worth sending, from its creation: more
	// than 0 and at most 31 days. Defaults to 1s.
	TTL time.Duration
}

// Client is how the workers of a strategy behave.
type Client struct {
	// WorkersPerKey is how many requests of a key can be in flight, 1 to
	// 1000, and at most 10^6 over all keys. Defaults to 1.
	WorkersPerKey int
	// Timeout is how long a worker waits for an answer, more than 0 and at
	// most 31 days. Defaults to 1s.
	Timeout time.Duration
	// Nonce is NonceTimestamp or NonceCounter. Defaults to NonceTimestamp.
	Nonce string
}

// How a client makes its nonces.
const (
	NonceTimestamp = "timestamp" // the time of the send in milliseconds
	NonceCounter   = "counter"   // timestamps made strictly increasing
)

// Strategy is a named client configuration.
type Strategy struct {
	// Name is unique in the scenario. It names files and benchmarks, and so
	// follows the rule of Scenario.Name. Required.
	Name    string
	Limiter Limiter // Required.
	Client  Client  // the scenario's defaults overlaid with the strategy's own
	Queue   Queue
}

// Limiter selects and parametrises a pacing algorithm.
type Limiter struct {
	// Kind is the name of a limiter.Kind. Required.
	Kind string
	// Poll is the interval of a client that waits by polling, from 1µs to 31
	// days; 0 sleeps exactly, in a FIFO line. Defaults to 1ms where
	// limiter.Kind.Polls is set, and else to 0.
	Poll time.Duration
	// Config holds the kind's own parameters; its Validate has passed.
	Config limiter.Config
}

// Queue is what happens to a request that did not succeed, and when the
// generator pauses. The zero value drops and never pauses.
type Queue struct {
	DeadLetter   *DeadLetter   // nil: a request that did not succeed is dropped
	Backpressure *Backpressure // nil: the generator never pauses
}

// DeadLetter puts failed requests back into the main queue.
type DeadLetter struct {
	// MaxRetries is how often, before the graveyard: 0 to 10^6. Defaults to 5.
	MaxRetries int
}

// Backpressure pauses the generator while the main queue is long.
type Backpressure struct {
	// Max is the number of queued requests at which the generator pauses, 1
	// to 10^9. Defaults to 100.
	Max int
	// Pause is how long until it looks again, more than 0 and at most 31
	// days. Defaults to 500ms.
	Pause time.Duration
}

// Expectation is a claim that is checked after the run. It has exactly one of
// Ratio, together with Over, and Between.
type Expectation struct {
	Strategy string      // one of the scenario's. Required.
	Metric   string      // the Name of one of Metrics. Required.
	Over     string      // another strategy to compare with; "" compares with numbers
	Ratio    *[2]float64 // bounds of metric(Strategy) / metric(Over), the lower first
	Between  *[2]float64 // bounds of metric(Strategy), the lower first
	Line     int         // in the file, for messages
}
