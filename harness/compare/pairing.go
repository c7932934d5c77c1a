package compare

import (
	"cmp"
	"fmt"
	"slices"

	"ratebench/harness/result"
)

// A pairing says how the runs of a strategy on two sides belong together.
//
// In virtual time a run is a function of the code, the scenario and the seed;
// there is no chance in it but the draws, which the seed decides. Two such runs
// with the same seed differ because the code or the scenario does, and for no
// other reason.
type pairing struct {
	bySeed bool // there are runs with the same seed, and they are compared in pairs
	// exact: a pair differs by nothing but the change, since both sides are in
	// virtual time or have the very same runs.
	exact bool
	// sameDraws: exact, and both sides ran the same scenario file for the same
	// time with the same options, so that a seed means the same draws on both sides.
	sameDraws bool
	pairs     int // with the same seed
	base, new int // runs on either side
	// expected is how many runs the new side should have: those of the base, in
	// pairs, or as many as were planned. Missing are those it has not.
	expected, missing int
	note              string // why there are no pairs, though seeds are the same
}

func newPairing(base, new labelled, strategy string) pairing {
	b, n := seedsOf(base.Data, strategy), seedsOf(new.Data, strategy)
	p := pairing{base: len(b), new: len(n)}
	for _, seed := range b {
		if slices.Contains(n, seed) {
			p.pairs++
		}
	}
	bs, ns := &base.Summary, &new.Summary
	p.bySeed = p.pairs > 0
	for _, side := range []labelled{base, new} {
		if !seedsKnown(side.Data, strategy) {
			p.bySeed, p.pairs = false, 0
			p.note = fmt.Sprintf("not paired: the results in %s are of an older version and do not say which seeds are missing", side.label)
		}
	}
	p.exact = p.bySeed && (bs.Clock == "virtual" && ns.Clock == "virtual" || sameRuns(base.Data, new.Data, strategy))
	p.sameDraws = p.exact && bs.Scenario.SHA256 == ns.Scenario.SHA256 && bs.DurationS == ns.DurationS && options(bs) == options(ns)
	if p.expected, p.missing = ns.Runs, max(0, ns.Runs-len(n)); p.bySeed {
		p.expected, p.missing = len(b), len(b)-p.pairs
	}
	return p
}

// seedsOf are the seeds of the runs of a strategy.
func seedsOf(d *result.Data, strategy string) (seeds []uint64) {
	for _, r := range d.RunsOf(strategy) {
		seeds = append(seeds, r.Seed)
	}
	return seeds
}

// sameRuns says whether the runs of a strategy are the very same on both sides.
// In real time no two runs agree in all their figures.
func sameRuns(a, b *result.Data, strategy string) bool {
	of := map[uint64]result.Figures{}
	for _, r := range a.RunsOf(strategy) {
		of[r.Seed] = r.Figures
	}
	for _, r := range b.RunsOf(strategy) {
		if figures, ok := of[r.Seed]; !ok || !slices.Equal(figures, r.Figures) {
			return false
		}
		delete(of, r.Seed)
	}
	return len(of) == 0
}

// seedsKnown says whether the seeds of the runs of a strategy are known. Results
// of version 1 do not have them: they are the first ones, if no run is missing.
func seedsKnown(d *result.Data, strategy string) bool {
	return d.Summary.SchemaVersion != 1 || len(seedsOf(d, strategy)) >= d.Summary.Runs
}

// inWords says which runs of a scenario are compared.
func inWords(pairings []pairing) string {
	if len(pairings) == 0 {
		return "no runs to compare"
	}
	byPairs := func(a, b pairing) int { return cmp.Compare(a.pairs, b.pairs) }
	least, most := slices.MinFunc(pairings, byPairs), slices.MaxFunc(pairings, byPairs)
	switch {
	case most.pairs == 0:
		return fmt.Sprintf("%d and %d runs, not paired", most.base, most.new)
	case least.pairs < most.pairs:
		return fmt.Sprintf("%d to %d pairs of runs with the same seed", least.pairs, most.pairs)
	case most.pairs == 1:
		return "1 pair of runs with the same seed"
	}
	return fmt.Sprintf("%d pairs of runs with the same seed", most.pairs)
}
