package metrics

import (
	"slices"

	"ratebench/clients"
)

// A Source is one of several sources of a load.
type Source struct {
	Generated, Succeeded int
}

// Sources has the recorder count by sources of the load, of which there are so
// many: a request's is the remainder of its id.
func (r *Recorder) Sources(n int) *Recorder {
	r.run.Sources = make([]Source, n)
	return r
}

// source counts an event.
func (r *Recorder) source(e *clients.Event) {
	s := &r.run.Sources[e.Request.ID%int64(len(r.run.Sources))]
	switch {
	case e.Kind == clients.Generated:
		s.Generated++
	case e.Kind == clients.Answered && e.Outcome.OK():
		s.Succeeded++
	}
}

// fairShares is what each source would have got of all that succeeded if it had
// been shared fairly: none more than it asked for, and those that got less than
// that all the same (max-min fairness; Bertsekas and Gallager, "Data Networks",
// 1987, section 6.5.2).
func fairShares(sources []Source) []float64 {
	left := 0.0
	order := make([]int, len(sources))
	for i, s := range sources {
		left += float64(s.Succeeded)
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return sources[a].Generated - sources[b].Generated })
	shares := make([]float64, len(sources))
	for n, i := range order {
		shares[i] = min(float64(sources[i].Generated), left/float64(len(order)-n))
		left -= shares[i]
	}
	return shares
}

// served is what each source got in parts of its fair share; a source without
// requests has no part in it.
func served(r *Run) (parts []float64) {
	for i, share := range fairShares(r.Sources) {
		if share > 0 {
			parts = append(parts, float64(r.Sources[i].Succeeded)/share)
		}
	}
	return parts
}

// fairness is Jain's index of what the sources got in parts of their fair shares:
// 1 is fair, 1/n is that one of n had everything.
//
// Source: Jain, Chiu and Hawe, "A quantitative measure of fairness and
// discrimination for resource allocation in shared computer systems", 1984.
func fairness(r *Run) (float64, bool) {
	parts := served(r)
	sum, squares := 0.0, 0.0
	for _, x := range parts {
		sum += x
		squares += x * x
	}
	if squares == 0 {
		return 0, false
	}
	return sum * sum / (float64(len(parts)) * squares), true
}

// leastServed is the least part that a source got of its fair share.
func leastServed(r *Run) (float64, bool) {
	parts := served(r)
	if len(parts) == 0 {
		return 0, false
	}
	return min(1, slices.Min(parts)), true
}

// bans are answers of bans that end; most servers have none.
func bans(r *Run) (float64, bool) { return float64(r.Responses.Banned), r.Responses.Banned > 0 }

// meanBans is their mean over all runs, also those that met none.
func meanBans(runs []*Run) (float64, bool) {
	sum := 0.0
	for _, r := range runs {
		sum += float64(r.Responses.Banned)
	}
	return sum / float64(max(1, len(runs))), sum > 0
}

// storeCalls is calls to the store per success.
func storeCalls(r *Run) (float64, bool) {
	if r.StoreCalls == nil || r.Ledger.Succeeded == 0 {
		return 0, false
	}
	return float64(*r.StoreCalls) / float64(r.Ledger.Succeeded), true
}

// storeCPU is what the store used of a processor for a thousand successes, in ms.
func storeCPU(r *Run) (float64, bool) {
	if r.StoreCPU == nil || r.Ledger.Succeeded == 0 {
		return 0, false
	}
	return 1000 * Milliseconds(*r.StoreCPU) / float64(r.Ledger.Succeeded), true
}
