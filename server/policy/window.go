package policy

import (
	"fmt"
	"time"
)

// A Count is how a Window adds requests up.
type Count uint8

const (
	// Log remembers each request: no more than the limit in any span of the
	// window's length, wherever it lies, both ends included. This is the
	// reference's rule.
	Log Count = iota
	// Aligned counts anew at whole multiples of the window since 1970, UTC:
	// twice the limit can pass around such an instant.
	Aligned
	// First counts anew with the first request after the window is over.
	First
	// Counter adds to the count of the aligned window that is on the share of
	// the one before which a window that ends now would still cover, rounded
	// down: an approximation of Log with two numbers.
	Counter
)

var countNames = [...]string{"log", "aligned", "first", "counter"}

func (c Count) String() string {
	if int(c) < len(countNames) {
		return countNames[c]
	}
	return fmt.Sprintf("Count(%d)", uint8(c))
}

// A Window lets requests of a total cost of Limit pass in a span of Length.
type Window struct {
	// Limit is what may be used in a window. Required, 1 to MaxLimit.
	Limit int64
	// Length of the window. Required, more than 0 and at most MaxSpan.
	Length time.Duration
	// Count is how requests are added up. Defaults to Log.
	Count Count
}

// Validate implements Config.
func (w Window) Validate() error {
	if err := checkLimit("window: Limit", w.Limit); err != nil {
		return err
	}
	if err := checkSpan("window: Length", w.Length); err != nil {
		return err
	}
	if int(w.Count) >= len(countNames) {
		return fmt.Errorf("window: Count is %v, want one of %v", w.Count, countNames)
	}
	return nil
}

// adjustedWindow is c as a Window of a count.
func adjustedWindow(c Config, count Count) (Window, error) {
	w, err := adjusted[Window](c)
	if err == nil && w.Count != count {
		return w, fmt.Errorf("window: Count is changed to %v, want %v as it was", w.Count, count)
	}
	return w, err
}

// New implements Config.
func (w Window) New(tick time.Duration) (Policy, error) {
	if err := w.Validate(); err != nil {
		return nil, err
	}
	if err := checkTick(tick); err != nil {
		return nil, fmt.Errorf("window: %w", err)
	}
	switch w.Count {
	case Aligned:
		return &alignedWindow{limit: w.Limit, length: int64(w.Length), clock: newTicker(tick)}, nil
	case First:
		return &firstWindow{limit: w.Limit, length: int64(w.Length), clock: newTicker(tick)}, nil
	case Counter:
		return &slidingCounter{limit: w.Limit, length: int64(w.Length), clock: newTicker(tick)}, nil
	}
	return newSlidingLog(w.Limit, w.Length, newTicker(tick)), nil
}
