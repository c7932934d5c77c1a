package harness

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"ratebench/clients/limiter"
	"ratebench/clients/pace"
	"ratebench/harness/backend"
	"ratebench/harness/scenario"
	"ratebench/harness/scenario/client"
	"ratebench/harness/scenario/rules"
	"ratebench/server/front"
	"ratebench/server/ledger"
)

// A Pacing is a strategy for requests that are not the harness's own, to the API
// of a scenario: the limiters of its keys, those that all keys share, and what a
// request takes of each. It has what a pace.Transport wants to know.
type Pacing struct {
	// Shared are the limiters that all keys share.
	Shared []*pace.Shared

	demand   *demand
	front    *front.Front
	strategy *scenario.Strategy
}

// NewPacing returns the pacing of a strategy. The error names the limit by which
// it cannot pace: one for each thing that requests are about, of which a program
// does not say which there are, one that charges what the scenario draws, or more
// than the strategy ever lets go.
func NewPacing(sc *scenario.Scenario, st *scenario.Strategy) (*Pacing, error) {
	if st.Limiter.Scope != client.ScopeKey {
		return nil, fmt.Errorf("the limiter of %s has scope %s, want %s: there are no workers", st.Name, st.Limiter.Scope, client.ScopeKey)
	}
	for _, l := range sc.Server.AllLimits() {
		if l.Has(rules.ScopeResource) {
			return nil, fmt.Errorf("limit %q holds for each resource that requests are about, of which nobody says which there are: want limits that do not", l.Name)
		}
		for i := range sc.Load.Mix {
			if _, constant := sc.Load.Mix[i].Cost(l.Cost).Constant(); !constant {
				return nil, fmt.Errorf("limit %q charges a %s a cost that the scenario draws, and of a real request nobody can know it before it is sent: want one that is always the same, such as the most that it can be", l.Name, sc.Load.Mix[i].Route)
			}
		}
	}
	f, err := front.New(backend.Front(sc, 0))
	if err != nil {
		return nil, err
	}
	p := &Pacing{demand: newDemand(sc, 0), front: f, strategy: st}
	if err := p.possible(); err != nil {
		return nil, err
	}
	p.Shared, err = p.demand.share(st, &sync.Mutex{})
	return p, err
}

// possible returns an error for a kind of request that the strategy never lets
// go.
func (p *Pacing) possible() error {
	d := p.demand
	for _, part := range slices.Concat(d.own, d.shared) {
		l, err := limiterOf(part, p.strategy, *d.server)
		if err != nil {
			return err
		}
		for i := range d.load.Mix {
			k := &d.load.Mix[i]
			cost, _ := k.Cost(part.limit.Cost).Constant()
			if part.limit.Meets(k.Route) && l.Next(time.Time{}, cost).Equal(limiter.Impossible) {
				return fmt.Errorf("limit %q charges a %s %d, want a limiter that lets so much go at a time: %s does not",
					part.limit.Name, k.Route, cost, p.strategy.Limiter.Kind)
			}
		}
	}
	return nil
}

// Limiter makes the limiter of a key.
func (p *Pacing) Limiter() (limiter.Limiter, error) { return p.demand.limiter(p.strategy) }

// Costs are what a request takes of each limit: of those of its key, and of those
// that keys share. A request of a kind that the scenario does not know takes what
// it costs of every limit that may count it.
func (p *Pacing) Costs(r *http.Request) []int64 {
	d := p.demand
	if d.isPlain() {
		return nil
	}
	var costs []int64
	if len(d.own) == 0 { // the key's own limiter, which has no limit
		costs = append(costs, 1)
	}
	asked := p.front.Read(r, "")
	for _, parts := range [][]part{d.own, d.shared} {
		for _, part := range parts {
			costs = append(costs, p.cost(part, &asked))
		}
	}
	return costs
}

// cost is what a request takes of one limit.
func (p *Pacing) cost(of part, asked *ledger.Request) int64 {
	known := slices.ContainsFunc(p.demand.load.Mix, func(k rules.Kind) bool { return k.Route == asked.Route })
	if !of.limit.Meets(asked.Route) || known && of.route != "" && of.route != asked.Route {
		return 0
	}
	for _, c := range asked.Costs {
		if c.Name == of.limit.Cost {
			return c.N
		}
	}
	if of.limit.Cost == "" {
		return 1
	}
	return 0
}
