package candidate

import (
	"time"

	"ratebench/clients/limiter"
	"ratebench/clients/limiter/feedback"
	"ratebench/harness/kinds"
	"ratebench/harness/scenario"
	"ratebench/harness/scenario/client"
	"ratebench/harness/theory"
)

// proved reports whether a strategy is never answered 429, as long as the latency is
// what the scenario says: theory has it of windows, and the limiters promise it of
// other limits.
func proved(sc *scenario.Scenario, st *scenario.Strategy) bool {
	if theory.Applies(sc, st) != theory.ServerCap {
		return true
	}
	if _, learns := st.Limiter.Config.(*feedback.Learn); learns { // it is refused as often as it may be
		return false
	}
	if len(sc.Server.Limits) == 0 || len(sc.Server.Stages) > 0 || st.Limiter.Scope != client.ScopeKey || st.Client.Clock.Rate != 1 || st.Client.Clock.Drift > limiter.DefaultDrift || st.Client.Runtime.PerRequest > 0 {
		return false
	}
	limits := sc.Server.AllLimits()
	for i := range limits {
		l := &limits[i]
		if !l.IsPaced() || l.Hidden {
			return false
		}
		if what, err := theory.Promise(sc, st, l); what == "" || err != nil {
			return false
		}
	}
	f := FactsOf(sc)
	return f.covered(st.Limiter.Parameters, st.Client.Timeout)
}

// covered reports whether what a limiter is told of the latency is right.
func (f *Facts) covered(params []kinds.Parameter, timeout time.Duration) bool {
	j, bounded := f.Spread()
	for _, p := range params {
		switch v := p.Value.(type) {
		case []kinds.Parameter:
			if !f.covered(v, timeout) {
				return false
			}
		case *time.Duration:
			latency := *v
			if p.Scale == kinds.Longest && latency == 0 { // who gives up takes a request to have arrived
				latency = timeout
			}
			switch {
			case p.Scale == kinds.Spread && (!bounded || latency < j),
				p.Scale == kinds.Longest && (!bounded || latency < f.Longest),
				p.Scale == kinds.Shortest && latency > f.Shortest:
				return false
			}
		}
	}
	return true
}
