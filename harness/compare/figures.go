package compare

import (
	"fmt"
	"strings"

	"ratebench/harness/metrics"
	"ratebench/harness/result"
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

// isPercentile says whether a metric is a percentile, whose mean over runs is
// not that of all runs together.
func isPercentile(metric string) bool {
	m := metrics.Find(metric)
	return m != nil && m.Written == metrics.AsMilliseconds && strings.Contains(m.Key, ".p")
}

// figuresOf finds a metric of a strategy in results. A metric that is in the
// summary and in none of the runs is known as a mean.
func figuresOf(d *result.Data, strategy, metric string) figures {
	var f figures
	if s, ok := d.Summary.Strategy(strategy); ok {
		f.mean, f.hasMean = s.Metric(metric)
	}
	for _, run := range d.Runs {
		if run.Strategy != strategy {
			continue
		}
		one := figure{seed: run.Seed}
		one.value, one.has = run.Figures.Metric(metric)
		f.runs = append(f.runs, one)
	}
	if f.hasMean && recorded(f.runs) == nil {
		f.runs = nil
	}
	return f
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

// bySeed are the values of the seeds that have one on both sides, in pairs,
// and how many seeds are left out for the lack of one.
func bySeed(base, new []figure) (b, n []float64, left int) {
	of := map[uint64]figure{}
	for _, r := range new {
		of[r.seed] = r
	}
	for _, r := range base {
		partner, ok := of[r.seed]
		switch {
		case !ok:
		case r.has && partner.has:
			b, n = append(b, r.value), append(n, partner.value)
		default:
			left++
		}
	}
	return b, n, left
}

// sameSeeds says whether the runs of the smaller side have partners with the
// same seed on the other side.
func sameSeeds(a, b *result.Summary) bool {
	aEnd, bEnd := a.Seed+uint64(a.Runs), b.Seed+uint64(b.Runs)
	return a.Seed >= b.Seed && aEnd <= bEnd || b.Seed >= a.Seed && bEnd <= aEnd
}

// pairing says in words which runs are compared.
func pairing(base, new *result.Data, paired bool) string {
	b, n := base.Summary.Runs, new.Summary.Runs
	switch {
	case !paired:
		return fmt.Sprintf("%d and %d runs, not paired", b, n)
	case min(b, n) == 1:
		return "1 pair of runs with the same seed"
	default:
		return fmt.Sprintf("%d pairs of runs with the same seed", min(b, n))
	}
}
