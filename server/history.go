package server

// A history is a ring of the last accepted arrivals, in nanoseconds.
type history struct {
	times []int64
	next  int // where the next one goes
	held  int // how many there are, at most len(times)
}

// last returns the n-th last arrival, counted from 1, if it is held. The
// ring has room for n at least.
func (h *history) last(n int) (t int64, ok bool) {
	if n > h.held {
		return 0, false
	}
	i := h.next - n
	if i < 0 {
		i += len(h.times)
	}
	return h.times[i], true
}

// add remembers t and, if the ring is full, forgets the oldest.
func (h *history) add(t int64) {
	h.times[h.next] = t
	h.next++
	if h.next == len(h.times) {
		h.next = 0
	}
	h.held = min(h.held+1, len(h.times))
}

// grow makes room for at least n arrivals and keeps those that are held.
func (h *history) grow(n int) {
	if n <= len(h.times) {
		return
	}
	times := make([]int64, n)
	for i := range h.held {
		times[i], _ = h.last(h.held - i)
	}
	h.times, h.next = times, h.held
}
