package resulttest

import (
	"fmt"
	"time"

	"ratebench/harness/metrics"
	"ratebench/harness/result"
)

// Routed are three runs of 10 s of strategies with requests of so many kinds. Each
// route has half of what the one before it has, and of the last nothing succeeds.
func Routed(routes int, strategies ...string) result.Data {
	var runs []metrics.Run
	for i, name := range strategies {
		for seed := range uint64(3) {
			r := metrics.Run{Strategy: name, Seed: seed + 1, Duration: 10 * time.Second}
			for k := range routes {
				offered := 1000 >> k
				route := metrics.Route{Name: fmt.Sprintf("route %d", k), Generated: offered, Expired: k, Refused: 3 * i}
				if k < routes-1 {
					route.Succeeded = offered - 3*i - k
					route.Latency.Record(time.Duration(100*(k+1)) * time.Millisecond)
				}
				r.Ledger.Generated += route.Generated
				r.Ledger.Succeeded += route.Succeeded
				r.Responses.OK += route.Succeeded
				r.Responses.RateLimited += route.Refused
				r.Routes = append(r.Routes, route)
			}
			runs = append(runs, r)
		}
	}
	return result.Build(result.Meta{
		Scenario: "mixed", Clock: "virtual", Seed: 1, Runs: 3, Duration: 10 * time.Second, Strategies: strategies,
	}, runs)
}
