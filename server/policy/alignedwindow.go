package policy

import "time"

// An alignedWindow is the fixed window: it counts anew at whole multiples of its
// length since 1970, UTC, so that windows of a minute, an hour and a day begin
// where those of the calendar do.
type alignedWindow struct {
	limit  int64
	length int64
	clock  ticker

	began int64 // when the window began that used counts, in ns since 1970
	used  int64
}

// Check implements Policy.
func (w *alignedWindow) Check(now time.Time, cost int64) (ok bool, retry time.Duration) {
	w.turn(now)
	switch {
	case cost > w.limit:
		return false, Never
	case w.used <= w.limit-cost || cost == 0:
		return true, 0
	}
	return false, w.left(now)
}

// Charge implements Policy.
func (w *alignedWindow) Charge(now time.Time, cost int64) {
	w.turn(now)
	w.used = plus(w.used, cost)
}

// Settle implements Policy. Less than nothing is not used.
func (w *alignedWindow) Settle(now time.Time, by int64) {
	w.turn(now)
	w.used = max(plus(w.used, by), 0)
}

// Adjust implements Adjuster. A window of another
// length begins with nothing used.
func (w *alignedWindow) Adjust(_ time.Time, c Config) error {
	a, err := adjustedWindow(c, Aligned)
	if err != nil {
		return err
	}
	w.limit, w.length = a.Limit, int64(a.Length)
	return nil
}

// State implements Policy.
func (w *alignedWindow) State(now time.Time) State {
	w.turn(now)
	left := w.left(now)
	return State{
		Limit: w.limit, Remaining: max(w.limit-w.used, 0),
		Window: time.Duration(w.length), Reset: left, Full: left,
	}
}

// turn begins the window that now is in.
func (w *alignedWindow) turn(now time.Time) {
	if began := floorTo(w.clock.shows(now), w.length); began != w.began {
		w.began, w.used = began, 0
	}
}

func (w *alignedWindow) left(now time.Time) time.Duration {
	return w.clock.wait(now, w.began+w.length)
}
