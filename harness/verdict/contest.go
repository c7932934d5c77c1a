package verdict

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"ratebench/harness/metrics"
	"ratebench/harness/result"
	"ratebench/harness/stats"
)

// A standing is how strategies stand by one metric.
type standing struct {
	best   *result.Strategy
	level  []rival // as good, as far as can be told
	behind []rival // the nearest first
}

// A rival is a strategy beside the best.
type rival struct {
	*result.Strategy
	relation   relation
	difference stats.Difference // how far it is behind the best
}

type relation int

const (
	identical relation = iota // in every run
	near                      // different, by less than anybody cares for
	notTold                   // no difference was shown; there may be one all the same
	worse                     // it was shown
	untested                  // too few runs to tell
)

const (
	alpha = 0.05
	// indifference is the share of the best by which nobody chooses.
	indifference = 0.002
)

// contest finds out who is best. Strategies are compared in pairs of runs with the
// same seed, and the best may be any of them: all pairs of strategies are tested,
// and Holm's procedure keeps the probability of even one wrong lead at alpha.
func contest(d *result.Data, strategies []*result.Strategy, metric string) standing {
	better := metrics.MoreIsBetter
	if m := metrics.Find(metric); m != nil && m.Better != metrics.NeitherIsBetter {
		better = m.Better
	}
	ranked := slices.Clone(strategies)
	slices.SortStableFunc(ranked, func(a, b *result.Strategy) int {
		return cmp.Compare(goodness(b, metric, better), goodness(a, metric, better))
	})
	s := standing{best: ranked[0]}
	differences := compareAll(d, ranked, metric, better)
	for i, st := range ranked[1:] {
		r := rival{Strategy: st, difference: differences[i].Difference}
		r.relation = relationOf(&differences[i], s.best.Mean(metric))
		if r.relation == worse || r.relation == untested {
			s.behind = append(s.behind, r)
		} else {
			s.level = append(s.level, r)
		}
	}
	return s
}

// goodness is higher for the better; what has no such figure comes last.
func goodness(st *result.Strategy, metric string, better metrics.Better) float64 {
	v, known := st.Metric(metric)
	if !known {
		return math.Inf(-1)
	}
	return float64(better) * v
}

// An adjusted difference has the p-value of Holm's procedure.
type adjusted struct {
	stats.Difference
	p float64
}

// compareAll returns how far all but the first are behind the first.
func compareAll(d *result.Data, ranked []*result.Strategy, metric string, better metrics.Better) []adjusted {
	values := make([]map[uint64]float64, len(ranked))
	for i, st := range ranked {
		values[i] = bySeed(d, st.Name, metric)
	}
	var first []adjusted
	var p []float64
	for i := range ranked {
		for k := i + 1; k < len(ranked); k++ {
			diff := stats.Paired(paired(values[i], values[k], better))
			p = append(p, diff.P)
			if i == 0 {
				first = append(first, adjusted{Difference: diff})
			}
		}
	}
	for i, adjusted := range stats.Holm(p)[:len(first)] {
		first[i].p = adjusted
	}
	return first
}

func relationOf(d *adjusted, best float64) relation {
	margin := indifference * math.Abs(best)
	switch {
	case d.N > 0 && d.Mean == 0 && d.Lo == d.Hi:
		return identical
	case d.N < 2:
		return untested
	case d.p > alpha:
		return notTold
	case math.Abs(d.Lo) < margin && math.Abs(d.Hi) < margin:
		return near
	}
	return worse
}

// bySeed has a metric of a strategy's runs.
func bySeed(d *result.Data, strategy, metric string) map[uint64]float64 {
	values := map[uint64]float64{}
	for _, r := range d.RunsOf(strategy) {
		if v, known := r.Figures.Metric(metric); known {
			values[r.Seed] = v
		}
	}
	return values
}

// paired returns by how much a is better than b, in the order of the seeds.
func paired(a, b map[uint64]float64, better metrics.Better) []float64 {
	var seeds []uint64
	for seed := range a {
		if _, both := b[seed]; both {
			seeds = append(seeds, seed)
		}
	}
	slices.Sort(seeds)
	differences := make([]float64, len(seeds))
	for i, seed := range seeds {
		differences[i] = float64(better) * (a[seed] - b[seed])
	}
	return differences
}

// ties says who is as good as the best, and in which way.
func (s *standing) ties() string {
	var sentences []string
	for _, kind := range []struct {
		relation relation
		says     string
	}{
		{identical, "The same throughput in every run: "},
		{near, "Within 0.2\u00a0% of it: "},
		{notTold, "Not told apart from it by these runs: "},
	} {
		of := slices.DeleteFunc(slices.Clone(s.level), func(r rival) bool { return r.relation != kind.relation })
		if len(of) > 0 {
			sentences = append(sentences, kind.says+list(of)+".")
		}
	}
	return strings.Join(sentences, " ")
}
