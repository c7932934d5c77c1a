// Package client is what a scenario says of the client of a strategy, and how that
// is written: its workers and processes, clock, runtime, limiter and guards,
// retries and queue.
package client

import (
	"time"

	"ratebench/harness/budgets"
)

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

// Default is a client of which nothing is said.
func Default() Client {
	return Client{WorkersPerKey: 1, Timeout: time.Second, Nonce: NonceTimestamp, Runtime: Runtime{Kind: RuntimeGoroutines}, Clock: Clock{Rate: 1}, Processes: 1}
}
