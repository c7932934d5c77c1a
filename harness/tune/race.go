package tune

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"ratebench/harness/metrics"
	"ratebench/harness/theory"
)

// indifferent is the default Delta; best is the best figure so far.
func (t *tuner) indifferent(best float64) float64 {
	if c := theory.Of(t.scenario); t.Metric == DefaultMetric && c.ServerCap > 0 {
		return indifference * min(c.ServerCap, cmp.Or(c.Offered, c.ServerCap))
	}
	return max(indifference*math.Abs(best), 1e-9)
}

// verdict is why one run is enough to be out; "" is that it is not.
func (t *tuner) verdict(r *run) string {
	switch {
	case r.lost || t.Refused == 0 && r.refused > 0:
		return outRefused
	case math.IsInf(r.value, 0):
		return outUnknown
	}
	return ""
}

// race races entries, with runs of a length and seeds after the scenario's own. Two
// races share alpha.
func (t *tuner) race(ctx context.Context, stage string, entries []*entry, length time.Duration, seeds uint64) error {
	for _, e := range entries {
		e.values, e.p99, e.refuse, e.out = nil, nil, 0, ""
	}
	if len(entries) == 1 { // its figures are asked for all the same
		return t.append(ctx, stage, nil, entries, []int{0}, length, t.scenario.Seed+seeds, firstStage)
	}
	r := newRace(len(entries), firstStage, t.Alpha/2, t.Delta)
	for n := 0; n < t.Seeds; {
		left := r.left()
		if len(left) == 0 {
			return nil
		}
		batch := min(max(1, 8/len(left)), t.Seeds-n)
		if n < firstStage {
			batch = 1
		}
		if err := t.append(ctx, stage, r, entries, left, length, t.scenario.Seed+seeds+uint64(n), batch); err != nil {
			return err
		}
		for range batch {
			n++
			t.refuse(r, entries, n)
			r.screen(n)
			for i, e := range entries {
				if r.out[i] && e.out == "" {
					e.out = outRaced
				}
			}
			t.Progress(stage, max(float64(n)/float64(t.Seeds), 1-float64(len(r.left())-1)/float64(len(entries))))
			if r.settled(n) && n >= firstStage {
				t.report.note(stage, n, len(r.left()))
				return nil
			}
		}
	}
	t.report.note(stage, t.Seeds, len(r.left()))
	return nil
}

// append runs those that are left with the next seeds.
func (t *tuner) append(ctx context.Context, stage string, r *race, entries []*entry, left []int, length time.Duration, seed uint64, seeds int) error {
	running := make([]*entry, len(left))
	for i, at := range left {
		running[i] = entries[at]
	}
	runs, err := t.measure(ctx, "", running, length, seed, seeds)
	if err != nil {
		return err
	}
	for i, e := range running {
		for k := range runs[i] {
			one := &runs[i][k]
			if e.out = cmp.Or(t.verdict(one), e.out); e.out == "" {
				e.values, e.p99 = append(e.values, one.value), append(e.p99, one.p99)
				e.refuse += one.refused
			}
			if r == nil {
				continue
			}
			if e.out != "" {
				r.drop(left[i])
				break
			}
			r.add(left[i], one.value)
		}
	}
	return nil
}

// refuse drops who was answered 429 more often than is allowed, once there are
// enough runs to tell.
func (t *tuner) refuse(r *race, entries []*entry, n int) {
	for _, i := range r.left() {
		e := entries[i]
		if n >= firstStage && e.refuse/float64(len(e.values)) > t.Refused {
			e.out = outRefused
			r.drop(i)
		}
	}
}

// rank puts the best first: of those that are not worse than the best by Delta,
// what is proved never to be refused, then what has a lower latency, then what is
// simpler. The others follow by their figures. Who was refused is not among them.
func (t *tuner) rank(entries []*entry) []*entry {
	var ranked []*entry
	for _, e := range entries {
		if (e.out == "" || e.out == outRaced) && len(e.values) > 0 {
			ranked = append(ranked, e)
		}
	}
	if len(ranked) == 0 {
		return nil
	}
	best := slices.MaxFunc(ranked, func(a, b *entry) int { // who is left, by the mean
		if byLeft := cmp.Compare(isLeft(a), isLeft(b)); byLeft != 0 {
			return byLeft
		}
		return cmp.Compare(mean(a.values), mean(b.values))
	})
	behind := func(e *entry) float64 {
		n := min(len(e.values), len(best.values))
		return mean(best.values[:n]) - mean(e.values[:n])
	}
	near := func(e *entry) int {
		if behind(e) < t.Delta {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(ranked, func(a, b *entry) int {
		if near(a) != near(b) {
			return near(b) - near(a)
		}
		if near(a) == 0 {
			return cmp.Compare(behind(a), behind(b))
		}
		return cmp.Or(
			cmp.Compare(isProved(b), isProved(a)),
			cmp.Compare(latencyOf(a), latencyOf(b)),
			plainer(a, b),
		)
	})
	return ranked
}

func isLeft(e *entry) int {
	if e.out == "" {
		return 1
	}
	return 0
}

func isProved(e *entry) int {
	if e.Proved {
		return 1
	}
	return 0
}

// latencyOf has two digits: what differs beyond them is no reason to choose.
func latencyOf(e *entry) float64 { return metrics.Significant(mean(e.p99), 2) }

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// finalists are the winner of the race, the best of a few other kinds, and those
// around the winner that nobody has tried yet.
func (t *tuner) finalists(ranked []*entry) []*entry {
	const others = 4
	final := []*entry{ranked[0]}
	seen := []string{ranked[0].Kind.Name}
	for _, e := range ranked[1:] {
		if len(final) <= others && !slices.Contains(seen, e.Kind.Name) {
			final, seen = append(final, e), append(seen, e.Kind.Name)
		}
	}
	var labels []string
	for _, e := range final {
		labels = append(labels, e.Label())
	}
	for _, c := range ranked[0].Neighbours(t.scenario, labels) {
		if e := (&entry{Candidate: c, order: len(ranked) + len(final)}); !t.leavesBehind(e) {
			final = append(final, e)
		}
	}
	return final
}
