package result

import (
	"fmt"
	"slices"
	"time"

	"ratebench/harness/metrics"
)

// Reached is how far runs had got when they were interrupted: without it, figures
// of three seconds look like those of the twenty that had been planned.
type Reached struct {
	Runs int `json:"runs"` // of all strategies, those that were through
	Of   int `json:"of"`   // as planned
	// S is how long those had lasted that were cut short. In virtual time there
	// are none: what is not through is dropped.
	S float64 `json:"s,omitempty"`
}

// newReached is how far the runs of interrupted results got.
func newReached(meta *Meta, runs []metrics.Run) *Reached {
	r := &Reached{Of: meta.Runs * len(meta.Strategies)}
	longest := time.Duration(0)
	for i := range runs {
		switch {
		case !slices.Contains(meta.Strategies, runs[i].Strategy):
		case runs[i].Duration < meta.Duration:
			longest = max(longest, runs[i].Duration)
		default:
			r.Runs++
		}
	}
	r.S = metrics.Rounded(longest.Seconds())
	return r
}

// words follow "interrupted" in a line that says how many runs were planned of
// each strategy. In real time the strategies run side by side, so that all their
// runs that were cut short had lasted as long.
func (r *Reached) words(perStrategy int) string {
	if r == nil {
		return ""
	}
	if r.S > 0 && r.Runs == 0 {
		return fmt.Sprintf(" after %s s", metrics.Fixed(r.S, 1))
	}
	words := fmt.Sprintf(" after %d of %d runs", r.Runs, r.Of)
	if r.Of > perStrategy {
		words += " of all strategies"
	}
	if r.S > 0 {
		words += fmt.Sprintf(" and %s s of the next", metrics.Fixed(r.S, 1))
	}
	return words
}

// check reports what is wrong, and where.
func (r *Reached) check() (at []any, err error) {
	switch {
	case r == nil:
	case r.Runs < 0 || r.Runs > r.Of:
		return []any{"runs"}, fmt.Errorf("found %d of %d runs, expected 0 to all", r.Runs, r.Of)
	case !(r.S >= 0 && r.S <= MostFigure):
		return []any{"s"}, fmt.Errorf("found s %v, expected 0 to %.0e", r.S, MostFigure)
	}
	return nil, nil
}
