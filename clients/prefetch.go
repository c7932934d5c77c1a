package clients

import (
	"unsafe"

	"ratebench/clients/pace"
)

// ahead is room for what the workers of a client prefetch at a time.
type ahead struct {
	workers []*worker // those that have not just sent something
	calls   []Process
	turns   pace.Ahead
	lines   []unsafe.Pointer
}

// A callPrefetcher is a SteppingCaller that prefetches for some of its calls.
type callPrefetcher interface {
	Prefetch(calls []Process) (sum uint64)
}

// Prefetch implements Prefetcher.
func (w *worker) Prefetch(some []Process) (sum uint64) {
	a := &w.ahead
	a.workers, a.calls, a.lines = a.workers[:0], a.calls[:0], a.lines[:0]
	for _, p := range some {
		if w, ok := p.(*worker); ok {
			a.workers = append(a.workers, w)
		}
	}
	for _, w := range a.workers {
		sum += uint64(w.stage)
	}
	waiting := a.workers[:0]
	for _, w := range a.workers {
		if w.stage == onItsWay {
			a.calls = append(a.calls, w.carry)
			if w.legs < 2 { // it is about to arrive, which is no concern of the gate
				continue
			}
		}
		waiting = append(waiting, w)
		a.turns.Add(&w.turn, w.gate)
	}
	for _, w := range waiting {
		sum += uint64(w.item.ID)
	}
	if c, ok := w.stepping.(callPrefetcher); ok {
		sum += c.Prefetch(a.calls)
	}
	sum += a.turns.Prefetch()
	return sum + w.ahead.signals(waiting)
}

// signals reads the signals of those who are idle, by which they are to be woken, and then
// what those lead to.
func (a *ahead) signals(workers []*worker) (sum uint64) {
	for far := range 2 {
		for _, w := range workers {
			if w.stage != idle {
				continue
			}
			if s, ok := w.signal.(interface {
				Ahead(far int, lines []unsafe.Pointer) []unsafe.Pointer
			}); ok {
				a.lines = s.Ahead(far, a.lines)
			}
		}
		for _, line := range a.lines {
			sum += uint64(*(*byte)(line))
		}
		a.lines = a.lines[:0]
	}
	return sum
}

// prefetch reads what those will look at that are next in line.
func (q *queue) prefetch(n int) (sum uint64) {
	q.ahead = q.ahead[:0]
	for i := range min(n, q.line.len()) {
		if p, ok := q.line.at(i).(Process); ok {
			q.ahead = append(q.ahead, p)
		}
	}
	if len(q.ahead) > 0 {
		if p, ok := q.ahead[0].(Prefetcher); ok {
			sum = p.Prefetch(q.ahead)
		}
	}
	return sum
}
