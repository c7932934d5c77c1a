package backend

import (
	"slices"

	"ratebench/harness/dist"
	"ratebench/harness/scenario"
	"ratebench/harness/scenario/rules"
	"ratebench/server/front"
	"ratebench/server/ledger"
)

// streamFront is the stream of random numbers of what requests cost that come
// from other clients, far from those of a run.
const streamFront = 1 << 40

// Front is how requests of other clients to the API of a scenario are told
// apart: by the patterns of its kinds of requests. Where there is one kind and no
// pattern, all requests are of it. Costs are drawn with the seed, request by
// request. A request of no kind costs 1 of everything that a limit counts.
func Front(sc *scenario.Scenario, seed uint64) front.Config {
	mix := sc.Load.Mix
	var c front.Config
	for i := range mix {
		k := &mix[i]
		patterns := k.Match
		if len(mix) == 1 && len(patterns) == 0 {
			patterns = []string{"/"}
		}
		costs := drawCosts(k, seed, uint64(i))
		for _, pattern := range patterns {
			c.Routes = append(c.Routes, front.Route{Name: k.Route, Match: pattern, Costs: costs})
		}
	}
	for i := range sc.Server.Limits {
		if name := sc.Server.Limits[i].Cost; name != "" {
			c.Costs = append(c.Costs, ledger.Cost{Name: name, N: 1})
		}
	}
	return c
}

// drawCosts draws what the n-th request of a kind costs.
func drawCosts(k *rules.Kind, seed, kind uint64) func(n uint64) []ledger.Cost {
	var names []string
	for _, c := range k.Costs {
		names = append(names, c.Name)
	}
	for _, c := range k.Settled {
		if !slices.Contains(names, c.Name) {
			names = append(names, c.Name)
		}
	}
	return func(n uint64) []ledger.Cost {
		costs := make([]ledger.Cost, len(names))
		for i, name := range names {
			stream := streamFront + kind*64 + uint64(i)*2
			asked := k.Cost(name).At(dist.U(seed, stream, n))
			settled := k.SettledCost(name).At(dist.U(seed, stream+1, n))
			costs[i] = ledger.Cost{Name: name, N: asked, More: settled - asked}
		}
		return costs
	}
}
