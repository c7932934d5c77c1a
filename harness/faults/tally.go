package faults

import "sync/atomic"

// A Tally counts fates. It may be used from many goroutines at once; the zero
// value is empty.
type Tally struct {
	requests atomic.Uint64
	counts   [fates]atomic.Uint64
}

// next numbers a request.
func (t *Tally) next() (n uint64) { return t.requests.Add(1) - 1 }

func (t *Tally) count(f Fate) { t.counts[f].Add(1) }

// Requests is how many requests there were, broken or not.
func (t *Tally) Requests() uint64 { return t.requests.Load() }

// Count is how many of them met a fate.
func (t *Tally) Count(f Fate) uint64 { return t.counts[f].Load() }

// Add adds what o has counted.
func (t *Tally) Add(o *Tally) {
	t.requests.Add(o.requests.Load())
	for f := range t.counts {
		t.counts[f].Add(o.counts[f].Load())
	}
}
