package compare

import (
	"cmp"
	"math"
	"slices"
)

// figures are what one side has of a metric of a strategy.
type figures struct {
	runs    []figure // in order of seeds; nil: only the mean is known
	mean    float64  // over all runs, from the summary
	hasMean bool
}

// A figure is that of one run. A run without success has no latency.
type figure struct {
	seed  uint64
	value float64
	has   bool
}

// figuresOf finds a metric of a strategy in results. A metric that is in the
// summary and in none of the runs is known as a mean.
func figuresOf(d labelled, strategy, metric string) figures {
	var f figures
	if s, ok := d.Summary.Strategy(strategy); ok {
		f.mean, f.hasMean = s.Metric(metric)
	}
	for _, run := range d.RunsOf(strategy) {
		one := figure{seed: run.Seed}
		one.value, one.has = run.Figures.Metric(metric)
		f.runs = append(f.runs, one)
	}
	slices.SortFunc(f.runs, func(a, b figure) int { return cmp.Compare(a.seed, b.seed) })
	if f.hasMean && recorded(f.runs) == nil {
		f.runs = nil
	}
	return f
}

// pooled says whether the summary has another figure than the mean over the
// runs, as of percentiles, which are those of all runs together.
func (f figures) pooled() bool {
	values := recorded(f.runs)
	if len(values) < 2 || !f.hasMean {
		return false
	}
	// The rounding of the files is nine digits, or four decimals in older ones.
	return math.Abs(mean(values)-f.mean) > max(1e-3, 1e-6*f.mean)
}

// recorded are the values of the runs that have one.
func recorded(runs []figure) []float64 {
	var values []float64
	for _, r := range runs {
		if r.has {
			values = append(values, r.value)
		}
	}
	return values
}

// bySeed are the values of the seeds that have one on both sides, in pairs, and
// how many seeds are left out because only one side has one: the base (lost) or
// the other.
func bySeed(base, new []figure) (b, n []float64, lost, gained int) {
	of := map[uint64]figure{}
	for _, r := range new {
		of[r.seed] = r
	}
	for _, r := range base {
		partner, ok := of[r.seed]
		switch {
		case !ok || !r.has && !partner.has:
		case !partner.has:
			lost++
		case !r.has:
			gained++
		default:
			b, n = append(b, r.value), append(n, partner.value)
		}
	}
	return b, n, lost, gained
}
