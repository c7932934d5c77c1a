package metrics

import (
	"sync"

	"ratebench/clients"
)

// A Route is what is recorded of the requests of one kind.
type Route struct {
	Name      string
	Generated int
	Succeeded int       // answered 200
	Refused   int       // answers 429, with those of bans and for a blocked key
	Expired   int       // times that a TTL passed
	Latency   Histogram // creation (the first one) to answer 200
}

// A RouteRecorder counts by kinds of requests. It may be told of events from many
// goroutines at once.
type RouteRecorder struct {
	mu     sync.Mutex
	of     func(id int64) int // index of the kind of a request
	routes []Route
}

// NewRouteRecorder counts by kinds with these names; of is that of a request, by
// its number.
func NewRouteRecorder(names []string, of func(id int64) int) *RouteRecorder {
	r := &RouteRecorder{of: of}
	for _, name := range names {
		r.routes = append(r.routes, Route{Name: name})
	}
	return r
}

var _ clients.Observer = (*RouteRecorder)(nil)

// Observe implements clients.Observer.
func (r *RouteRecorder) Observe(e *clients.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	route := &r.routes[r.of(e.Request.ID)]
	switch e.Kind {
	case clients.Generated:
		route.Generated++
	case clients.Expired:
		route.Expired++
	case clients.Answered:
		switch responseName(&e.Outcome) {
		case ok:
			route.Succeeded++
			route.Latency.Record(since(e.Request.First, e.Time.UnixNano()))
		case rateLimited, banEnds, blocked:
			route.Refused++
		}
	}
}

// Routes are what was counted. The recorder is of no use afterwards.
func (r *RouteRecorder) Routes() []Route { return r.routes }

// PoolRoutes makes one of the routes of several runs, whose counts are added up
// and whose latencies are put together.
func PoolRoutes(runs []*Run) []Route {
	var pooled []Route
	for _, run := range runs {
		for i := range run.Routes {
			if i == len(pooled) {
				pooled = append(pooled, Route{Name: run.Routes[i].Name})
			}
			p, r := &pooled[i], &run.Routes[i]
			p.Generated += r.Generated
			p.Succeeded += r.Succeeded
			p.Refused += r.Refused
			p.Expired += r.Expired
			p.Latency.Merge(r.Latency)
		}
	}
	return pooled
}
