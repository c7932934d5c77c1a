package result

import (
	"fmt"
	"slices"
)

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
	for i := range r.Strategies {
		u := &r.Strategies[i]
		if key, v := u.negative(); key != "" {
			return []any{"strategies", i, key}, fmt.Errorf("found %s %v of %q, expected 0 or more", key, v, u.Name)
		}
		if slices.ContainsFunc(r.Strategies[:i], func(o ResourceUse) bool { return o.Name == u.Name }) {
			return []any{"strategies", i, "name"}, fmt.Errorf("found strategy %q twice", u.Name)
		}
	}
	return nil, nil
}

// negative is a figure below 0 with its key; "" when there is none.
func (u *ResourceUse) negative() (key string, v float64) {
	goroutines := float64(u.GoroutinesMax)
	for _, f := range []struct {
		key string
		of  *float64
	}{
		{"requests_sent", &u.RequestsSent},
		{"cpu_s", u.CPUSeconds},
		{"cpu_s_per_1000_requests", u.CPUSecondsPer1000},
		{"cpu_share", u.CPUShare},
		{"rss_start_mib", u.RSSStartMiB},
		{"rss_peak_mib", u.RSSPeakMiB},
		{"heap_max_mib", &u.HeapMaxMiB},
		{"goroutines_max", &goroutines},
		{"voluntary_switches", u.VoluntarySwitches},
		{"involuntary_switches", u.InvoluntarySwitches},
		{"switches_per_request", u.SwitchesPerRequest},
	} {
		if v, ok := Value(f.of); ok && v < 0 {
			return f.key, v
		}
	}
	return "", 0
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
