// Package costs is what the client of a strategy cost: processor, memory and
// context switches, of all runs and over time.
package costs

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"ratebench/harness/metrics"
)

// Use is what the client of one strategy cost. What the operating
// system does not tell is nil, and so is a figure per request without requests.
type Use struct {
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

// Of is what the runs of a strategy cost, and their timeline; the usage is that of
// the runs, in the same order.
func Of(strategy string, runs []metrics.Run, usage []metrics.Usage) (Use, Timeline) {
	own := usesOf(strategy, runs, usage)
	return newUse(strategy, own), newTimeline(strategy, own)
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
	return r.OK + r.BadNonce + r.Unauthorized + r.RateLimited + r.Banned + r.Blocked + r.Timeout + r.Error
}

const mib = 1 << 20

// newUse reduces the uses of one strategy.
func newUse(name string, uses []use) Use {
	u := Use{Name: name}
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
func (u *Use) raise(one use) {
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

// Negative is a figure below 0 with its key, the first by name; "" when there is none.
func (u *Use) Negative() (key string, v float64) {
	text, _ := json.Marshal(u) // of what was read from JSON
	var figures map[string]any
	_ = json.Unmarshal(text, &figures)
	for _, key := range slices.Sorted(maps.Keys(figures)) {
		if v, number := figures[key].(float64); number && v < 0 {
			return key, v
		}
	}
	return "", 0
}
