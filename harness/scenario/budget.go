package scenario

import (
	"time"

	"ratebench/harness/budgets"
	"ratebench/harness/dist"
	"ratebench/harness/scenario/api"
	"ratebench/harness/scenario/client"
	"ratebench/harness/scenario/rules"
	"ratebench/harness/yamlfile"
)

// checkSharing checks what a strategy's processes share against the rest of it.
func checkSharing(d *yamlfile.Decoder, s *Strategy, server api.Server, at yamlfile.Found) {
	b := s.Client.Budget
	switch {
	case b == nil:
	case len(server.AllLimits()) > 1 || !server.AllLimits()[0].Has(rules.ScopeKey):
		d.Errorf(at.Node, "processes share one limit of each key by a budget, and the server has others, want one of scope key")
	case s.Limiter.Scope != client.ScopeKey:
		d.Errorf(at.Values["scope"], "scope is %s, and the budget is one for all workers of a key, want scope: key with it", s.Limiter.Scope)
	case b.Kind == budgets.Split && s.Quota(server).Limit < s.Client.Processes:
		d.Errorf(at.Node, "a budget of kind split has %d requests for %d processes, want at least one for each", s.Quota(server).Limit, s.Client.Processes)
	case budgets.HasSlots(b.Kind):
		of := s.Budget(server)
		if err := of.Budget("process", s.Quota(server)).Validate(); err != nil {
			d.Errorf(at.Node, "budget: %v", err)
		}
	}
}

// Budget is how the processes of a strategy share limits, with what the file leaves
// to the latencies of the server.
func (s *Strategy) Budget(server api.Server) budgets.Config {
	b := *s.Client.Budget
	least, most := server.Support()
	switch {
	case budgets.HasSlots(b.Kind) && b.Latency == 0:
		b.Latency = min(most, dist.Longest) + time.Millisecond
	case b.Kind == budgets.GrantsSpread && b.Spread == 0:
		b.Spread = min(most, dist.Longest) - least + time.Millisecond
	}
	if b.Kind == budgets.Leases && b.Batch == 0 {
		b.Batch = 8
	}
	return b
}
