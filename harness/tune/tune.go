// Package tune finds the best client for a scenario: the limiter, its parameters
// and what stands around it. Candidates race over seeds that they share; what
// gets through is measured again on seeds that nobody has seen.
package tune

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"ratebench/harness/metrics"
	"ratebench/harness/scenario"
	"ratebench/harness/theory"
	"ratebench/harness/tune/candidate"
)

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
	entries := enter(candidate.All(t.scenario, t.Kinds, t.Workers))
	if len(entries) == 0 {
		return fmt.Errorf("none of %s has any use here: they go by headers that this server does not send", plural(len(t.Kinds), "kind", "kinds"))
	}
	if entries = slices.DeleteFunc(entries, t.leavesBehind); len(entries) == 0 {
		return errors.New("every candidate leaves some kind of request behind for ever: it costs more of a limit than the limiter lets go at a time")
	}
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
		return t.nobody(entries)
	}
	t.lead(ranked)
	if i := slices.IndexFunc(ranked, func(e *entry) bool { return e.InFile }); i >= 0 {
		r.file = ranked[i]
	}
	final := t.finalists(ranked)
	r.Finalists = len(final)
	if err := t.race(ctx, "final", final, r.Full, finalSeeds); err != nil {
		return err
	}
	ranked = t.rank(final)
	if len(ranked) == 0 {
		return t.nobody(final)
	}
	t.lead(ranked)
	return t.confirm(ctx, ranked)
}

// leavesBehind reports whether a candidate never sends some kind of request. It gets the
// more of the others through, and would win.
func (t *tuner) leavesBehind(e *entry) bool {
	sc := t.only([]*entry{e}, t.scenario.Duration, t.scenario.Seed, 1)
	return len(theory.UnsentOf(sc)) > 0
}

// nobody is the error when all of some candidates are out.
func (t *tuner) nobody(entries []*entry) error {
	switch known := !slices.ContainsFunc(entries, func(e *entry) bool { return e.out == outUnknown }); {
	case !known && t.Metric == DefaultMetric:
		return errors.New("no candidate gets a single request through")
	case !known:
		return fmt.Errorf("no candidate that is not answered 429 has a figure of %s: nothing succeeds, or nothing of the kind happens", t.Metric)
	case t.Refused == 0:
		return fmt.Errorf("every one of %s is answered 429, or has keys blocked: allow some 429s, or give the client more room", plural(len(entries), "candidate", "candidates"))
	}
	return fmt.Errorf("every one of %s is answered 429 more than %v times per run, or has keys blocked", plural(len(entries), "candidate", "candidates"), t.Refused)
}
