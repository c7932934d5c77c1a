package harness

import (
	"time"

	"ratebench/clients"
	"ratebench/harness/events"
	"ratebench/harness/metrics"
	"ratebench/harness/scenario"
)

// A recording is what is kept of one run: its figures and, on request, all its
// events.
type recording struct {
	recorder recorder
	routes   *metrics.RouteRecorder // nil: requests are of one kind
	strategy string
	seed     uint64
	log      *events.Log // nil: events are not kept
}

// record starts the recording of a run that begins at start.
func (o Options) record(sc *scenario.Scenario, st *scenario.Strategy, seed uint64, start time.Time) (*recording, error) {
	r := &recording{recorder: o.newRecorder(sc, start), strategy: st.Name, seed: seed}
	if mix := sc.Load.Mix; len(mix) > 1 {
		var names []string
		for _, k := range mix {
			names = append(names, k.Route)
		}
		r.routes = metrics.NewRouteRecorder(names, sc.Load.Drawn(seed).Kind)
	}
	if o.Events == nil {
		return r, nil
	}
	h := events.Header{
		Scenario: events.Scenario{Name: sc.Name, SHA256: sc.SHA256},
		Clock:    "virtual",
		Strategy: st.Name,
		Seed:     seed,
	}
	if o.Real {
		h.Clock = "real"
	}
	var err error
	r.log, err = o.Events.Create(h, start, o.eventsFailed)
	return r, err
}

// A recorder is a metrics.Recorder or a metrics.Shared one.
type recorder interface {
	clients.Observer
	Progress(now time.Time) metrics.Progress
	Finish(end time.Time) metrics.Run
}

// newRecorder returns one for the goroutines of this world: in virtual time they
// take turns.
func (o Options) newRecorder(sc *scenario.Scenario, start time.Time) recorder {
	r := metrics.NewRecorder(start, o.Graveyard)
	if sc.Load.PerKey {
		r = metrics.NewKeysRecorder(start, o.Graveyard).Together(sc.Server.Keys)
	}
	if n := len(sc.Load.AllSources()); n > 0 {
		r.Sources(n)
	}
	r.InRowsOf(metrics.RowLength(sc.Duration))
	if o.Real {
		return metrics.Share(r)
	}
	return r
}

// observer is who has to be told of what happens.
func (r *recording) observer() clients.Observer {
	var o clients.Observer = r.recorder
	if r.routes != nil {
		o = both{o, r.routes}
	}
	if r.log != nil {
		o = both{o, r.log}
	}
	return o
}

// finish returns what was recorded until end.
func (r *recording) finish(end time.Time) (metrics.Run, error) {
	if err := r.close(); err != nil {
		return metrics.Run{}, err
	}
	run := r.recorder.Finish(end)
	run.Strategy, run.Seed = r.strategy, r.seed
	if r.routes != nil {
		run.Routes = r.routes.Routes()
	}
	return run, nil
}

// close ends the file of the events and reports whether it has them all.
func (r *recording) close() error {
	if r.log == nil {
		return nil
	}
	return r.log.Close()
}

// both passes events on to two observers.
type both struct{ first, second clients.Observer }

// Observe implements clients.Observer.
func (b both) Observe(e *clients.Event) {
	b.first.Observe(e)
	b.second.Observe(e)
}
