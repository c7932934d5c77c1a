package harness

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"ratebench/clients"
	"ratebench/harness/backend"
	"ratebench/harness/faults"
	"ratebench/harness/live"
	"ratebench/harness/metrics"
	"ratebench/harness/scenario"
	"ratebench/harness/wire"
	"ratebench/server"
	"ratebench/server/ledger"
)

// A liveRun is one strategy in real time, with a server of its own unless it
// aims at one that is already there.
type liveRun struct {
	strategy  *scenario.Strategy
	seed      uint64
	recording *recording
	runtime   *live.Runtime
	caller    *live.Caller
	queues    QueueSamples
	store     Store // of a process among several; nil: it has none
	close     func()
}

// QueueSamples are the last lengths of the queues that were reported.
type QueueSamples struct{ main, dlq []int }

// Add takes one more sample and returns the means of the last hundred.
func (q *QueueSamples) Add(main, dlq int) QueueMeans {
	const samples = 100
	push := func(lengths *[]int, n int) float64 {
		*lengths = append(*lengths, n)
		if len(*lengths) > samples {
			*lengths = (*lengths)[1:]
		}
		sum := 0
		for _, v := range *lengths {
			sum += v
		}
		return float64(sum) / float64(len(*lengths))
	}
	return QueueMeans{Main: push(&q.main, main), DLQ: push(&q.dlq, dlq)}
}

// startLive serves and loads: it returns when the client's processes have
// started. The run ends when ctx is done, or with its finish.
func startLive(ctx context.Context, sc *scenario.Scenario, st *scenario.Strategy, seed uint64, o Options) (*liveRun, error) {
	base := o.Target
	var local *backend.Local // nil: it is somebody else's
	if base == "" {
		var err error
		if local, err = backend.Start(sc, seed); err != nil {
			return nil, fmt.Errorf("strategy %s: %w", st.Name, err)
		}
		base = local.URL
	}
	transport := &http.Transport{
		MaxIdleConnsPerHost: sc.Server.Keys * st.Client.WorkersPerKey,
		DisableCompression:  true, // the answers are a few bytes
	}
	rt := live.New(ctx)
	r := &liveRun{
		strategy: st, seed: seed, runtime: rt,
		close: func() {
			transport.CloseIdleConnections()
			if local != nil {
				local.Close()
			}
		},
	}
	var err error
	if r.recording, err = o.record(sc, st, seed, rt.Now()); err != nil {
		rt.Stop()
		r.close()
		return nil, err
	}
	if local != nil {
		local.Begin(rt)
	}
	r.caller = newLiveCaller(rt, transport, base, sc, seed)
	r.caller.Form = o.Form
	told, observer := toldOf(o.Wire, sc, st), r.recording.observer()
	if o.Process != nil {
		observer = both{observer, o.Process.Observer}
	}
	w := world{runtime: rt, caller: func(int) clients.Caller { return r.caller }, observer: observeUntilDone(observer, sc.Load.Count, rt.Stop), delayed: true, process: o.Process}
	if r.store, err = o.Process.store(rt.Context(), sc, told); err == nil {
		w.store = r.store
		err = w.startClient(sc, told, seed)
	}
	if err != nil {
		rt.Stop()
		_ = r.recording.close() // the first error says more
		r.close()
		return nil, fmt.Errorf("strategy %s: %w", st.Name, err)
	}
	return r, nil
}

// newLiveCaller returns a caller to the server of a scenario at base, whose requests
// are of the same kinds as in virtual time, with the same seed.
func newLiveCaller(rt *live.Runtime, t http.RoundTripper, base string, sc *scenario.Scenario, seed uint64) *live.Caller {
	c := live.NewCaller(rt, t, base, server.Keys(sc.Server.Keys))
	c.Reader, c.AnyBody = backend.Reader(&sc.Server), sc.Server.NoNonces
	if len(sc.Load.Mix) > 0 {
		c.Kinds = stated{newDemand(sc, seed)}
	}
	return c
}

// stated is a demand that is put on the wire.
type stated struct{ demand *demand }

var _ live.Kinds = stated{}

func (s stated) Request(id int64) ledger.Request { return s.demand.request(id, nil) }
func (s stated) Settled(id int64) int64          { return s.demand.settled(id) }

// finish waits for the end of the run and returns what was recorded, or the
// panic that ended it.
func (r *liveRun) finish(ctx context.Context, d time.Duration) (metrics.Run, error) {
	err := r.runtime.Run(d)
	end := r.runtime.Now() // stopping the server is not part of the run
	r.close()
	if err != nil {
		_ = r.recording.close() // the first error says more
		return metrics.Run{}, fmt.Errorf("strategy %s, seed %d: %w", r.strategy.Name, r.seed, err)
	}
	run, err := r.recording.finish(end)
	run.Failures = r.caller.Failures()
	if r.store != nil {
		calls := r.store.Calls()
		run.StoreCalls = &calls
	}
	run.Interrupted = ctx.Err() != nil
	return run, err
}

// MeasureWire measures the way to the server of a run in real time, or to one like
// it.
func (o Options) MeasureWire(ctx context.Context, sc *scenario.Scenario) (wire.Times, error) {
	base := o.Target
	if base == "" {
		unbroken := *sc
		unbroken.Server.Faults = faults.Config{}
		local, err := backend.Start(&unbroken, sc.Seed)
		if err != nil {
			return wire.Times{}, err
		}
		defer local.Close()
		base = local.URL
	}
	t := &http.Transport{MaxIdleConnsPerHost: wire.Probers}
	defer t.CloseIdleConnections()
	return wire.Measure(ctx, t, base)
}
