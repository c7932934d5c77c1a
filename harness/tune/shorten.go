package tune

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"ratebench/harness/scenario"
	"ratebench/harness/theory"
	"ratebench/harness/tune/candidate"
)

// An entry is a candidate in the race.
type entry struct {
	candidate.Candidate
	order  int
	out    string // why it is, in the report's words; "" is not
	values []float64
	p99    []float64 // of the latency, in ms
	refuse float64   // 429s, in all runs of a race
}

// Why an entry is out.
const (
	outRefused = "refused"
	outUnknown = "without a figure" // no request of a run succeeds, say
	outRaced   = "raced"
)

func enter(all []candidate.Candidate) []*entry {
	entries := make([]*entry, len(all))
	for i, c := range all {
		entries[i] = &entry{Candidate: c, order: i}
	}
	return entries
}

func countKinds(entries []*entry) int {
	var names []string
	for _, e := range entries {
		names = append(names, e.Kind.Name)
	}
	slices.Sort(names)
	return len(slices.Compact(names))
}

// wholeOnly reports whether a shorter run says nothing of one of the scenario's length:
// something happens at times that it would not come to, or it ends by itself, or it
// would be over before a burst at its start counts for as little as it does in the long
// run, so that who sends one, and then waits for the window, has nothing to show.
func wholeOnly(sc *scenario.Scenario) bool {
	jumps := slices.ContainsFunc(sc.Strategies, func(st scenario.Strategy) bool { return len(st.Client.Clock.Jumps) > 0 })
	return len(sc.Server.Stages) > 0 || len(sc.Server.Faults.Outages) > 0 || sc.Load.Count > 0 || jumps ||
		fewest*longestMemory(sc) > sc.Duration
}

// fewest is how many windows a run has to have to stand for a longer one.
const fewest = 5

// racedLength is that of the runs of the race: the scenario's, or less if that is
// enough for twenty windows and two thousand requests.
func racedLength(sc *scenario.Scenario) time.Duration {
	const least, requests = 20 * time.Second, 2000
	if wholeOnly(sc) {
		return sc.Duration
	}
	memory := memoryOf(sc)
	length := max(least, 20*memory)
	if rate := theory.Of(sc); rate.ServerCap > 0 {
		per := min(rate.ServerCap, cmp.Or(rate.Offered, rate.ServerCap))
		length = max(fewest*memory, min(length, time.Duration(requests/per*float64(time.Second))))
	}
	return min(sc.Duration, roundUp(length, time.Second))
}

// shortLength is that of the runs that find out who has no part in the race.
func shortLength(sc *scenario.Scenario) time.Duration {
	raced := racedLength(sc)
	if wholeOnly(sc) {
		return raced
	}
	return min(raced, max(roundUp(raced/2, time.Second), fewest*memoryOf(sc)))
}

// longestMemory is for how long a server remembers a burst: the longest window, or the
// time in which a bucket fills.
func longestMemory(sc *scenario.Scenario) time.Duration {
	longest := time.Duration(0)
	for _, l := range sc.Server.AllLimits() {
		memory := l.Window.Per
		if rate, timed := l.Rate(); timed && l.Bucket > 0 {
			memory = time.Duration(float64(l.Bucket) / rate * float64(time.Second))
		}
		longest = max(longest, memory)
	}
	return longest
}

// memoryOf is longestMemory, of which a tenth of the scenario is the most that counts.
func memoryOf(sc *scenario.Scenario) time.Duration { return min(longestMemory(sc), sc.Duration/10) }

func roundUp(d, unit time.Duration) time.Duration { return (d + unit - 1) / unit * unit }

// shorten takes out, by short runs, who is refused and who is far behind. Of those
// that do the same it keeps the first, and of the rest the best of each kind and the
// best of all, as many as a race can have.
func (t *tuner) shorten(ctx context.Context, entries []*entry) ([]*entry, error) {
	const seeds = 2
	first := max(t.report.Short/4, min(t.report.Short, fewest*memoryOf(t.scenario))) // the beginning of the same runs
	left, err := t.short(ctx, "first runs", entries, first, 1)
	if err == nil {
		left, err = t.short(ctx, "short runs", left, t.report.Short, seeds)
	}
	switch {
	case err != nil:
		return nil, err
	case len(left) == 0:
		return nil, t.nobody(entries)
	}
	for _, e := range entries {
		switch e.out {
		case outRefused:
			t.report.OutRefused++
		case outUnknown:
			t.report.OutUnknown++
		}
	}
	slices.SortStableFunc(left, func(a, b *entry) int {
		return cmp.Or(cmp.Compare(mean(b.values), mean(a.values)), cmp.Compare(mean(a.p99), mean(b.p99)))
	})
	best := mean(left[0].values)
	if t.Delta == 0 {
		t.Delta = t.indifferent(best)
	}
	t.report.Delta = t.Delta
	left = slices.DeleteFunc(left, func(e *entry) bool { return mean(e.values) < best-farBehind*math.Abs(best) })
	left = most(differing(left), mostRaced)
	t.report.Raced = len(left)
	slices.SortFunc(left, func(a, b *entry) int { return cmp.Compare(a.order, b.order) })
	return left, nil
}

const (
	farBehind = 0.2 // as a part of the best
	mostRaced = 32
)

// short makes short runs and returns who was not refused.
func (t *tuner) short(ctx context.Context, stage string, entries []*entry, length time.Duration, seeds int) ([]*entry, error) {
	runs, err := t.measure(ctx, stage, entries, length, t.scenario.Seed+shortSeeds, seeds)
	if err != nil {
		return nil, err
	}
	var left []*entry
	for i, e := range entries {
		e.values, e.p99 = nil, nil
		for k := range runs[i] {
			r := &runs[i][k]
			if e.out = cmp.Or(t.verdict(r), e.out); e.out == "" {
				e.values, e.p99 = append(e.values, r.value), append(e.p99, r.p99)
			}
		}
		if e.out == "" {
			left = append(left, e)
		}
	}
	return left, nil
}

// differing leaves out who does the same as an earlier one in every run. Of those,
// one that is proved never to be refused stays, or else the simplest.
func differing(entries []*entry) []*entry {
	var all []*entry
	for _, e := range entries {
		i := slices.IndexFunc(all, func(o *entry) bool { return slices.Equal(o.values, e.values) && slices.Equal(o.p99, e.p99) })
		switch {
		case i < 0:
			all = append(all, e)
		case plainer(e, all[i]) < 0:
			all[i] = e
		}
	}
	return all
}

// plainer is less than 0 if a is to be preferred to b where both do as well.
func plainer(a, b *entry) int {
	return cmp.Or(
		cmp.Compare(isProved(b), isProved(a)),
		cmp.Compare(len(a.Candidate.Settings()), len(b.Candidate.Settings())),
		cmp.Compare(a.order, b.order))
}

// most are the first of each kind, and then the first of all, n together.
func most(entries []*entry, n int) []*entry {
	var chosen, rest []*entry
	seen := map[string]bool{}
	for _, e := range entries {
		if name := e.Kind.Name; !seen[name] || e.InFile {
			seen[name] = true
			chosen = append(chosen, e)
		} else {
			rest = append(rest, e)
		}
	}
	return append(chosen, rest[:max(0, min(len(rest), n-len(chosen)))]...)
}
