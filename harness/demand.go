package harness

import (
	"slices"
	"strconv"
	"sync"

	"ratebench/clients/limiter"
	"ratebench/clients/limiter/bucket"
	"ratebench/clients/pace"
	"ratebench/harness/backend"
	"ratebench/harness/scenario"
	"ratebench/harness/scenario/api"
	"ratebench/harness/scenario/load"
	"ratebench/harness/scenario/rules"
	"ratebench/server/ledger"
)

// A demand is what the requests of a scenario ask of its limits, with a seed:
// request by request, by their numbers.
type demand struct {
	server *api.Server
	limits []rules.Limit
	load   *load.Generator
	drawn  *load.Drawn
	own    []part // what the limiter of a key is made of
	shared []part // what the keys share
}

// A part is a limit as it holds for some of the requests: of all those of a key,
// or of all keys, or of one route or one thing that they are about.
type part struct {
	limit    *rules.Limit
	route    string // "": all that the limit counts
	resource int    // -1: all
}

func newDemand(sc *scenario.Scenario, seed uint64) *demand {
	d := &demand{server: &sc.Server, limits: sc.Server.AllLimits(), load: &sc.Load, drawn: sc.Load.Drawn(seed)}
	for i := range d.limits {
		l := &d.limits[i]
		if l.Counts == rules.CountsFailures {
			continue // whoever keeps to the others has none
		}
		if l.Has(rules.ScopeKey) {
			d.own = append(d.own, partsOf(l, &sc.Load)...)
		} else {
			d.shared = append(d.shared, partsOf(l, &sc.Load)...)
		}
	}
	return d
}

// partsOf is a limit, or one for each route and each resource that it tells
// apart.
func partsOf(l *rules.Limit, load *load.Generator) []part {
	routes, resources := []string{""}, []int{-1}
	if l.Has(rules.ScopeRoute) && len(load.Mix) > 0 {
		routes = nil
		for _, k := range load.Mix {
			if l.Meets(k.Route) {
				routes = append(routes, k.Route)
			}
		}
	}
	if l.Has(rules.ScopeResource) {
		resources = nil
		for n := range load.MostResources() {
			resources = append(resources, n)
		}
	}
	var parts []part
	for _, route := range routes {
		for _, resource := range resources {
			parts = append(parts, part{l, route, resource})
		}
	}
	return parts
}

// isPlain says whether every request costs 1 of every limit of its key, so that
// nobody has to be told.
func (d *demand) isPlain() bool { return len(d.own) == 1 && len(d.shared) == 0 && len(d.load.Mix) == 0 }

// costs are what a request costs of each part, those of the key first, appended
// to room.
func (d *demand) costs(id int64, room []int64) []int64 {
	if len(d.own) == 0 { // the key's own limiter, which has no limit
		room = append(room, 1)
	}
	route, resource := d.drawn.Route(id), d.drawn.Resource(id)
	for _, parts := range [][]part{d.own, d.shared} {
		for _, p := range parts {
			cost := int64(0)
			if p.limit.Meets(route) && (p.route == "" || p.route == route) && (p.resource < 0 || p.resource == resource) {
				cost, _ = d.drawn.Cost(id, p.limit.Cost)
			}
			room = append(room, cost)
		}
	}
	return room
}

// request is what the server adds a request up by; the costs are in the room of
// others.
func (d *demand) request(id int64, room []ledger.Cost) ledger.Request {
	r := ledger.Request{IP: "client", Account: "account", Route: d.drawn.Route(id)}
	if n := d.drawn.Resource(id); n > 0 || len(d.load.Mix) > 0 {
		r.Resource = strconv.Itoa(n)
	}
	room = room[:0]
	for i := range d.limits {
		name := d.limits[i].Cost
		if slices.ContainsFunc(room, func(c ledger.Cost) bool { return c.Name == name }) {
			continue
		}
		charged, settled := d.drawn.Cost(id, name)
		room = append(room, ledger.Cost{Name: name, N: charged, More: settled - charged})
	}
	r.Costs = room
	return r
}

// settled is what a request turned out to cost of the first limit that settles;
// 0: nothing settles, or as charged.
func (d *demand) settled(id int64) int64 {
	for i := range d.limits {
		if l := &d.limits[i]; l.Settle {
			if charged, settled := d.drawn.Cost(id, l.Cost); settled != charged {
				return settled
			}
			return 0
		}
	}
	return 0
}

// limiter makes the limiter of a key, or of one of its workers, with the guards
// of the strategy.
func (d *demand) limiter(st *scenario.Strategy) (limiter.Limiter, error) {
	if len(d.own) == 0 { // all limits are shared
		return st.Guard.Guard(unlimited())
	}
	var parts []limiter.Part
	for _, p := range d.own {
		l, err := limiterOf(p, st, *d.server)
		if err != nil {
			return nil, err
		}
		parts = append(parts, limiter.Part{Limiter: l, Settled: p.limit.Settle, Budget: d.budget(p)})
	}
	if len(parts) == 1 {
		return st.Guard.Guard(parts[0].Limiter)
	}
	set, err := limiter.NewSet(parts...)
	if err != nil {
		return nil, err
	}
	return st.Guard.Guard(set)
}

// budget is what the server calls the limit of a part in what it states; "" if
// it has but one.
func (d *demand) budget(p part) string {
	if len(d.limits) < 2 {
		return ""
	}
	return backend.BudgetName(d.server, p.limit)
}

// unlimited is the limiter of a key without a limit of its own.
func unlimited() limiter.Limiter {
	l, err := new(limiter.None).New(limiter.Quota{Limit: 1, Window: 1})
	if err != nil {
		panic("harness: " + err.Error()) // the quota is good
	}
	return l
}

// share makes the limiters that all keys share.
func (d *demand) share(st *scenario.Strategy, lock sync.Locker) (shared []*pace.Shared, err error) {
	if len(d.shared) == 0 {
		return nil, nil
	}
	group := pace.NewGroup(lock)
	for _, p := range d.shared {
		l, err := limiterOf(p, st, *d.server)
		if err != nil {
			return nil, err
		}
		if len(d.limits) > 1 { // it is to be told of this limit, and of no other
			if l, err = limiter.NewSet(limiter.Part{Limiter: l, Settled: p.limit.Settle, Budget: d.budget(p)}); err != nil {
				return nil, err
			}
		}
		s, err := group.Share(l)
		if err != nil {
			return nil, err
		}
		shared = append(shared, s)
	}
	return shared, nil
}

// limiterOf makes the limiter of a part, of the strategy's kind.
func limiterOf(p part, st *scenario.Strategy, server api.Server) (limiter.Limiter, error) {
	if _, none := st.Limiter.Config.(*limiter.None); p.limit.Kind() == "concurrency" && !none {
		return bucket.Concurrency{Limit: p.limit.Concurrency}.New()
	}
	if !p.limit.IsPaced() {
		return unlimited(), nil
	}
	return st.Limiter.Config.New(st.QuotaOf(p.limit, server))
}
