// Package scenario defines the scenario file: its types, strict loading and
// validation. A loaded scenario is complete and valid: defaults are filled in
// and nothing needs checking again.
package scenario

import (
	"slices"
	"time"

	"ratebench/clients/backoff"
	"ratebench/clients/limiter"
	"ratebench/harness/budgets"
	"ratebench/harness/dist"
	"ratebench/harness/faults"
	"ratebench/harness/kinds"
	"ratebench/harness/scenario/notation"
	"ratebench/harness/scenario/rules"
)

// A Scenario is one question put to a set of strategies.
type Scenario struct {
	// API is the preset that Server and Load begin with; "" is the reference.
	API string
	// Name names the folder of the results: 1 to 64 letters, digits and any
	// of - _ . +, with a letter or digit first, and nothing that is something
	// else in the folder of results or to Windows, such as real or CON.
	// Defaults to the file's name without extension.
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
	// Step is the grid of every drawn duration but Load.Every, which has its
	// own; 0 to 1m, 0 is continuous. Defaults to 1ms. What is drawn keeps its
	// mean on the grid, to within 1 %.
	Step   time.Duration
	Server Server
	Load   Generator
	// Strategies are what is compared: at least one, with different names.
	Strategies []Strategy
	// Sweep are keys that get one value after the other, and Points all the
	// combinations of these; none if there is no sweep. What the other fields
	// say of swept keys is then run nowhere.
	Sweep  []Axis
	Points []Point
	// Expect are the claims to check after the run. Optional.
	Expect []Expectation

	// Overrides are what Override has changed since the file was read, and
	// Untested the claims that this took out of Expect.
	Overrides []Override
	Untested  []Untested

	SHA256 string            // of the file as read, in hex
	Files  map[string]string // the SHA-256 of each file that the scenario names, in hex
	Path   string            // as given to Load
}

// Server describes the rate-limited API.
type Server struct {
	// Keys is the number of API keys, 1 to 100000. Defaults to 5.
	Keys int
	// FirstKey is the index of the first key, and AllKeys the number of all, in
	// a scenario OfKey; otherwise both are 0.
	FirstKey, AllKeys int
	// Limit is what each key may do, if there are no Limits. Defaults to 20/1s.
	Limit Limit
	// Limits are all limits, in place of Limit: a request has to pass those that
	// count it. See AllLimits.
	Limits []rules.Limit
	// ChargeInOrder has a request that one of several limits refuses charged by
	// those before it; otherwise it is charged nowhere.
	ChargeInOrder bool
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
	// Penalty is what those get who are refused too often, in place of
	// BlockAfter. Optional.
	Penalty *rules.Penalty
	// NoNonces says that the server does not look at nonces; the reference wants
	// each to be the largest so far.
	NoNonces bool
	// Dialect is how the API tells its limits, one of server/dialect, and Answers
	// what it says otherwise. Optional; see Headers, too.
	Dialect string
	Answers rules.Answers
	// Headers are what the server states beside its answers. Optional; the
	// reference states nothing.
	Headers Headers
	// Stages change the limit in the course of a run, each from its time on,
	// in ascending order of time. Optional.
	Stages []Stage
	// Faults are what goes wrong on purpose: probabilities from 0, the
	// default, whose sum is at most 1, and outages. SpikeLatency defaults to
	// uniform(200ms, 800ms).
	Faults faults.Config
}

// AllLimits are the limits of the server, however they are written.
func (s *Server) AllLimits() []rules.Limit {
	if len(s.Limits) > 0 {
		return s.Limits
	}
	return []rules.Limit{rules.Reference(s.Limit)}
}

// Limit is at most N requests in any Window, written "20/1s".
type Limit = notation.Limit

// Headers select what the server states in header fields.
type Headers struct {
	ReceivedAt bool // when the request reached it, by its own clock
	RateLimit  bool // what is left of the limit, and Retry-After with a 429
}

// Stage is a limit that holds from a time of the run on, until the next.
type Stage struct {
	At    time.Duration // since the start of the run: more than 0 and less than Scenario.Duration. Required.
	Limit Limit         // of each key. Required.
}

// Quota is what the server grants one key, as a limiter is told.
func (s Server) Quota() limiter.Quota { return (&Strategy{}).Quota(s) }

// Generator describes the load generator that feeds the main queue.
type Generator struct {
	// Step is the grid of Every, 0 to 1m; 0 is continuous. Defaults to
	// Scenario.Step.
	Step time.Duration
	// Every is the time between bursts. Its mean is more than 0 and such
	// that a run has at most 10^8 requests. Defaults to uniform(0ms, 21ms).
	Every dist.Dist
	// Burst is the number of requests made at a time, 1 to 10^6. Defaults to
	// 1.
	Burst int
	// Count is the number of requests in all, at most 10^8; the run ends when
	// the last one has ended. 0, the default, goes on until the end.
	Count int
	// TTL is how long a request is worth sending, from its creation: more
	// than 0 and at most 31 days. Defaults to 1s.
	TTL time.Duration
	// PerKey gives each key a generator and a queue of its own; otherwise there
	// is one of each, for the workers of all keys, as in the reference.
	PerKey bool
	// Mix are the kinds of requests. None: they are all alike, and cost 1.
	Mix []rules.Kind
	// Stages change Every in the course of a run, each from its time on, in
	// ascending order of time. Optional.
	Stages []LoadStage
	// Sources are several sources of requests in place of all of that but Step and
	// TTL; see AllSources. Optional.
	Sources []Source
}

// A LoadStage is a load that holds from a time of the run on, until the next.
type LoadStage struct {
	At    time.Duration // since the start of the run: more than 0 and less than Scenario.Duration. Required.
	Every dist.Dist     // as Generator.Every. Required.
}

// Client is how the workers of a strategy behave.
type Client struct {
	// WorkersPerKey is how many requests of a key can be in flight, 1 to
	// 1000, and at most 10^6 over all keys. Defaults to 1.
	WorkersPerKey int
	// Timeout is how long a worker waits for an answer, more than 0 and at
	// most 31 days. Defaults to 1s.
	Timeout time.Duration
	// Nonce is one of the policies below. Defaults to NonceTimestamp.
	Nonce string
	// Runtime is what running the client costs. Defaults to goroutines that
	// cost nothing.
	Runtime Runtime
	// Clock is how the client's clock goes wrong. Defaults to one that does
	// not.
	Clock Clock
	// Processes is how many processes the client is, 1 to 1000. Defaults to 1.
	Processes int
	// Crashes are those of each process. Optional.
	Crashes *budgets.Crashes
	// Budget is how the processes share the limits of their keys. Nil: each works
	// with all of it.
	Budget *budgets.Config
}

// Clock is a client's clock.
type Clock struct {
	// Rate is how many seconds the clock shows per second, 0.1 to 10: less
	// than 1 is slow, more than 1 fast. Defaults to 1.
	Rate float64
	// Jumps are those of the wall clock, which nonces are made of; what the
	// client times, it times by a steady clock. Optional.
	Jumps []Jump
	// Drift is by how much the clock of each process runs fast or slow, drawn up to
	// so many parts per million, 0 to 100000. Defaults to 0.
	Drift float64
}

// Jump is one of the client's wall clock.
type Jump struct {
	At time.Duration // since the start of the run, by the client's clock: more than 0. Required.
	By time.Duration // forward, or back if negative; at most 31 days. Required.
}

// Runtime is what the client spends of its own processor's time. Every
// duration is 0 to 1m and defaults to 0.
type Runtime struct {
	// Kind is one of the kinds below. Defaults to RuntimeGoroutines.
	Kind string
	// PerRequest is spent on a request, half of it between its departure and
	// the wire and half on its answer.
	PerRequest time.Duration
	// PerWakeUp is spent whenever a process goes on after a wait, such as a
	// poll. Only an event loop and threads have it.
	PerWakeUp time.Duration
	// Generator is spent by the generator on each request.
	Generator time.Duration
}

// What the processes of a client run on.
const (
	RuntimeGoroutines = "goroutines" // a processor for each, and an exact clock
	RuntimeEventLoop  = "event-loop" // one processor in turns, first come first served
	RuntimeThreads    = "threads"    // the same, as an interpreter lock makes threads do
)

// How a client makes its nonces.
const (
	NonceTimestamp  = "timestamp"  // the time of the send in milliseconds
	NonceIncreasing = "increasing" // timestamps made strictly increasing by a counter
	NonceCounter    = "counter"    // 1, 2, 3, …
	NonceRandom     = "random"     // unique and without order, as a UUID
)

// Strategy is a named client configuration.
type Strategy struct {
	// Name is unique in the scenario, whatever its capitals. It names files and
	// benchmarks, and so follows the rule of Scenario.Name. Required.
	Name    string
	Limiter Limiter // Required.
	// Guard holds requests back beyond what the limiter says: in_flight,
	// order with latency, and penalty. Optional.
	Guard  limiter.Guards
	Client Client // the scenario's defaults overlaid with the strategy's own
	Retry  *Retry // nil: a request is tried once, but for the dead letter queue
	Queue  Queue
}

// Retry tries a request again on the spot, its worker waiting meanwhile.
type Retry struct {
	// Max is how often, 1 to 1000. Defaults to 5.
	Max int
	// Backoff is how long to wait before: base, cap and jitter. Defaults to
	// 50ms, 2s and full.
	Backoff backoff.Rule
}

// Limiter selects and parametrises a pacing algorithm.
type Limiter struct {
	// Kind is the name of a kinds.Kind. Required.
	Kind string
	// Poll is the interval of a client that waits by polling, from 1µs to 31
	// days; 0 sleeps exactly, in a FIFO line. Defaults to 1ms where
	// kinds.Kind.Polls is set, and else to 0.
	Poll time.Duration
	// Scope is ScopeKey or ScopeWorker. Defaults to ScopeKey.
	Scope string
	// Share is ShareWhole or ShareSplit. Defaults to ShareWhole.
	Share string
	// Config holds the kind's own parameters; its Validate has passed.
	Config limiter.Config
	// Parameters are what the scenario file can set of Config, bound to it.
	Parameters []kinds.Parameter
}

// Who shares a limiter.
const (
	ScopeKey    = "key"    // all workers of a key
	ScopeWorker = "worker" // nobody: each worker has its own
)

// What part of the key's limit the limiter of one worker works with.
const (
	ShareWhole = "whole" // all of it: the limits of the workers add up
	ShareSplit = "split" // its part: N divided among the workers of the key
)

// Quota is what the limiters of a strategy are told that the server grants, of
// the first of its limits that they pace by; without such a one, of the reference.
func (s *Strategy) Quota(server Server) limiter.Quota {
	limits := server.AllLimits()
	if i := slices.IndexFunc(limits, func(l rules.Limit) bool { return l.IsPaced() }); i >= 0 {
		return s.QuotaOf(&limits[i], server)
	}
	reference := rules.Reference(server.Limit)
	return s.QuotaOf(&reference, server)
}

// QuotaOf is what they are told of one of the limits, which is no concurrency.
// A queue is to them a bucket of what may wait.
func (s *Strategy) QuotaOf(l *rules.Limit, server Server) limiter.Quota {
	q := limiter.Quota{Resolution: server.Resolution, AnyOrder: server.NoNonces}
	switch l.Kind() {
	case "bucket":
		q.Limit, q.Window, q.Burst, q.Refill = int(l.Refill.N), l.Refill.Per, int(l.Bucket), l.Every
	case "queue":
		q.Limit, q.Window, q.Burst = int(l.Queue.N), l.Queue.Per, int(l.Length)+1
	default:
		q.Limit, q.Window = int(l.Window.N), l.Window.Per
		counts := []string{rules.CountLog, rules.CountAligned, rules.CountFirst, rules.CountCounter}
		q.Count = limiter.Count(max(0, slices.Index(counts, l.Count)))
	}
	const most = 1_000_000 // that limiters count to; who is told less than there is is safe
	for q.Burst > 0 && q.Limit > most {
		q.Limit, q.Window = q.Limit/10, (q.Window+9)/10 // the same rate
	}
	q.Limit, q.Burst = min(q.Limit, most), min(q.Burst, most)
	if s.Limiter.Scope == ScopeWorker && s.Limiter.Share == ShareSplit {
		q.Limit /= s.Client.WorkersPerKey
	}
	return q
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
	At       []string    // for each axis of the sweep the value at which it is claimed; "" is at each
	Line     int         // in the file, for messages
}
