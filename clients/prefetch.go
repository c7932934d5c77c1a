package clients

import "ratebench/clients/pace"

// ahead is room for what the workers of a client prefetch at a time.
type ahead struct {
	workers []*worker
	calls   []Process
	turns   []*pace.Turn
	gates   []*pace.Gate
}

// Prefetch implements Prefetcher.
func (w *worker) Prefetch(some []Process) (sum uint64) {
	a := &w.ahead
	a.workers, a.calls, a.turns, a.gates = a.workers[:0], a.calls[:0], a.turns[:0], a.gates[:0]
	for _, p := range some {
		if w, ok := p.(*worker); ok {
			a.workers = append(a.workers, w)
			sum += uint64(w.stage)
		}
	}
	for _, w := range a.workers {
		if w.stage == onItsWay {
			a.calls = append(a.calls, w.carry)
			if w.legs < 2 { // it is about to arrive, which is no concern of the gate
				continue
			}
		}
		a.turns, a.gates = append(a.turns, &w.turn), append(a.gates, w.gate)
		sum += w.prefetch(w.stage == idle)
	}
	if len(a.calls) > 0 {
		if call, ok := a.calls[0].(Prefetcher); ok {
			sum += call.Prefetch(a.calls)
		}
	}
	return sum + pace.Prefetch(a.turns, a.gates)
}

// prefetch reads the item, and the signal by which the worker is to be woken if it waits
// for one.
func (w *worker) prefetch(waits bool) uint64 {
	sum := uint64(w.item.ID)
	if !waits {
		return sum
	}
	if s, ok := w.signal.(interface{ Prefetch(far int) uint64 }); ok {
		sum += s.Prefetch(0) + s.Prefetch(1)
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
