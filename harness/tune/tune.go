// Package tune finds the best client for a scenario: the limiter, its parameters
// and what stands around it. Candidates race over seeds that they share; what
// gets through is measured again on seeds that nobody has seen.
package tune

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"ratebench/harness/kinds"
	"ratebench/harness/metrics"
	"ratebench/harness/result"
	"ratebench/harness/scenario"
	"ratebench/harness/theory"
)

// Options is how to tune. The zero value of each but Kinds is its default.
type Options struct {
	// Kinds are the limiters to choose from. Required.
	Kinds []kinds.Kind
	// Metric is what candidates are compared by, one of the catalogue's that has a
	// better and a worse. Defaults to tps.
	Metric string
	// Delta is the difference, in the unit of the metric, that nobody cares for.
	// Defaults to 0.2 % of what can be had: of the server's cap or of what is
	// offered, whichever is less, for tps, and else of the best in short runs.
	Delta float64
	// Alpha is the probability that the race ends with one that is worse than
	// another by Delta or more. Defaults to 0.05.
	Alpha float64
	// Refused is how often a client may be answered 429 in a run, on average; a
	// blocked key never is allowed. Defaults to 0: out at the first.
	Refused float64
	// Workers per key. Defaults to those of the scenario's strategies, and to more
	// beside a single one.
	Workers int
	// Seeds is how many a race may take. Defaults to 60.
	Seeds int
	// Fresh is how many fresh seeds the winner is measured on. Defaults to 30.
	Fresh int
	// Progress is told now and then what is being done and how much of that is,
	// from 0 to 1; nil is not.
	Progress func(stage string, done float64)
}

// Defaults of Options.
const (
	DefaultMetric = "tps"
	DefaultAlpha  = 0.05
	DefaultSeeds  = 60
	DefaultFresh  = 30
)

// indifference is the default Delta, as a part.
const indifference = 0.002

// firstStage is how many seeds all candidates run with, before the first is out
// for its figures (n₀ of Kim and Nelson, who recommend 10).
const firstStage = 10

func (o Options) withDefaults() Options {
	o.Metric = cmp.Or(o.Metric, DefaultMetric)
	o.Alpha = cmp.Or(o.Alpha, DefaultAlpha)
	o.Seeds = cmp.Or(o.Seeds, DefaultSeeds)
	o.Fresh = cmp.Or(o.Fresh, DefaultFresh)
	if o.Progress == nil {
		o.Progress = func(string, float64) {}
	}
	return o
}

// Validate names the first option that is out of range.
func (o Options) Validate() error {
	o = o.withDefaults()
	m := metrics.Find(o.Metric)
	switch {
	case len(o.Kinds) == 0:
		return errors.New("kinds: there are none, want at least one")
	case m == nil:
		return fmt.Errorf("metric is %s, want one of the catalogue", o.Metric)
	case m.Better == metrics.NeitherIsBetter:
		return fmt.Errorf("metric is %s, of which neither more nor less is better", o.Metric)
	case !(o.Delta >= 0 && o.Delta <= result.MostFigure):
		return fmt.Errorf("delta is %v, want 0 or more", o.Delta)
	case !(o.Alpha >= 1e-6 && o.Alpha <= 0.5):
		return fmt.Errorf("alpha is %v, want 1e-6 to 0.5", o.Alpha)
	case !(o.Refused >= 0 && o.Refused <= result.MostFigure):
		return fmt.Errorf("refused is %v, want 0 or more", o.Refused)
	case o.Workers < 0 || o.Workers > 1000:
		return fmt.Errorf("workers is %d, want 0 to 1000", o.Workers)
	case o.Seeds < firstStage || o.Seeds > 100_000:
		return fmt.Errorf("seeds is %d, want %d to 100000", o.Seeds, firstStage)
	case o.Fresh < 2 || o.Fresh > 100_000:
		return fmt.Errorf("fresh is %d, want 2 to 100000", o.Fresh)
	}
	return nil
}

// Where seeds begin, after the scenario's own: those of a stage are no other's.
const (
	shortSeeds = 10_000
	finalSeeds = 1_000_000
	freshSeeds = 2_000_000
)

// A tuner is at work on a scenario.
type tuner struct {
	Options
	scenario *scenario.Scenario
	better   float64 // 1 if more is better, −1 if less is
	report   *Report
}

// Run finds the best client for a scenario. When ctx ends before it has, the report
// has what is known by then, and the error is that of ctx. The scenario and the
// options decide on every byte of the report, however many cores there are.
func Run(ctx context.Context, sc *scenario.Scenario, o Options) (*Report, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	t := &tuner{Options: o.withDefaults(), scenario: sc, report: &Report{scenario: sc}}
	t.better = float64(metrics.Find(t.Metric).Better)
	t.report.Metric, t.report.Alpha, t.report.Refused = t.Metric, t.Alpha, t.Refused
	err := t.run(ctx)
	t.report.Interrupted = ctx.Err() != nil && t.report.Fresh == nil
	return t.report, err
}

func (t *tuner) run(ctx context.Context) error {
	entries := enter(candidates(t.scenario, t.Kinds, t.Workers))
	r := t.report
	r.Candidates, r.Kinds = len(entries), countKinds(entries)
	r.Short, r.Long, r.Full = shortLength(t.scenario), racedLength(t.scenario), t.scenario.Duration
	entries, err := t.shorten(ctx, entries)
	if err != nil {
		return err
	}
	if err := t.race(ctx, "race", entries, r.Long, 0); err != nil {
		return err
	}
	ranked := t.rank(entries)
	if len(ranked) == 0 {
		return t.nobody()
	}
	t.lead(ranked)
	if i := slices.IndexFunc(ranked, func(e *entry) bool { return e.inFile }); i >= 0 {
		r.file = ranked[i]
	}
	final := t.finalists(ranked)
	r.Finalists = len(final)
	if err := t.race(ctx, "final", final, r.Full, finalSeeds); err != nil {
		return err
	}
	ranked = t.rank(final)
	if len(ranked) == 0 {
		return t.nobody()
	}
	t.lead(ranked)
	return t.confirm(ctx, ranked)
}

// nobody is the error when all candidates are out.
func (t *tuner) nobody() error {
	if t.Refused == 0 {
		return errors.New("every candidate is answered 429: allow some, or give the client more room")
	}
	return fmt.Errorf("every candidate is answered 429 more than %v times per run, or has keys blocked", t.Refused)
}

// An entry is a candidate in the race.
type entry struct {
	candidate
	order  int
	out    string // why it is, in the report's words; "" is not
	values []float64
	p99    []float64 // of the latency, in ms
	refuse float64   // 429s, in all runs of a race
}

// Why an entry is out.
const (
	outRefused = "refused"
	outRaced   = "raced"
)

func enter(all []candidate) []*entry {
	entries := make([]*entry, len(all))
	for i, c := range all {
		entries[i] = &entry{candidate: c, order: i}
	}
	return entries
}

func countKinds(entries []*entry) int {
	var names []string
	for _, e := range entries {
		names = append(names, e.kind.Name)
	}
	return len(distinct(names))
}

// fixedTimes reports whether something happens at times of the run, which a
// shorter one would not come to, or whether it ends by itself.
func fixedTimes(sc *scenario.Scenario) bool {
	jumps := slices.ContainsFunc(sc.Strategies, func(st scenario.Strategy) bool { return len(st.Client.Clock.Jumps) > 0 })
	return len(sc.Server.Stages) > 0 || len(sc.Server.Faults.Outages) > 0 || sc.Load.Count > 0 || jumps
}

// racedLength is that of the runs of the race: the scenario's, or less if that is
// enough for twenty windows and two thousand requests.
func racedLength(sc *scenario.Scenario) time.Duration {
	const least, requests = 20 * time.Second, 2000
	if fixedTimes(sc) {
		return sc.Duration
	}
	memory := memoryOf(sc)
	length := max(least, 20*memory)
	if rate := theory.Of(sc); rate.ServerCap > 0 {
		per := min(rate.ServerCap, cmp.Or(rate.Offered, rate.ServerCap))
		length = max(5*memory, min(length, time.Duration(requests/per*float64(time.Second))))
	}
	return min(sc.Duration, roundUp(length, time.Second))
}

// shortLength is that of the runs that find out who has no part in the race.
func shortLength(sc *scenario.Scenario) time.Duration {
	raced := racedLength(sc)
	if fixedTimes(sc) {
		return raced
	}
	return min(raced, max(roundUp(raced/2, time.Second), 5*memoryOf(sc)))
}

// memoryOf is for how long a server remembers a burst: the longest window, or the
// time in which a bucket fills. A tenth of the scenario is the most that counts.
func memoryOf(sc *scenario.Scenario) time.Duration {
	longest := time.Duration(0)
	for _, l := range sc.Server.AllLimits() {
		memory := l.Window.Per
		if rate, timed := l.Rate(); timed && l.Bucket > 0 {
			memory = time.Duration(float64(l.Bucket) / rate * float64(time.Second))
		}
		longest = max(longest, memory)
	}
	return min(longest, sc.Duration/10)
}

func roundUp(d, unit time.Duration) time.Duration { return (d + unit - 1) / unit * unit }

// shorten takes out, by short runs, who is refused and who is far behind. Of those
// that do the same it keeps the first, and of the rest the best of each kind and the
// best of all, as many as a race can have.
func (t *tuner) shorten(ctx context.Context, entries []*entry) ([]*entry, error) {
	const seeds = 2
	first := max(t.report.Short/4, min(t.report.Short, 5*memoryOf(t.scenario))) // the beginning of the same runs
	left, err := t.short(ctx, "first runs", entries, first, 1)
	if err == nil {
		left, err = t.short(ctx, "short runs", left, t.report.Short, seeds)
	}
	switch {
	case err != nil:
		return nil, err
	case len(left) == 0:
		return nil, t.nobody()
	}
	t.report.OutRefused = len(entries) - len(left)
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
			if r := &runs[i][k]; t.forbidden(r) || math.IsInf(r.value, 0) {
				e.out = outRefused
			} else {
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
		cmp.Compare(len(settings(&a.candidate)), len(settings(&b.candidate))),
		cmp.Compare(a.order, b.order))
}

// most are the first of each kind, and then the first of all, n together.
func most(entries []*entry, n int) []*entry {
	var chosen, rest []*entry
	seen := map[string]bool{}
	for _, e := range entries {
		if name := e.kind.Name; !seen[name] || e.inFile {
			seen[name] = true
			chosen = append(chosen, e)
		} else {
			rest = append(rest, e)
		}
	}
	return append(chosen, rest[:max(0, min(len(rest), n-len(chosen)))]...)
}

// indifferent is the default Delta; best is the best figure so far.
func (t *tuner) indifferent(best float64) float64 {
	if c := theory.Of(t.scenario); t.Metric == DefaultMetric && c.ServerCap > 0 {
		return indifference * min(c.ServerCap, cmp.Or(c.Offered, c.ServerCap))
	}
	return max(indifference*math.Abs(best), 1e-9)
}

// forbidden reports whether one run is enough to be out.
func (t *tuner) forbidden(r *run) bool { return r.lost || t.Refused == 0 && r.refused > 0 }

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
			if t.forbidden(one) || math.IsInf(one.value, 0) {
				e.out = outRefused
			}
			if e.out == "" {
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
		if e.out != outRefused && len(e.values) > 0 {
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
	if e.proved {
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
	seen := []string{ranked[0].kind.Name}
	for _, e := range ranked[1:] {
		if len(final) <= others && !slices.Contains(seen, e.kind.Name) {
			final, seen = append(final, e), append(seen, e.kind.Name)
		}
	}
	p := &pool{scenario: t.scenario, seen: map[string]bool{}}
	for _, e := range final {
		p.seen[e.label()] = true
	}
	p.neighbours(&ranked[0].candidate)
	for _, c := range p.all {
		final = append(final, &entry{candidate: c, order: len(ranked) + len(final)})
	}
	return final
}
