package findings

import (
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"ratebench/harness/result"
	"ratebench/harness/result/folder"
	"ratebench/harness/result/setting"
)

// results are the result files of a folder, read as they are asked for.
type results struct {
	dir  string
	data map[string]result.Data
	// err is the first error; what was asked for then, and what is not known, is zero.
	err error
}

// fail keeps an error unless it follows from another one.
func (r *results) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(format, args...)
	}
}

// of returns the results of a scenario.
func (r *results) of(scenario string) result.Data {
	if d, ok := r.data[scenario]; ok {
		return d
	}
	d, err := folder.Read(filepath.Join(r.dir, scenario))
	if err != nil {
		r.fail("the findings need the results of %s: %w", scenario, err)
	}
	r.data[scenario] = d
	return d
}

// conditions are how a scenario was run, for the end of a footer.
func (r *results) conditions(scenario string) string {
	s := r.of(scenario).Summary
	return fmt.Sprintf(" · %s clock · %d runs of %g s each", s.Clock, s.Runs, s.DurationS)
}

// row returns a strategy, at a point of a sweep if its name has one.
func (r *results) row(scenario, name string) *result.Strategy {
	d := r.of(scenario)
	s, ok := d.Summary.Strategy(name)
	if !ok {
		r.fail("results of %s: no strategy %q", scenario, name)
		return &result.Strategy{}
	}
	return s
}

// metric returns a metric of a strategy, by its name in the catalogue.
func (r *results) metric(scenario, strategy, name string) float64 {
	v, ok := r.row(scenario, strategy).Metric(name)
	if !ok {
		r.fail("results of %s: no %s of %s", scenario, name, strategy)
	}
	return v
}

// parameter returns a duration in the parameters of a strategy, as it was run.
func (r *results) parameter(scenario, strategy, key string) time.Duration {
	s, err := setting.Read(r.of(scenario).Scenario)
	if err != nil {
		r.fail("results of %s: %w", scenario, err)
	}
	st, ok := s.Find(strategy)
	if !ok {
		r.fail("results of %s: no parameters of %s", scenario, strategy)
		return 0
	}
	v, err := time.ParseDuration(setting.Value(st.Rows, key))
	if err != nil {
		r.fail("results of %s: %s of %s: %w", scenario, key, strategy, err)
	}
	return v
}

// at is what the client of the reference would have printed after so many
// seconds of a run, on average over the runs.
func (r *results) at(scenario, strategy string, seconds int) snapshot {
	d := r.of(scenario)
	i := slices.IndexFunc(d.Series, func(t result.Timeline) bool { return t.Strategy == strategy })
	if i < 0 {
		r.fail("results of %s: no series of %q", scenario, strategy)
		return snapshot{}
	}
	t := &d.Series[i]
	if t.Step() > 1 {
		r.fail("results of %s: found rows of %d s, expected one for each second", scenario, t.Step())
		return snapshot{}
	}
	if seconds > t.Seconds() {
		r.fail("results of %s: %d s are more than the %d s of the run", scenario, seconds, t.Seconds())
		return snapshot{}
	}
	s := snapshot{run: strategy, seconds: seconds}
	tps, means, queue := t.Column("tps"), t.Column("latency_mean_ms"), t.Column("queue_main")
	var samples, latency float64
	for i := range seconds {
		s.ok += tps[i].Mean
		latency += tps[i].Mean * means[i].Mean
		if (i+1)%5 == 0 { // the clients sampled their queues every five seconds
			s.average += queue[i].Mean
			samples++
		}
	}
	s.tps = s.ok / float64(seconds)
	s.latency = latency / s.ok
	s.main = queue[seconds-1].Mean
	s.average /= samples
	return s
}

// ceiling returns a ceiling by its name in summary.json.
func (r *results) ceiling(scenario, name string) float64 {
	c := r.of(scenario).Summary.Ceilings
	v := map[string]*float64{
		"server_cap": c.ServerCap, "server_time": c.ServerTime, "provable": c.Provable,
		"fixed_headroom": c.FixedHeadroom, "offered": c.Offered,
	}[name]
	if v == nil {
		r.fail("results of %s: no ceiling %q", scenario, name)
		return 0
	}
	return *v
}
