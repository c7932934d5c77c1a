package virtual

import "slices"

// An entry is a timer in the heap. It holds no pointer, so that the garbage
// collector never looks inside, and four of them share a cache line.
type entry struct {
	at  int64  // ns since Epoch
	key uint64 // order of setting << slotBits | slot of the process
}

// slotBits leaves room for 16 million processes and 10¹² timers in a run.
const slotBits = 24

func (e entry) slot() uint32 { return uint32(e.key & (1<<slotBits - 1)) }

// before orders by time, then by setting.
func (e entry) before(o entry) bool { return e.at < o.at || e.at == o.at && e.key < o.key }

// compare is before as slices.SortFunc wants it.
func (e entry) compare(o entry) int {
	if e.before(o) {
		return -1
	}
	return 1 // no two are the same
}

// heap is a 4-ary min-heap: half as deep as a binary one, and the four
// children it compares lie side by side: in one line of the processor's cache, as
// the first entry is in the place root.
//
// Whoever's timer has come mostly sets another one: the place of an entry that is
// removed stays open until then, so that one way down the heap does for both.
type heap struct {
	places []entry // those before the root are not used
	open   bool    // the root is not used either
}

const root = 3

func (h *heap) len() int {
	n := max(0, len(h.places)-root)
	if h.open {
		n--
	}
	return n
}

// first is that of a heap that is not empty.
func (h *heap) first() entry {
	h.close()
	return h.places[root]
}

// startsAfter reports whether all entries are later than an instant.
func (h *heap) startsAfter(at int64) bool {
	first, end := root, root+1
	if h.open {
		first, end = root+1, root+5
	}
	for i := first; i < end && i < len(h.places); i++ {
		if h.places[i].at <= at {
			return false
		}
	}
	return true
}

func (h *heap) push(e entry) {
	if h.open {
		h.open = false
		h.sink(root, e)
		return
	}
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
}

// pop removes the first entry of a heap that is not empty.
func (h *heap) pop() {
	h.close()
	h.open = true
}

// close puts the last entry into the place that is open.
func (h *heap) close() {
	if !h.open {
		return
	}
	h.open = false
	n := len(h.places) - 1
	last := h.places[n]
	h.places = h.places[:n]
	if n > root {
		h.sink(root, last)
	}
}

// keep removes all entries but some.
func (h *heap) keep(some func(entry) bool) {
	if h.close(); h.len() == 0 {
		return
	}
	kept := slices.DeleteFunc(h.places[root:], func(e entry) bool { return !some(e) })
	h.places = h.places[:root+len(kept)]
	for i := len(h.places)/4 + 2; i >= root; i-- { // from the last that may have children
		if i < len(h.places) {
			h.sink(i, h.places[i])
		}
	}
}

// sink puts e into the place i, which is free, or lets it down to where it belongs.
func (h *heap) sink(i int, e entry) {
	q := h.places
	for first := 4*i - 8; first < len(q); first = 4*i - 8 {
		least, place := q[first], first
		for c := first + 1; c < len(q) && c < first+4; c++ {
			if q[c].before(least) {
				least, place = q[c], c
			}
		}
		if !least.before(e) {
			break
		}
		q[i], i = least, place
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
