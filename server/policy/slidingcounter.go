package policy

import "time"

// A slidingCounter is the sliding window counter: with e of a window of length W
// gone, p charged in the one before and c in this one, an arrival passes if
//
//	⌊p·(W − e)/W⌋ + c + cost ≤ limit.
//
// It approximates the log as if the arrivals of the window before had been
// spread evenly over it, so that a client is refused that sends what a log
// allows in a burst at a window's end. The share is rounded down as in Upstash's
// slidingWindow (upstash/ratelimit-js, src/lua-scripts/single.ts); Cloudflare,
// Kong and APISIX use the same formula (Cloudflare, "How we built rate limiting
// capable of scaling to millions of domains", 2017).
type slidingCounter struct {
	limit  int64
	length int64
	clock  ticker

	began    int64 // when the window that is on began, in ns since 1970
	current  int64
	previous int64
}

// Check implements Policy.
func (w *slidingCounter) Check(now time.Time, cost int64) (ok bool, retry time.Duration) {
	at := w.turn(now)
	switch {
	case cost > w.limit:
		return false, Never
	case w.used(at) <= w.limit-cost || cost == 0:
		return true, 0
	}
	return false, w.clock.wait(now, w.whenAtMost(at, w.limit-cost))
}

// Charge implements Policy.
func (w *slidingCounter) Charge(now time.Time, cost int64) {
	w.turn(now)
	w.current = plus(w.current, cost)
}

// Settle implements Policy. Less than nothing is not used in a window.
func (w *slidingCounter) Settle(now time.Time, by int64) {
	w.turn(now)
	w.current = max(plus(w.current, by), 0)
}

// Adjust implements Adjuster. A window of another
// length begins with nothing used.
func (w *slidingCounter) Adjust(_ time.Time, c Config) error {
	a, err := adjustedWindow(c, Counter)
	if err != nil {
		return err
	}
	w.limit, w.length = a.Limit, int64(a.Length)
	return nil
}

// State implements Policy.
func (w *slidingCounter) State(now time.Time) State {
	at := w.turn(now)
	used := w.used(at)
	s := State{Limit: w.limit, Remaining: max(w.limit-used, 0), Window: time.Duration(w.length)}
	if used > 0 {
		s.Reset = w.clock.wait(now, w.whenAtMost(at, min(used, w.limit)-1))
		s.Full = w.clock.wait(now, w.whenAtMost(at, 0))
	}
	return s
}

// turn begins the window that now is in and returns what the clock shows.
func (w *slidingCounter) turn(now time.Time) (at int64) {
	at = w.clock.shows(now)
	switch began := floorTo(at, w.length); began {
	case w.began:
	case w.began + w.length:
		w.began, w.previous, w.current = began, w.current, 0
	default:
		w.began, w.previous, w.current = began, 0, 0
	}
	return at
}

// used is what counts at an instant of the window that is on.
func (w *slidingCounter) used(at int64) int64 {
	return plus(share(w.previous, w.began+w.length-at, w.length), w.current)
}

// whenAtMost is when no more than so much is used, from an instant on at which
// it is more.
func (w *slidingCounter) whenAtMost(at, used int64) int64 {
	if room := used - w.current; room >= 0 {
		return max(at, w.began+w.length-mostLeft(w.previous, room, w.length))
	}
	return w.began + 2*w.length - mostLeft(w.current, used, w.length)
}

// share is ⌊amount·left/length⌋.
func share(amount, left, length int64) int64 {
	q, _ := mulDiv(amount, left, length)
	return q
}

// mostLeft is the most of a window that can be left of length when the share
// of amount is no more than room: the largest x ≤ length with
// ⌊amount·x/length⌋ ≤ room, that is amount·x < (room + 1)·length.
func mostLeft(amount, room, length int64) int64 {
	if amount <= room {
		return length
	}
	q, r := mulDiv(room+1, length, amount)
	if r == 0 {
		q--
	}
	return q
}
