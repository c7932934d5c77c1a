// Package backend makes the server side of a scenario, the same in whatever world
// it is run or served: the server, what breaks on the way to it, and what is
// scheduled; and what a client that knows the API reads of its answers.
package backend

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"time"

	"ratebench/clients"
	"ratebench/harness/faults"
	"ratebench/harness/scenario"
	"ratebench/server"
)

// A Backend is all that a scenario has on the server's side: the server, the
// faults on the way to it, and the changes and outages that are scheduled. In
// whatever world the scenario is run or served, this is where it comes from.
type Backend struct {
	// Server judges the requests.
	Server *server.Server
	// API is how the server is put on HTTP: its dialect, if it has one.
	API server.APIConfig
	// Tally counts what has been broken.
	Tally *faults.Tally

	faults   faults.Config
	seed     uint64
	schedule []scheduled
}

// New builds the server side of a scenario. Latencies depend on the
// seed, the key and how many requests the key has seen, and on nothing else;
// faults on the seed, how many requests there were, and the time.
func New(sc *scenario.Scenario, seed uint64) (*Backend, error) {
	return newBackend(sc, seed, serverConfig(sc, seed))
}

// NewAlone is New for one goroutine at a time, as in virtual time.
func NewAlone(sc *scenario.Scenario, seed uint64) (*Backend, error) {
	c := serverConfig(sc, seed)
	c.Alone = true
	return newBackend(sc, seed, c)
}

// NewOpen is New for clients other than the harness's, of an API
// that asks for no nonces: every request is one to it, whatever its method and
// path, and so is every key welcome unless it is strict.
func NewOpen(sc *scenario.Scenario, seed uint64, strict bool) (*Backend, error) {
	c, api := OpenConfig(sc, seed, strict)
	b, err := newBackend(sc, seed, c)
	if err != nil {
		return nil, err
	}
	b.API = api
	return b, nil
}

// ServerConfig is what the server of New is made of.
func ServerConfig(sc *scenario.Scenario, seed uint64) (server.Config, server.APIConfig) {
	return serverConfig(sc, seed), apiConfig(sc)
}

// apiConfig is how the server of a scenario is put on HTTP. Where requests are of
// several kinds they state of which they are.
func apiConfig(sc *scenario.Scenario) server.APIConfig {
	return server.APIConfig{Dialect: Dialect(&sc.Server), Stated: len(sc.Load.Mix) > 0}
}

// OpenConfig is what the server of NewOpen is made of.
func OpenConfig(sc *scenario.Scenario, seed uint64, strict bool) (server.Config, server.APIConfig) {
	c := serverConfig(sc, seed)
	c.AnyKey = !strict
	c.Statements.Limits = true
	requests := Front(sc, seed)
	api := apiConfig(sc)
	api.Front = &requests
	return c, api
}

func newBackend(sc *scenario.Scenario, seed uint64, c server.Config) (*Backend, error) {
	srv, err := server.New(c)
	if err != nil {
		return nil, err
	}
	return &Backend{
		Server:   srv,
		API:      apiConfig(sc),
		Tally:    &faults.Tally{},
		faults:   sc.Server.Faults,
		seed:     seed,
		schedule: newSchedule(sc, srv),
	}, nil
}

// Handler puts the faults in front of next, which is the API of the Server.
// The run begins now, or anew with the handler's Begin.
func (b *Backend) Handler(next http.Handler, clock server.Clock) *faults.Handler {
	return faults.NewHandler(next, clock, faults.NewPlan(b.faults, b.seed), b.Tally)
}

// A scheduled change is what happens to the server in the course of a run.
type scheduled struct {
	at   time.Duration // since the start
	what string
	do   func(now time.Time) // nil: the change is somebody else's; it is only told
}

// newSchedule lists the changes of the limit and the outages. Outages are the
// faults' business, but for the memory that a server may lose in one.
func newSchedule(sc *scenario.Scenario, srv *server.Server) (s []scheduled) {
	for _, stage := range sc.Server.Stages {
		// The scenario has been validated, so that limits are good.
		if len(stage.Limits) == 0 {
			s = append(s, scheduled{stage.At, "the limit is now " + stage.Limit.String(), func(time.Time) {
				_ = srv.SetLimit(server.Limit{N: stage.Limit.N, Window: stage.Limit.Window})
			}})
		}
		for i := range stage.Limits {
			l := &stage.Limits[i]
			s = append(s, scheduled{stage.At, fmt.Sprintf("limit %s is now %v", l.Name, l), func(now time.Time) {
				_ = srv.Adjust(now, l.Name, l.Policy())
			}})
		}
	}
	for _, outage := range sc.Server.Faults.Outages {
		s = append(s, scheduled{outage.At, fmt.Sprintf("the server is down for %v", outage.For), nil})
		back := scheduled{outage.At + outage.For, "the server is back", nil}
		if outage.Lose {
			back.what, back.do = "the server is back and has forgotten everything", func(time.Time) { srv.Forget() }
		}
		s = append(s, back)
	}
	slices.SortStableFunc(s, func(a, b scheduled) int { return cmp.Compare(a.at, b.at) })
	return s
}

// Follow does what is scheduled, counted from start, and calls told, if it is
// not nil, after each change. It returns when all is done, or when the clock
// stops.
func (b *Backend) Follow(clock server.Clock, start time.Time, told func(what string)) {
	for _, next := range b.schedule {
		if next.do == nil && told == nil {
			continue
		}
		if clock.Sleep(start.Add(next.at).Sub(clock.Now())) != nil {
			return
		}
		if next.do != nil {
			next.do(clock.Now())
		}
		if told != nil {
			told(next.what)
		}
	}
}

// Schedule starts a process of a run that does what is scheduled, counted from
// now.
func (b *Backend) Schedule(rt clients.Runtime) {
	if !slices.ContainsFunc(b.schedule, func(s scheduled) bool { return s.do != nil }) {
		return
	}
	start := rt.Now()
	rt.Go("schedule", func() { b.Follow(rt, start, nil) })
}
