// Package budgets lets processes share a limit in virtual time: through a store
// that takes time, fails, and forgets, or through none. Package inredis has the same
// ways of sharing for real processes. It knows no scenario file.
package budgets

import (
	"time"

	"ratebench/clients/budget"
	"ratebench/harness/dist"
)

// The ways of sharing.
const (
	Independent  = "independent"   // no store: each process works with the whole limit
	Split        = "split"         // no store: each process works with its part of the limit
	Grants       = "grants"        // a sliding log of grants at the store, as most have it
	GrantsSpread = "grants+spread" // the same, over a window wider by the spread
	GCRA         = "gcra"          // a token bucket at the store, as redis_rate has it
	Slots        = "slots"         // package clients/budget
	Leases       = "leases"        // the same, slots by the batch
)

// A Config says how processes share a limit.
type Config struct {
	// Kind is one of those above. Required.
	Kind string
	// Spread is what grants+spread adds to the window, and of no other kind. 0 is
	// the spread of the latency of the way in.
	Spread time.Duration
	// Latency, Slack, Ahead, Batch, Linger, Mode, Silent and Alone are those of
	// budget.Config, for slots and leases. A Latency of 0 is the longest of the way
	// in, and a millisecond; a Batch of 0 is 8, for leases.
	Latency, Slack, Ahead time.Duration
	Batch                 int
	Linger                time.Duration
	Mode                  budget.Mode
	Silent, Alone         time.Duration
	// Store is what the store is like, for the kinds that have one.
	Store StoreConfig
}

// StoreConfig says what a store is like.
type StoreConfig struct {
	// Latency is that of the way to the store, and of the way back. Defaults to
	// uniform(0.1ms, 1ms).
	Latency dist.Dist
	// Rate is how many seconds the store's clock shows per second. 0 is 1.
	Rate float64
	// Outages are when it is down: calls fail.
	Outages []Outage
}

// An Outage is a time in which a store is down.
type Outage struct {
	// At is since the start of the run, For how long: both more than 0.
	At, For time.Duration
	// Every repeats it so long after its beginning; 0 does not.
	Every time.Duration
	// Lose says that the store comes back with nothing in it.
	Lose bool
	// Behind says that another server takes over, whose clock is behind by that
	// much, and which has not heard the last of it: with Lose, or for slots, it
	// begins anew; other kinds go on from what they have. 0: none does.
	Behind time.Duration
}

// HasStore reports whether a kind has a store.
func HasStore(kind string) bool { return kind != Independent && kind != Split }

// HasSlots reports whether a kind is that of package budget.
func HasSlots(kind string) bool { return kind == Slots || kind == Leases }
