package result

import (
	"fmt"
	"slices"

	"ratebench/harness/metrics"
	"ratebench/harness/result/costs"
)

// ResourcesVersion is the version of resources.json, raised when a key changes
// its name or its meaning.
const ResourcesVersion = 1

// Resources is resources.json: what the clients of a scenario cost, each in a
// process of its own. Counts and CPU time are means per run, from the start of
// the client to its end.
type Resources struct {
	SchemaVersion    int         `json:"schema_version"`
	Scenario         Scenario    `json:"scenario"`
	Clock            string      `json:"clock"`
	Seed             uint64      `json:"seed"` // of the first run
	Runs             int         `json:"runs"` // per strategy
	DurationS        float64     `json:"duration_s"`
	Interrupted      bool        `json:"interrupted"`
	InterruptedAfter *Reached    `json:"interrupted_after,omitempty"`
	MeasuredOn       string      `json:"measured_on"`
	NotMeasured      []string    `json:"not_measured"` // for the system does not tell
	Strategies       []costs.Use `json:"strategies"`

	Timelines []costs.Timeline `json:"-"` // in the order of Strategies
}

// Conditions are those of the runs.
func (r *Resources) Conditions() []string {
	s := Summary{Clock: r.Clock, Seed: r.Seed, Runs: r.Runs, DurationS: r.DurationS, Interrupted: r.Interrupted, InterruptedAfter: r.InterruptedAfter}
	return s.Conditions()
}

// NewResources summarises what the runs that s is about cost. The machine is
// described in a few words; the usage is that of the runs, in the same order.
func NewResources(s *Summary, machine string, runs []metrics.Run, usage []metrics.Usage) *Resources {
	r := &Resources{
		SchemaVersion:    ResourcesVersion,
		Scenario:         s.Scenario,
		Clock:            s.Clock,
		Seed:             s.Seed,
		Runs:             s.Runs,
		DurationS:        s.DurationS,
		Interrupted:      s.Interrupted,
		InterruptedAfter: s.InterruptedAfter,
		MeasuredOn:       "one machine: " + machine,
		NotMeasured:      []string{},
		Strategies:       []costs.Use{},
	}
	for _, st := range s.Strategies {
		use, timeline := costs.Of(st.Name, runs, usage)
		r.Strategies, r.Timelines = append(r.Strategies, use), append(r.Timelines, timeline)
	}
	r.note()
	return r
}

// note says what is missing throughout.
func (r *Resources) note() {
	if len(r.Strategies) == 0 {
		return // there was nothing to measure
	}
	missing := func(what string, of func(*costs.Use) *float64) {
		if !slices.ContainsFunc(r.Strategies, func(u costs.Use) bool { return of(&u) != nil }) {
			r.NotMeasured = append(r.NotMeasured, what)
		}
	}
	missing("CPU time and context switches", func(u *costs.Use) *float64 { return u.CPUSeconds })
	missing("resident memory over time", func(u *costs.Use) *float64 { return u.RSSStartMiB })
	missing("peak of the resident memory", func(u *costs.Use) *float64 { return u.RSSPeakMiB })
}

// Validate reports what is wrong, and where.
func (r *Resources) Validate() (at []any, err error) {
	switch {
	case r.SchemaVersion != ResourcesVersion:
		return []any{"schema_version"}, fmt.Errorf("found schema_version %d, expected %d", r.SchemaVersion, ResourcesVersion)
	case r.Runs < 0:
		return []any{"runs"}, fmt.Errorf("found runs %d, expected 0 or more", r.Runs)
	case r.DurationS < 0:
		return []any{"duration_s"}, fmt.Errorf("found duration_s %v, expected 0 or more", r.DurationS)
	case r.MeasuredOn == "":
		return []any{"measured_on"}, fmt.Errorf("found no measured_on, expected the machine in a few words")
	}
	if at, err := r.InterruptedAfter.check(); err != nil {
		return append([]any{"interrupted_after"}, at...), err
	}
	for i, u := range r.Strategies {
		if key, v := u.Negative(); key != "" {
			return []any{"strategies", i, key}, fmt.Errorf("found %s %v of %q, expected 0 or more", key, v, u.Name)
		}
		if slices.ContainsFunc(r.Strategies[:i], func(o costs.Use) bool { return o.Name == u.Name }) {
			return []any{"strategies", i, "name"}, fmt.Errorf("found strategy %q twice", u.Name)
		}
	}
	return nil, nil
}

// AreOf says whether the resources are those of the runs that s is about, which
// have sent as many requests.
func (r *Resources) AreOf(s *Summary) bool {
	if r.Scenario != s.Scenario || r.Clock != s.Clock || r.Seed != s.Seed || r.Runs != s.Runs ||
		r.DurationS != s.DurationS || r.Interrupted != s.Interrupted || len(r.Strategies) != len(s.Strategies) {
		return false
	}
	for i, st := range s.Strategies {
		u := &r.Strategies[i]
		if u.Name != st.Name || !s.Near(u.RequestsSent, st.Answers()) {
			return false
		}
	}
	return true
}
