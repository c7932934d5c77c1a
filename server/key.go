package server

import (
	"fmt"
	"time"

	"ratebench/server/ledger"
	"ratebench/server/policy"
)

// A Key is what the server remembers of one API key under the reference's
// rules: a pure state machine that judges arrivals one after the other. It
// reads no clock, takes no lock and allocates only for nonces of more than 19
// digits. Keys do not influence each other.
//
// The algorithm is the sliding window log: an arrival is accepted if fewer
// than N were accepted before it, or if the N-th last accepted arrival is
// more than Window old. Ages are differences of whole ticks of the server's
// clock, so that with a tick of 1ms and a window of 1s an age of 1000ms is
// still too young and 1001ms is old enough.
type Key struct{ judge }

// NewKey returns a key that has not been used. The parameters are those of
// [Config]; the error names the one that is out of range.
func NewKey(limit Limit, resolution time.Duration, blockAfter int) (*Key, error) {
	if err := validateRules(limit, resolution, blockAfter); err != nil {
		return nil, fmt.Errorf("server key: %w", err)
	}
	l, err := ledger.New(referenceRules(limit, resolution, blockAfter), ledger.ByKey)
	if err != nil {
		return nil, fmt.Errorf("server key: %w", err)
	}
	return &Key{judge{ledger: l}}, nil
}

// referenceRules are one limit and a block.
func referenceRules(limit Limit, resolution time.Duration, blockAfter int) ledger.Config {
	return ledger.Config{
		Limits:  []ledger.Limit{{Name: "requests", Policy: limit.window()}},
		Penalty: ledger.Penalty{Penalty: policy.Penalty{After: blockAfter}},
		Tick:    resolution,
	}
}

// Arrive judges a request that arrives at now. Instants must not go back, and
// lie within the years 1970 to 2199.
//
// In this order: a blocked key refuses everything; a request over the limit
// is rejected, takes no slot and counts towards the block; any other takes a
// slot, which stays spent even if its nonce then proves bad. A nonce is good
// if it is an integer above the last good one, and above 0. An integer is what
// Python's int takes: blanks around it, a sign, single underscores between
// the digits, digits of any script, and at most 4300 of them.
func (k *Key) Arrive(now time.Time, nonce string) Verdict {
	n, ok := parseNonce(nonce)
	return k.arrive(now, &ledger.Request{}, n, ok, new(ledger.Decision))
}

// SetLimit changes the limit from the next arrival on. Accepted arrivals
// stay remembered, as many as the largest N so far; those before them count
// as older than any window, which they are unless the window grows with N.
// The error names the field that is out of range, and nothing changes then.
func (k *Key) SetLimit(l Limit) error {
	if err := l.Validate(); err != nil {
		return fmt.Errorf("server key: %w", err)
	}
	// The instant is of no matter to a log.
	return k.ledger.Adjust(time.Time{}, 0, l.window())
}
