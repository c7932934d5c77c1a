package clients

import (
	"unsafe"

	"ratebench/clients/pace"
)

// ahead is room for what the workers of a client prefetch at a time.
type ahead struct {
	workers []*worker
	idle    []linesOfSignal // of the workers who are
	calls   []Process
	turns   pace.Ahead
	lines   []unsafe.Pointer
}

// A linesOfSignal is a signal that prefetches, as pace.Ahead.Lines does.
type linesOfSignal interface {
	Lines(far int, lines []unsafe.Pointer) []unsafe.Pointer
}

// A linesOfCalls is a SteppingCaller that prefetches for calls that are under way, as
// pace.Ahead.Lines does.
type linesOfCalls interface {
	Lines(calls []Process, far int, lines []unsafe.Pointer) []unsafe.Pointer
}

// Prefetch implements Prefetcher. Addresses are found out first, and then read in a loop
// with nothing else in it: a processor looks a hundred instructions ahead for reads that
// it can begin while it waits for others.
func (w *worker) Prefetch(some []Process) (sum uint64) {
	a := &w.ahead
	a.workers, a.idle, a.calls = a.workers[:0], a.idle[:0], a.calls[:0]
	for _, p := range some {
		if w, ok := p.(*worker); ok {
			a.workers = append(a.workers, w)
			a.lines = append(a.lines, unsafe.Pointer(w))
		}
	}
	sum = a.read()
	for _, w := range a.workers {
		a.add(w)
	}
	calls, _ := w.stepping.(linesOfCalls)
	for far := range 4 {
		a.lines = a.turns.Lines(far, a.lines)
		for _, s := range a.idle {
			a.lines = s.Lines(far, a.lines)
		}
		if calls != nil {
			a.lines = calls.Lines(a.calls, far, a.lines)
		}
		sum += a.read()
	}
	return sum
}

// add adds what a worker has by pointers, and its item.
func (a *ahead) add(w *worker) {
	switch w.stage {
	case onItsWay:
		a.calls = append(a.calls, w.carry)
		if w.legs < 2 { // it is about to arrive, which is no concern of the gate
			return
		}
	case idle: // it waits
		if s, ok := w.signal.(linesOfSignal); ok {
			a.idle = append(a.idle, s)
		}
	}
	a.lines = append(a.lines, unsafe.Pointer(&w.item))
	a.turns.Add(&w.turn, w.gate)
}

// read reads a byte at each of the addresses, and forgets them.
func (a *ahead) read() (sum uint64) {
	for _, line := range a.lines {
		sum += uint64(*(*byte)(line))
	}
	a.lines = a.lines[:0]
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
