package findings

import (
	"fmt"
	"path/filepath"
	"time"

	"ratebench/harness/result"
	"ratebench/harness/result/folder"
	"ratebench/harness/result/setting"
)

// results are the result files of a folder, read as they are asked for.
type results struct {
	dir  string
	data map[string]result.Data
}

func openResults(dir string) *results {
	return &results{dir: dir, data: map[string]result.Data{}}
}

// of returns the results of a scenario.
func (r *results) of(scenario string) (result.Data, error) {
	if d, ok := r.data[scenario]; ok {
		return d, nil
	}
	d, err := folder.Read(filepath.Join(r.dir, scenario))
	if err != nil {
		return result.Data{}, fmt.Errorf("the findings need the results of %s: %w", scenario, err)
	}
	r.data[scenario] = d
	return d, nil
}

// row returns a strategy, at a point of a sweep if its name has one.
func (r *results) row(scenario, name string) (*result.Strategy, error) {
	d, err := r.of(scenario)
	if err != nil {
		return nil, err
	}
	s, ok := d.Summary.Strategy(name)
	if !ok {
		return nil, fmt.Errorf("results of %s: no strategy %q", scenario, name)
	}
	return s, nil
}

// metric returns a metric of a strategy, by its name in the catalogue.
func (r *results) metric(scenario, strategy, name string) (float64, error) {
	s, err := r.row(scenario, strategy)
	if err != nil {
		return 0, err
	}
	v, ok := s.Metric(name)
	if !ok {
		return 0, fmt.Errorf("results of %s: no %s of %s", scenario, name, strategy)
	}
	return v, nil
}

// parameter returns a duration in the parameters of a strategy, as it was run.
func (r *results) parameter(scenario, strategy, key string) (time.Duration, error) {
	d, err := r.of(scenario)
	if err != nil {
		return 0, err
	}
	s, err := setting.Read(d.Scenario)
	if err != nil {
		return 0, fmt.Errorf("results of %s: %w", scenario, err)
	}
	st, ok := s.Find(strategy)
	if !ok {
		return 0, fmt.Errorf("results of %s: no parameters of %s", scenario, strategy)
	}
	v, err := time.ParseDuration(setting.Value(st.Rows, key))
	if err != nil {
		return 0, fmt.Errorf("results of %s: %s of %s: %w", scenario, key, strategy, err)
	}
	return v, nil
}

// timeline returns the series of a strategy.
func (r *results) timeline(scenario, strategy string) (*result.Timeline, error) {
	d, err := r.of(scenario)
	if err != nil {
		return nil, err
	}
	for i := range d.Series {
		if d.Series[i].Strategy == strategy {
			return &d.Series[i], nil
		}
	}
	return nil, fmt.Errorf("results of %s: no series of %q", scenario, strategy)
}

// at is what the client of the reference would have printed after so many
// seconds of a run, on average over the runs.
func (r *results) at(scenario, strategy string, seconds int) (snapshot, error) {
	t, err := r.timeline(scenario, strategy)
	if err != nil {
		return snapshot{}, err
	}
	if t.Step() > 1 {
		return snapshot{}, fmt.Errorf("results of %s: found rows of %d s, expected one for each second", scenario, t.Step())
	}
	if seconds > t.Seconds() {
		return snapshot{}, fmt.Errorf("results of %s: %d s are more than the %d s of the run", scenario, seconds, t.Seconds())
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
	return s, nil
}

// ceiling returns a ceiling by its name in summary.json.
func (r *results) ceiling(scenario, name string) (float64, error) {
	d, err := r.of(scenario)
	if err != nil {
		return 0, err
	}
	c := d.Summary.Ceilings
	v, ok := map[string]*float64{
		"server_cap": c.ServerCap, "server_time": c.ServerTime, "provable": c.Provable,
		"fixed_headroom": c.FixedHeadroom, "offered": c.Offered,
	}[name]
	if !ok || v == nil {
		return 0, fmt.Errorf("results of %s: no ceiling %q", scenario, name)
	}
	return *v, nil
}
