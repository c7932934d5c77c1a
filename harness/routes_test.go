package harness

import (
	"testing"

	"ratebench/harness/metrics"
)

// What is counted by route adds up to what is counted, and a limit of one route
// refuses nobody else.
func TestRoutesAddUp(t *testing.T) {
	sc := parseLimits(t, "[{window: 5/1s, routes: [write]}]", mixed)
	for _, r := range runsOf(t, sc) {
		var sum metrics.Route
		for _, route := range r.Routes {
			sum.Generated += route.Generated
			sum.Succeeded += route.Succeeded
			sum.Refused += route.Refused
			sum.Expired += route.Expired
			sum.Latency.Merge(route.Latency)
		}
		if len(r.Routes) != 2 || sum.Generated != r.Ledger.Generated || sum.Succeeded != r.Ledger.Succeeded ||
			sum.Refused != r.Responses.RateLimited+r.Responses.Blocked || sum.Expired != r.Expirations || sum.Latency.Count() != r.Latency.Count() {
			t.Errorf("%s: routes %+v of %+v, %+v", r.Strategy, r.Routes, r.Ledger, r.Responses)
		}
		if read := r.Routes[0]; read.Name != "read" || read.Refused > 0 || read.Generated < 7*r.Routes[1].Generated {
			t.Errorf("%s: %+v", r.Strategy, read)
		}
	}
}
