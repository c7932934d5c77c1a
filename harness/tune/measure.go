package tune

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"ratebench/harness"
	"ratebench/harness/metrics"
	"ratebench/harness/scenario"
	"ratebench/harness/scenario/api"
)

// A run is what counts of one.
type run struct {
	value   float64 // of the metric: the higher the better; −∞ if there is none
	refused float64 // answers 429
	lost    bool    // a key was blocked
	p99     float64 // of the latency, in ms
}

// measure runs entries with so many seeds, for a time. The runs of an entry are in
// the order of the seeds.
func (t *tuner) measure(ctx context.Context, stage string, entries []*entry, length time.Duration, seed uint64, seeds int) ([][]run, error) {
	sc := t.only(entries, length, seed, seeds)
	o := harness.Options{}
	if stage != "" {
		o.Progress = func(done float64) { t.Progress(stage, done) }
	}
	all, err := harness.Run(ctx, sc, o)
	if err != nil {
		return nil, err
	}
	runs := make([][]run, len(entries))
	m := metrics.Find(t.Metric)
	for i := range all {
		runs[i/seeds] = append(runs[i/seeds], t.reduce(m, &all[i], length))
	}
	return runs, nil
}

// reduce takes from a run what counts. A throughput in a run that is shorter than
// the scenario's is that after the first window: a burst at the start counts for
// more in it than in a long one.
func (t *tuner) reduce(m *metrics.Metric, of *metrics.Run, length time.Duration) run {
	r := run{value: math.Inf(-1), refused: float64(of.Responses.RateLimited + of.Responses.Banned + of.Responses.Blocked), lost: of.KeysBlocked > 0}
	if v, known := m.Of(of); known {
		r.value = t.better * v
	}
	if m.Name == DefaultMetric && length < t.scenario.Duration {
		r.value = steadyTPS(of, memoryOf(t.scenario))
	}
	r.p99, _ = metrics.Find("latency_p99_ms").Of(of)
	return r
}

// only is the scenario with nothing but these strategies, for a time.
func (t *tuner) only(entries []*entry, length time.Duration, seed uint64, seeds int) *scenario.Scenario {
	sc := *t.scenario
	sc.Strategies, sc.Expect, sc.Overrides, sc.Untested = nil, nil, nil, nil
	sc.Question = ""
	sc.Server.Stages = slices.DeleteFunc(slices.Clone(sc.Server.Stages), func(s api.Stage) bool { return s.At >= length })
	sc.Duration, sc.Seed, sc.Runs = length, seed, seeds
	for i, e := range entries {
		st := e.Strategy
		st.Name = fmt.Sprintf("%d-%s", i+1, e.Kind.Name)
		sc.Strategies = append(sc.Strategies, st)
	}
	return &sc
}

// steadyTPS is the throughput of a run after its first window and the second that
// follows.
func steadyTPS(r *metrics.Run, window time.Duration) float64 {
	first := int((window+time.Second-1)/time.Second) + 1
	ok := 0
	for i := first; i < len(r.Series); i++ {
		ok += r.Series[i].OK
	}
	if rest := r.Duration.Seconds() - float64(first); rest > 0 {
		return float64(ok) / rest
	}
	return r.TPS()
}
