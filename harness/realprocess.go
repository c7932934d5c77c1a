package harness

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ratebench/clients"
	"ratebench/clients/limiter"
	"ratebench/harness/budgets"
	"ratebench/harness/metrics"
	"ratebench/harness/scenario"
	"ratebench/harness/wire"
)

// A Process is one of those that a client is in real time.
type Process struct {
	// Number counts them from 0.
	Number int
	// Observer is told of every event of this one. Required.
	Observer clients.Observer
	// OpenStore opens what the processes share limits through, until ctx is done;
	// it is called if they have a store.
	OpenStore func(ctx context.Context, c budgets.Config, q limiter.Quota) (Store, error)
}

// store opens the store of a strategy; nil: it has none.
func (p *Process) store(ctx context.Context, sc *scenario.Scenario, st *scenario.Strategy) (Store, error) {
	if p == nil || !HasStore(st) {
		return nil, nil
	}
	return p.OpenStore(ctx, st.Budget(sc.Server), st.Quota(sc.Server))
}

// RealProcesses returns an error for what the processes of a strategy are told to do
// that real ones cannot.
func RealProcesses(sc *scenario.Scenario, st *scenario.Strategy) error {
	switch b := st.Client.Budget; {
	case st.Client.Crashes != nil:
		return errors.New("crashes are for virtual time, in which what is queued outlives them: a real process takes its queue along")
	case sc.Load.Count > 0:
		return errors.New("load.count is for one process: real ones do not know what the others have sent")
	case b == nil || !budgets.HasStore(b.Kind):
	case b.Store.Rate != 0 && b.Store.Rate != 1:
		return fmt.Errorf("budget.store.rate is %v, and the clock of a real store cannot be changed", b.Store.Rate)
	default:
		for _, o := range b.Store.Outages {
			if o.Behind > 0 {
				return fmt.Errorf("an outage of its store has behind: %v, and a real store has no other server that takes over", o.Behind)
			}
		}
	}
	if _, together := st.Limiter.Config.(interface{ Together() limiter.Config }); together && st.Client.Processes > 1 {
		return errors.New("what its processes tell each other is for virtual time: there is no real aggregator")
	}
	return nil
}

// toldOf is w.Told, with the latencies of a budget, of which the file leaves some
// to those of the server.
func toldOf(w *wire.Times, sc *scenario.Scenario, st *scenario.Strategy) *scenario.Strategy {
	told := w.Told(st)
	if !HasStore(st) {
		return told
	}
	b := st.Budget(sc.Server)
	switch {
	case budgets.HasSlots(b.Kind):
		b.Latency += w.Latency()
	case b.Kind == budgets.GrantsSpread:
		b.Spread += w.Spread()
	}
	told.Client.Budget = &b
	return told
}

// A Recording keeps what happens in a run that is under way elsewhere.
type Recording struct{ recording *recording }

// Record starts the recording of a run in real time that begins at start.
func (o Options) Record(sc *scenario.Scenario, st *scenario.Strategy, seed uint64, start time.Time) (*Recording, error) {
	o.Real = true
	if o.eventsFailed == nil {
		o.eventsFailed = func(error) {}
	}
	r, err := o.record(sc, st, seed, start)
	return &Recording{r}, err
}

// Observe implements clients.Observer.
func (r *Recording) Observe(e *clients.Event) { r.recording.observer().Observe(e) }

// Progress is how the run stands at a time.
func (r *Recording) Progress(now time.Time) metrics.Progress {
	return r.recording.recorder.Progress(now)
}

// Finish ends the recording and returns what was recorded. An error says that the
// events cannot be written.
func (r *Recording) Finish(end time.Time) (metrics.Run, error) { return r.recording.finish(end) }

// Abandon ends the recording of a run that came to nothing.
func (r *Recording) Abandon() { _ = r.recording.close() }

var _ clients.Observer = (*Recording)(nil)
