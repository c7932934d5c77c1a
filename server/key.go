package server

import (
	"fmt"
	"time"
)

// A Key is what the server remembers of one API key: a pure state machine
// that judges arrivals one after the other. It reads no clock, takes no lock
// and allocates only for nonces of more than 19 digits. Keys do not influence
// each other.
//
// The algorithm is the sliding window log: an arrival is accepted if fewer
// than N were accepted before it, or if the N-th last accepted arrival is
// more than Window old. Ages are differences of whole ticks of the server's
// clock, so that with a tick of 1ms and a window of 1s an age of 1000ms is
// still too young and 1001ms is old enough.
type Key struct {
	limit      Limit
	resolution time.Duration
	blockAfter int

	accepted   history
	rejections int
	nonce      integer // the last good one; 0 before the first
}

// NewKey returns a key that has not been used. The parameters are those of
// [Config]; the error names the one that is out of range.
func NewKey(limit Limit, resolution time.Duration, blockAfter int) (*Key, error) {
	if err := validateRules(limit, resolution, blockAfter); err != nil {
		return nil, fmt.Errorf("server key: %w", err)
	}
	return newKey(limit, resolution, blockAfter), nil
}

func newKey(limit Limit, resolution time.Duration, blockAfter int) *Key {
	k := &Key{limit: limit, resolution: resolution, blockAfter: blockAfter}
	k.accepted.grow(limit.N)
	return k
}

// Arrive judges a request that arrives at now. Instants must not go back, and
// lie within what time.Time.UnixNano can tell.
//
// In this order: a blocked key refuses everything; a request over the limit
// is rejected, takes no slot and counts towards the block; any other takes a
// slot, which stays spent even if its nonce then proves bad. A nonce is good
// if it is an integer above the last good one, and above 0. An integer is what
// Python's int takes: blanks around it, a sign, single underscores between
// the digits, digits of any script, and at most 4300 of them.
func (k *Key) Arrive(now time.Time, nonce string) Verdict {
	n, ok := parseNonce(nonce)
	return k.arrive(now, n, ok)
}

func (k *Key) arrive(now time.Time, nonce integer, ok bool) Verdict {
	if k.Blocked() {
		return Blocked
	}
	at := now.Truncate(k.resolution).UnixNano()
	if t, full := k.accepted.last(k.limit.N); full && time.Duration(at-t) <= k.limit.Window {
		k.rejections++
		return RateLimited
	}
	k.accepted.add(at)
	if !ok || !nonce.above(k.nonce) {
		return BadNonce
	}
	k.nonce = nonce
	return OK
}

// Blocked tells if the key is blocked for ever.
func (k *Key) Blocked() bool { return k.blockAfter > 0 && k.rejections >= k.blockAfter }

// SetLimit changes the limit from the next arrival on. Accepted arrivals
// stay remembered, as many as the largest N so far; those before them count
// as older than any window, which they are unless the window grows with N.
// The error names the field that is out of range, and nothing changes then.
func (k *Key) SetLimit(l Limit) error {
	if err := l.Validate(); err != nil {
		return fmt.Errorf("server key: %w", err)
	}
	k.setLimit(l)
	return nil
}

func (k *Key) setLimit(l Limit) {
	k.limit = l
	k.accepted.grow(l.N)
}
