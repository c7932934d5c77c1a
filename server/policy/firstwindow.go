package policy

import "time"

// A firstWindow is the fixed window that begins with the first request after
// the one before is over: a counter with an expiry, as INCR and EXPIRE of Redis
// make one.
type firstWindow struct {
	limit  int64
	length int64
	clock  ticker

	begun bool  // whether there is a window
	began int64 // when it began, in ns since 1970
	used  int64
}

// Check implements Policy.
func (w *firstWindow) Check(now time.Time, cost int64) (ok bool, retry time.Duration) {
	w.end(now)
	switch {
	case cost > w.limit:
		return false, Never
	case w.used <= w.limit-cost || cost == 0:
		return true, 0
	}
	return false, w.left(now)
}

// Charge implements Policy.
func (w *firstWindow) Charge(now time.Time, cost int64) {
	w.end(now)
	if !w.begun && cost > 0 {
		w.begun, w.began = true, w.clock.shows(now)
	}
	w.used = plus(w.used, cost)
}

// Settle implements Policy. What an answer cost more than was charged in a
// window that is over begins a new one; less than nothing is not used.
func (w *firstWindow) Settle(now time.Time, by int64) {
	if by >= 0 {
		w.Charge(now, by)
		return
	}
	w.end(now)
	w.used = max(w.used+by, 0)
}

// Adjust implements Adjuster.
func (w *firstWindow) Adjust(_ time.Time, c Config) error {
	a, err := adjustedWindow(c, First)
	if err != nil {
		return err
	}
	w.limit, w.length = a.Limit, int64(a.Length)
	return nil
}

// State implements Policy.
func (w *firstWindow) State(now time.Time) State {
	w.end(now)
	left := time.Duration(w.length)
	if w.begun {
		left = w.left(now)
	}
	return State{
		Limit: w.limit, Remaining: max(w.limit-w.used, 0),
		Window: time.Duration(w.length), Reset: left, Full: left,
	}
}

// end ends a window that is over.
func (w *firstWindow) end(now time.Time) {
	if w.begun && w.clock.shows(now)-w.began >= w.length {
		w.begun, w.used = false, 0
	}
}

func (w *firstWindow) left(now time.Time) time.Duration {
	return w.clock.wait(now, w.began+w.length)
}
