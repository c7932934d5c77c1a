package server

import "unsafe"

// Ahead are exchanges whose next steps are to come, for who takes those of thousands, one
// after another. The zero value is ready for use.
type Ahead struct {
	exchanges []*Exchange
	lines     []unsafe.Pointer
}

// Add adds an exchange.
func (a *Ahead) Add(e *Exchange) { a.exchanges = append(a.exchanges, e) }

// Prefetch reads a word in each line of the processor's cache that the next steps of the
// exchanges are likely to need, changes nothing, and forgets the exchanges. It takes no
// lock: nobody may use their server meanwhile. The sum of the words means nothing.
//
// What is read together has been found out before, so that there is little between the
// reads: a processor looks a hundred instructions ahead for those that it need not wait for.
func (a *Ahead) Prefetch() (sum uint64) {
	for _, e := range a.exchanges {
		sum += uint64(e.stage) + uint64(e.due) + uint64(e.reply.Delay)
	}
	arrive := a.exchanges[:0]
	for _, e := range a.exchanges {
		if e.stage == onItsWayIn {
			arrive = append(arrive, e)
		}
	}
	for _, e := range arrive {
		if sum += e.account.judge.nonce.small; e.account.own.alone {
			sum++
		}
	}
	for far := range 2 {
		a.lines = a.lines[:0]
		for _, e := range arrive {
			a.lines = e.account.book.ledger.Ahead(far, a.lines)
		}
		for _, line := range a.lines {
			sum += uint64(*(*byte)(line))
		}
	}
	a.exchanges = a.exchanges[:0]
	return sum
}
