package server

import (
	"sync"
	"time"

	"ratebench/server/ledger"
	"ratebench/server/policy"
)

// A book is a ledger that many may write into, one at a time. It is never held
// across a sleep. Keys that have nothing to do with each other have a book each.
type book struct {
	alone  bool // nobody else writes meanwhile: there is nothing to guard
	mu     sync.Mutex
	ledger ledger.Ledger
}

func (b *book) lock() {
	if !b.alone {
		b.mu.Lock()
	}
}

func (b *book) unlock() {
	if !b.alone {
		b.mu.Unlock()
	}
}

func (b *book) blocked() int {
	b.lock()
	defer b.unlock()
	return b.ledger.Blocked()
}

// refuse tells of a request whose key is unknown, where errors count. It may be
// banned for others before.
func (b *book) refuse(clock Clock, r *ledger.Request) (Verdict, time.Duration) {
	b.lock()
	defer b.unlock()
	now := clock.Now()
	if ok, retry := b.ledger.Let(now, r); !ok {
		return Blocked, retry
	}
	b.ledger.Fail(now, r)
	return Unauthorized, 0
}

func (b *book) adjust(now time.Time, limit int, c policy.Config) error {
	b.lock()
	defer b.unlock()
	return b.ledger.Adjust(now, limit, c)
}

// A judge is what it takes to judge the requests of one key.
type judge struct {
	ledger   *ledger.Ledger
	noNonces bool
	nonce    integer // the last good one; 0 before the first
}

// arrive judges a request that arrives at now, with a nonce that is an integer
// if it is ok. It sets what the limits decide.
func (j *judge) arrive(now time.Time, r *ledger.Request, nonce integer, ok bool, d *ledger.Decision) Verdict {
	*d = j.ledger.Arrive(now, r)
	switch {
	case d.Banned:
		return Blocked
	case !d.OK:
		return RateLimited
	case j.noNonces:
		return OK
	}
	if !ok || !nonce.above(j.nonce) {
		j.ledger.Fail(now, r)
		return BadNonce
	}
	j.nonce = nonce
	return OK
}

func (j *judge) forget() {
	j.ledger.Forget()
	j.nonce = integer{}
}
