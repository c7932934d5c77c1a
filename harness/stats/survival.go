package stats

import (
	"cmp"
	"slices"
	"time"
)

// A Life is that of one key, or of one run.
type Life struct {
	For     time.Duration // how long it was observed
	Blocked bool          // how the observation ended; false: it was alive then
}

// A SurvivalStep is when a share of a cohort that survives changes.
type SurvivalStep struct {
	At       time.Duration
	Share    float64 // from then on
	Censored bool    // the observation of a living one ended then
}

// KaplanMeier estimates the share of a cohort that survives, by the product
// limit of Kaplan and Meier ("Nonparametric Estimation from Incomplete
// Observations", 1958):
//
//	S(t) = Π (1 − dᵢ/nᵢ) over all times tᵢ ≤ t
//
// where dᵢ are those blocked at tᵢ and nᵢ those observed until then at least.
// What was observed for a shorter time counts for as long as it was. The first
// step is at 0; an empty cohort has no other.
func KaplanMeier(lives []Life) []SurvivalStep {
	lives = slices.Clone(lives)
	slices.SortFunc(lives, func(a, b Life) int { return cmp.Compare(a.For, b.For) })
	steps := []SurvivalStep{{Share: 1}}
	share := 1.0
	for i := 0; i < len(lives); {
		observed, blocked, left := len(lives)-i, 0, false
		at := lives[i].For
		for ; i < len(lives) && lives[i].For == at; i++ {
			if lives[i].Blocked {
				blocked++
			} else {
				left = true
			}
		}
		share *= 1 - float64(blocked)/float64(observed)
		steps = append(steps, SurvivalStep{at, share, left})
	}
	return steps
}

// MedianLife is how long half of a cohort survives: the first time at which the
// estimate of [KaplanMeier] is 1/2 or less. False: it never is, for fewer than
// half of them were blocked, as far as they were observed; then no median can
// be told.
func MedianLife(lives []Life) (median time.Duration, known bool) {
	const slack = 1e-9 // a product of shares that is 1/2 may come out a little more
	for _, step := range KaplanMeier(lives) {
		if step.Share <= 0.5+slack {
			return step.At, true
		}
	}
	return 0, false
}
