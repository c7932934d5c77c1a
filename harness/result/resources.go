package result

import (
	"time"

	"ratebench/harness/metrics"
)

// ResourcesVersion is the version of resources.json, raised when a key changes
// its name or its meaning.
const ResourcesVersion = 1

// Resources is resources.json: what the clients of a scenario cost, each in a
// process of its own. Counts and CPU time are means per run, from the start of
// the client to its end.
type Resources struct {
	SchemaVersion    int           `json:"schema_version"`
	Scenario         Scenario      `json:"scenario"`
	Clock            string        `json:"clock"`
	Seed             uint64        `json:"seed"` // of the first run
	Runs             int           `json:"runs"` // per strategy
	DurationS        float64       `json:"duration_s"`
	Interrupted      bool          `json:"interrupted"`
	InterruptedAfter *Reached      `json:"interrupted_after,omitempty"`
	MeasuredOn       string        `json:"measured_on"`
	NotMeasured      []string      `json:"not_measured"` // for the system does not tell
	Strategies       []ResourceUse `json:"strategies"`

	Timelines []UseTimeline `json:"-"` // in the order of Strategies
}

// ResourceUse is what the client of one strategy cost. What the operating
// system does not tell is nil, and so is a figure per request without requests.
type ResourceUse struct {
	Name                string   `json:"name"`
	RequestsSent        float64  `json:"requests_sent"` // those answered or timed out
	CPUSeconds          *float64 `json:"cpu_s"`         // user and system time
	CPUSecondsPer1000   *float64 `json:"cpu_s_per_1000_requests"`
	CPUShare            *float64 `json:"cpu_share"`      // of one core; may be above 1
	RSSStartMiB         *float64 `json:"rss_start_mib"`  // resident memory before the client started
	RSSPeakMiB          *float64 `json:"rss_peak_mib"`   // the highest of all runs
	HeapMaxMiB          float64  `json:"heap_max_mib"`   // the highest sample of all runs
	GoroutinesMax       int      `json:"goroutines_max"` // the highest sample of all runs
	VoluntarySwitches   *float64 `json:"voluntary_switches"`
	InvoluntarySwitches *float64 `json:"involuntary_switches"`
	SwitchesPerRequest  *float64 `json:"switches_per_request"`
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
		Strategies:       []ResourceUse{},
	}
	for _, st := range s.Strategies {
		own := usesOf(st.Name, runs, usage)
		r.Strategies = append(r.Strategies, newResourceUse(st.Name, own))
		r.Timelines = append(r.Timelines, newUseTimeline(st.Name, own))
	}
	r.note()
	return r
}

// A use is a run with its cost.
type use struct {
	*metrics.Usage
	sent     int
	duration time.Duration
}

func usesOf(strategy string, runs []metrics.Run, usage []metrics.Usage) []use {
	var own []use
	for i := range min(len(runs), len(usage)) {
		if runs[i].Strategy == strategy && len(usage[i].Samples) > 0 {
			own = append(own, use{&usage[i], sent(runs[i].Responses), runs[i].Duration})
		}
	}
	return own
}

// sent is how many requests were sent and came to an end.
func sent(r metrics.Responses) int {
	return r.OK + r.BadNonce + r.Unauthorized + r.RateLimited + r.Blocked + r.Timeout + r.Error
}

const mib = 1 << 20

// newResourceUse reduces the uses of one strategy.
func newResourceUse(name string, uses []use) ResourceUse {
	u := ResourceUse{Name: name}
	for _, one := range uses {
		u.raise(one)
	}
	t := addUp(uses)
	if t.runs == 0 {
		return u
	}
	u.RequestsSent = metrics.Rounded(t.requests / t.runs)
	if !t.known {
		return u
	}
	u.CPUSeconds = quotient(t.cpu, t.runs)
	u.CPUSecondsPer1000 = quotient(1000*t.cpu, t.requests)
	u.CPUShare = quotient(t.cpu, t.seconds)
	u.VoluntarySwitches = quotient(t.voluntary, t.runs)
	u.InvoluntarySwitches = quotient(t.involuntary, t.runs)
	u.SwitchesPerRequest = quotient(t.voluntary+t.involuntary, t.requests)
	return u
}

// raise lifts the maxima to those of one more run.
func (u *ResourceUse) raise(one use) {
	for _, s := range one.Samples {
		u.GoroutinesMax = max(u.GoroutinesMax, s.Goroutines)
		u.HeapMaxMiB = max(u.HeapMaxMiB, metrics.Rounded(float64(s.Heap)/mib))
	}
	u.RSSStartMiB = higher(u.RSSStartMiB, one.Samples[0].Resident)
	u.RSSPeakMiB = higher(u.RSSPeakMiB, one.Peak)
}

// useTotals are sums over the runs of a strategy.
type useTotals struct {
	runs, seconds, requests     float64
	cpu, voluntary, involuntary float64
	known                       bool // the system tells cpu and switches
}

func addUp(uses []use) useTotals {
	t := useTotals{known: true}
	for _, one := range uses {
		t.runs++
		t.seconds += one.duration.Seconds()
		t.requests += float64(one.sent)
		p := one.Samples[len(one.Samples)-1].Processor
		if p == nil {
			t.known = false
			continue
		}
		t.cpu += p.CPU.Seconds()
		t.voluntary += float64(p.Voluntary)
		t.involuntary += float64(p.Involuntary)
	}
	return t
}

// quotient is nil when there is nothing to divide by.
func quotient(sum, n float64) *float64 {
	if n <= 0 {
		return nil
	}
	v := metrics.Rounded(sum / n)
	return &v
}

// higher is the higher of so many MiB and so many bytes, where either may be
// nil.
func higher(have *float64, bytes *int64) *float64 {
	if bytes == nil {
		return have
	}
	v := metrics.Rounded(float64(*bytes) / mib)
	if have != nil {
		v = max(v, *have)
	}
	return &v
}

// note says what is missing throughout.
func (r *Resources) note() {
	if len(r.Strategies) == 0 {
		return // there was nothing to measure
	}
	missing := func(what string, of func(*ResourceUse) *float64) {
		for i := range r.Strategies {
			if of(&r.Strategies[i]) != nil {
				return
			}
		}
		r.NotMeasured = append(r.NotMeasured, what)
	}
	missing("CPU time and context switches", func(u *ResourceUse) *float64 { return u.CPUSeconds })
	missing("resident memory over time", func(u *ResourceUse) *float64 { return u.RSSStartMiB })
	missing("peak of the resident memory", func(u *ResourceUse) *float64 { return u.RSSPeakMiB })
}
