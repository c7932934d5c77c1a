package virtual

import "slices"

// An entry is a timer in the heap. It holds no pointer, so that the garbage
// collector never looks inside, and four of them share a cache line.
type entry struct {
	at  int64  // ns since Epoch
	key uint64 // order of insertion << slotBits | slot of the process
}

// slotBits leaves room for 16 million processes and 10¹² timers in a run.
const slotBits = 24

func (e entry) slot() uint32 { return uint32(e.key & (1<<slotBits - 1)) }

// before orders by time, then by insertion.
func (e entry) before(o entry) bool { return e.at < o.at || e.at == o.at && e.key < o.key }

// heap is a 4-ary min-heap: half as deep as a binary one, and the four
// children it compares lie side by side: in one line of the processor's cache, as
// the first entry is in the place root.
type heap struct {
	places []entry // those before the root are not used
	pushed uint64
}

const root = 3

func (h *heap) len() int { return max(0, len(h.places)-root) }

// first is that of a heap that is not empty.
func (h *heap) first() entry { return h.places[root] }

func (h *heap) push(at int64, slot uint32) (key uint64) {
	h.pushed++
	e := entry{at, h.pushed<<slotBits | uint64(slot)}
	if h.places == nil {
		h.places = make([]entry, root, 32)
	}
	q := append(h.places, e)
	i := len(q) - 1
	for i > root {
		parent := i/4 + 2
		if !e.before(q[parent]) {
			break
		}
		q[i] = q[parent]
		i = parent
	}
	q[i] = e
	h.places = q
	return e.key
}

// pop removes the first entry of a heap that is not empty.
func (h *heap) pop() {
	n := len(h.places) - 1
	last := h.places[n]
	h.places = h.places[:n]
	if n > root {
		h.sink(last)
	}
}

// keep removes all entries but some.
func (h *heap) keep(some func(entry) bool) {
	if h.len() == 0 {
		return
	}
	kept := slices.DeleteFunc(h.places[root:], func(e entry) bool { return !some(e) })
	h.places = h.places[:root+len(kept)]
	for i := len(h.places)/4 + 2; i >= root; i-- { // from the last that may have children
		if i < len(h.places) {
			h.sinkFrom(i, h.places[i])
		}
	}
}

// sink puts e into the hole at the top and lets it down to its place.
func (h *heap) sink(e entry) { h.sinkFrom(root, e) }

// sinkFrom puts e into the hole at i.
func (h *heap) sinkFrom(i int, e entry) {
	q := h.places
	for {
		first := 4*i - 8
		if first >= len(q) {
			break
		}
		least := first
		for c := first + 1; c < min(first+4, len(q)); c++ {
			if q[c].before(q[least]) {
				least = c
			}
		}
		if !q[least].before(e) {
			break
		}
		q[i] = q[least]
		i = least
	}
	q[i] = e
}

// fifo is a queue of processes that reuses its memory.
type fifo struct {
	items []*process
	head  int
}

func (f *fifo) empty() bool { return f.head == len(f.items) }

func (f *fifo) push(p *process) { f.items = append(f.items, p) }

// pop returns nil when the queue is empty.
func (f *fifo) pop() *process {
	if f.empty() {
		return nil
	}
	p := f.items[f.head]
	f.head++
	if f.empty() {
		f.items, f.head = f.items[:0], 0
	}
	return p
}
