// Package nonce makes the nonces of an API key, of which a server may want each to
// be the largest so far.
package nonce

import (
	"sync"
	"sync/atomic"
	"time"

	"ratebench/clients/keyedrand"
)

// Policy is how the nonces of one key are made.
type Policy uint8

const (
	// Timestamp is the client's clock in milliseconds, as in the reference.
	// Two departures within a millisecond would get the same nonce, of which
	// the server would refuse the second: at a gate, it waits for the next
	// millisecond. After the clock was set back, nonces go back.
	Timestamp Policy = iota
	// Increasing is Timestamp, made strictly increasing by counting up from
	// the last nonce where the clock has not moved on: whatever the clock
	// does, each is greater than the last. Above 1000 requests per second, or
	// after the clock was set back, nonces run ahead of the clock. A program
	// that starts again before the clock has caught up issues nonces that the
	// server has seen, unless it says ContinueAfter.
	Increasing
	// IncreasingMicroseconds is Increasing in microseconds, for up to a
	// million requests per second. A key that has once been used with it is
	// refused with milliseconds for ever after.
	IncreasingMicroseconds
	// Counter counts from 1. A client that starts again starts over, and the
	// server refuses it until it has caught up, unless it says ContinueAfter.
	Counter
	// Random is unique and without order, as a UUID is. The server refuses
	// each one that is not the largest so far, and nearly all end up so.
	Random
)

// A Source makes the nonces of one key, for all of its gates. The zero value is that
// of New(Timestamp, nil). It is safe for concurrent use.
type Source struct {
	policy Policy
	wall   func(now time.Time) time.Time // what the wall clock shows; nil: the same as the steady one

	own    sync.Mutex
	other  sync.Locker  // for who issues; nil: own
	last   atomic.Int64 // for who only looks
	issued uint64
}

// New returns a source that has not issued any nonce. Timestamps are
// those of a wall clock that may jump apart from the steady clock of the
// departures; nil is one that does not.
func New(p Policy, wall func(now time.Time) time.Time) *Source {
	return &Source{policy: p, wall: wall}
}

// GuardedBy guards a source that has not issued any nonce by a lock in place of
// its sync.Mutex: one that does nothing will do where goroutines take turns.
func (n *Source) GuardedBy(lock sync.Locker) *Source {
	n.other = lock
	return n
}

// ContinueAfter makes the nonces go on after one that was issued before, by an
// earlier run of the program. It has no effect on Timestamp and Random.
func (n *Source) ContinueAfter(nonce int64) {
	mu := n.lock()
	mu.Lock()
	defer mu.Unlock()
	n.last.Store(max(n.last.Load(), nonce))
}

// Next issues the nonce of a request that leaves now.
func (n *Source) Next(now time.Time) int64 {
	mu := n.lock()
	mu.Lock()
	defer mu.Unlock()
	n.issued++
	last := n.last.Load()
	switch n.policy {
	case Increasing, IncreasingMicroseconds:
		last = max(n.timestamp(now), last+1)
	case Counter:
		last++
	case Random:
		last = int64(keyedrand.Number(n.issued) >> 1) // not negative
	default:
		last = n.timestamp(now)
	}
	n.last.Store(last)
	return last
}

// Ready is when there is a nonce that differs from the last; a result that is
// not after now means that there is one now.
func (n *Source) Ready(now time.Time) time.Time {
	if n.policy != Timestamp {
		return time.Time{}
	}
	wall, last := n.shown(now), n.last.Load()
	if wall.UnixMilli() != last {
		return time.Time{}
	}
	return now.Add(time.UnixMilli(last + 1).Sub(wall))
}

// Prefetch reads what Next will look at, for who has thousands of sources and wants it in
// the processor's cache. What it returns means nothing.
func (n *Source) Prefetch() uint64 { return n.issued }

func (n *Source) lock() sync.Locker {
	if n.other != nil {
		return n.other
	}
	return &n.own
}

// shown is what the wall clock shows.
func (n *Source) shown(now time.Time) time.Time {
	if n.wall == nil {
		return now
	}
	return n.wall(now)
}

func (n *Source) timestamp(now time.Time) int64 {
	if n.policy == IncreasingMicroseconds {
		return n.shown(now).UnixMicro()
	}
	return n.shown(now).UnixMilli()
}

// Ahead reports whether the last nonce is one that a new source could issue
// again, or not get beyond.
func (n *Source) Ahead(now time.Time) bool {
	mu := n.lock()
	mu.Lock()
	defer mu.Unlock()
	switch n.policy {
	case Random:
		return false
	case Counter:
		return n.issued > 0
	default:
		return n.last.Load() >= n.timestamp(now)
	}
}
