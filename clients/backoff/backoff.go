// Package backoff has the rules by which a client that has failed waits longer
// each time before it tries again.
package backoff

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// A Rule says how long to wait after the n-th failure in a row, n = 0, 1, …
// With e = min(cap, base · 2ⁿ) and u uniform in [0, 1),
//
//	none:         e
//	full:         u · e
//	equal:        e/2 + u · e/2
//	decorrelated: min(cap, base + u · (3 · previous − base)),
//
// where previous is the delay before, at first base. Jitter keeps callers that
// have failed together from coming back together.
//
// Source: Brooker, "Exponential backoff and jitter", AWS Architecture Blog,
// 2015.
type Rule struct {
	// Base is the delay after the first failure, before jitter; greater than
	// 0.
	Base time.Duration
	// Cap bounds every delay, from Base; 0 is no bound.
	Cap time.Duration
	// Jitter is one of the four rules; "" is none.
	Jitter string
}

// The rules of Rule.Jitter.
const (
	JitterNone         = "none"
	JitterFull         = "full"
	JitterEqual        = "equal"
	JitterDecorrelated = "decorrelated"
)

// maxBase keeps three times a delay within a time.Duration.
const maxBase = 366 * 24 * time.Hour

// Jitters are all rules.
func Jitters() []string {
	return []string{JitterNone, JitterFull, JitterEqual, JitterDecorrelated}
}

// Validate names the first field whose value is out of range.
func (b Rule) Validate() error {
	var err error
	if b.Base <= 0 {
		err = fmt.Errorf("base is %v, want more than 0", b.Base)
	} else if b.Base > maxBase {
		err = fmt.Errorf("base is %v, want at most %v", b.Base, maxBase)
	}
	if b.Cap != 0 && b.Cap < b.Base {
		err = errors.Join(err, fmt.Errorf("cap is %v, want at least base %v, or 0 for none", b.Cap, b.Base))
	}
	switch b.Jitter {
	case "", JitterNone, JitterFull, JitterEqual, JitterDecorrelated:
		return err
	}
	return errors.Join(err, fmt.Errorf("jitter is %q, want %s, %s, %s or %s",
		b.Jitter, JitterNone, JitterFull, JitterEqual, JitterDecorrelated))
}

// Delay returns how long to wait after failure number attempt, counted from 0,
// in a row. Previous is the delay before it, 0 at first; u is uniform in
// [0, 1).
func (b Rule) Delay(attempt int, previous time.Duration, u float64) time.Duration {
	switch b.Jitter {
	case JitterFull:
		return part(u, b.exponential(attempt))
	case JitterEqual:
		e := b.exponential(attempt)
		return e/2 + part(u, e-e/2)
	case JitterDecorrelated:
		triple := 3 * min(max(previous, b.Base), math.MaxInt64/3)
		return min(b.bound(), b.Base+part(u, triple-b.Base))
	default:
		return b.exponential(attempt)
	}
}

// exponential is min(cap, base · 2ⁿ).
func (b Rule) exponential(n int) time.Duration {
	bound := b.bound()
	if b.Base > bound>>max(n, 0) {
		return bound
	}
	return b.Base << max(n, 0)
}

func (b Rule) bound() time.Duration {
	if b.Cap == 0 {
		return math.MaxInt64
	}
	return b.Cap
}

// part is u · d.
func part(u float64, d time.Duration) time.Duration { return time.Duration(u * float64(d)) }
