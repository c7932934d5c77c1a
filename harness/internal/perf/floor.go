package main

import "ratebench/clients/keyedrand"

// A floor is 25 s of blog.yaml with a client of fixed-headroom-50 and nothing
// that makes a simulation worth its while: one function with a switch, numbers in
// place of instants, no strategy that could be another, nothing recorded but a sum.
// It has the events that a run has, so that its cost is what a run cannot get
// below: what is above it pays for the rest.
type floor struct {
	now     int64 // ns
	heap    []due // binary
	pushed  int64
	queue   []int64 // when requests were created
	head    int
	idle    []int // workers, the longest idle first
	workers [floorKeys]floorWorker
	drawn   uint64
	seed    uint64
	latency int64 // of all successes
	events  int
}

const (
	floorKeys, floorLimit = 5, 20

	ms                      = int64(1_000_000)
	floorWindow, floorSlack = 1000 * ms, 51 * ms
	floorTTL, floorEnd      = 1000 * ms, 25_000 * ms
)

// A due is something to happen: of a worker, or the next request.
type due struct{ at, order, who int64 }

const nextRequest = floorKeys

type floorWorker struct {
	stage           int
	created         int64 // of its request
	n, accepted     int   // departures and arrivals so far
	left, arrivals  [floorLimit]int64
	refused, number uint64
}

func (f *floor) run(seed uint64) (events int) {
	f.seed = seed
	for w := range f.workers {
		f.idle = append(f.idle, w)
	}
	f.push(0, nextRequest)
	for f.now < floorEnd {
		next := f.pop()
		f.now = next.at
		f.events++
		if next.who == nextRequest {
			f.generate()
		} else {
			f.goOn(int(next.who))
		}
	}
	return f.events
}

// generate makes a request.
func (f *floor) generate() {
	f.queue = append(f.queue, f.now)
	f.drawn++
	f.push(f.now+f.uniform(1, f.drawn, 22), nextRequest)
	if len(f.idle) > 0 {
		w := f.idle[0]
		f.idle = f.idle[:copy(f.idle, f.idle[1:])]
		f.goOn(w)
	}
}

// goOn takes a worker as far as it gets.
func (f *floor) goOn(k int) {
	w := &f.workers[k]
	for {
		switch w.stage {
		case 0: // it wants a request
			if f.head == len(f.queue) {
				f.idle = append(f.idle, k)
				return
			}
			w.created = f.queue[f.head]
			f.head++
			w.stage = 1
		case 1: // it may leave when the slot is free
			if f.now > w.created+floorTTL {
				w.stage = 0
				continue
			}
			if at := w.left[w.n%floorLimit]; w.n >= floorLimit && f.now < at+floorWindow+floorSlack {
				f.push(at+floorWindow+floorSlack, int64(k))
				return
			}
			w.left[w.n%floorLimit] = f.now
			w.n++
			w.number++
			w.stage = 2
			f.push(f.now+f.uniform(uint64(k)*2+2, w.number, 51), int64(k))
			return
		case 2: // it arrives
			if oldest := w.arrivals[w.accepted%floorLimit]; w.accepted >= floorLimit && f.now-oldest <= floorWindow {
				w.refused++
			} else {
				w.arrivals[w.accepted%floorLimit] = f.now
				w.accepted++
			}
			w.stage = 3
			f.push(f.now+f.uniform(uint64(k)*2+3, w.number, 51), int64(k))
			return
		case 3: // it is answered
			f.latency += f.now - w.created
			w.stage = 0
		}
	}
}

// uniform draws one of so many whole milliseconds from 0 on.
func (f *floor) uniform(stream, n uint64, of float64) int64 {
	return int64(keyedrand.Uniform(f.seed, stream, n)*of) * ms
}

func (d due) before(o due) bool { return d.at < o.at || d.at == o.at && d.order < o.order }

func (f *floor) push(at, who int64) {
	f.pushed++
	d := due{at, f.pushed, who}
	f.heap = append(f.heap, d)
	i := len(f.heap) - 1
	for ; i > 0 && d.before(f.heap[(i-1)/2]); i = (i - 1) / 2 {
		f.heap[i] = f.heap[(i-1)/2]
	}
	f.heap[i] = d
}

func (f *floor) pop() due {
	first, last := f.heap[0], f.heap[len(f.heap)-1]
	f.heap = f.heap[:len(f.heap)-1]
	for i := 0; len(f.heap) > 0; {
		child := 2*i + 1
		if child+1 < len(f.heap) && f.heap[child+1].before(f.heap[child]) {
			child++
		}
		if child >= len(f.heap) || !f.heap[child].before(last) {
			f.heap[i] = last
			break
		}
		f.heap[i] = f.heap[child]
		i = child
	}
	return first
}
