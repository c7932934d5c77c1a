package pace

import (
	"sync"
	"time"

	"ratebench/clients/keyedrand"
)

// NoncePolicy is how the nonces of one key are made.
type NoncePolicy uint8

const (
	// Timestamp is the client's clock in milliseconds, as in the reference.
	// Two departures within a millisecond get the same nonce, and the server
	// refuses the second.
	Timestamp NoncePolicy = iota
	// Increasing is Timestamp, made strictly increasing by counting up from
	// the last nonce where the clock has not moved on.
	Increasing
	// Counter counts from 1. A client that starts again starts over, and the
	// server refuses it until it has caught up.
	Counter
	// Random is unique and without order, as a UUID is. The server refuses
	// each one that is not the largest so far, and nearly all end up so.
	Random
)

// Nonces makes the nonces of one key, for all of its gates.
type Nonces struct {
	policy NoncePolicy
	wall   func(now time.Time) time.Time // what the wall clock shows

	mu     sync.Mutex
	last   int64
	issued uint64
}

// NewNonces returns a source that has not issued any nonce. Timestamps are
// those of a wall clock that may jump apart from the steady clock of the
// departures; nil is one that does not.
func NewNonces(p NoncePolicy, wall func(now time.Time) time.Time) *Nonces {
	if wall == nil {
		wall = func(now time.Time) time.Time { return now }
	}
	return &Nonces{policy: p, wall: wall}
}

// Next issues the nonce of a request that leaves now.
func (n *Nonces) Next(now time.Time) int64 {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.issued++
	switch n.policy {
	case Increasing:
		n.last = max(n.wall(now).UnixMilli(), n.last+1)
	case Counter:
		n.last++
	case Random:
		n.last = int64(keyedrand.Number(n.issued) >> 1) // not negative
	default:
		n.last = n.wall(now).UnixMilli()
	}
	return n.last
}
