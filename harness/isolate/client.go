package isolate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"

	"ratebench/harness"
	"ratebench/harness/events"
	"ratebench/harness/internal/usage"
	"ratebench/harness/kinds"
	"ratebench/harness/metrics"
	"ratebench/harness/scenario"
)

var errNoParent = errors.New("whoever started this process is gone")

// Client is the whole life of a client's process: it reads a job from in, does
// it when told to and writes what came of it to out. The limiters are those
// that the job's scenario can ask for. When ctx is done it ends
// the run and writes what there is by then. It returns at once, in the middle
// of the run, when in ends: nobody is left to read a result.
func Client(ctx context.Context, limiters []kinds.Kind, in io.Reader, out io.Writer) error {
	orders := newReceiver[order](in)
	first, err := orders.expect("job")
	if err != nil {
		return fmt.Errorf("no job on standard input: %w", err)
	}
	sc, err := first.Job.scenario(limiters)
	if err != nil {
		return err
	}
	c := &client{job: first.Job, scenario: sc, messages: newSender(out)}
	debug.FreeOSMemory() // what it took to get here is no part of what the client needs
	if err := c.messages.send(message{Ready: true}); err != nil {
		return err
	}
	return c.followOrders(ctx, orders)
}

// scenario loads the job's scenario as the parent has it, with one strategy
// and one seed.
func (j *job) scenario(limiters []kinds.Kind) (*scenario.Scenario, error) {
	sc, err := scenario.Loader{Kinds: limiters, Set: j.Set}.Load(j.Path)
	if err != nil {
		return nil, err
	}
	if sc.SHA256 != j.SHA256 {
		return nil, fmt.Errorf("%s has changed since the benchmark began", j.Path)
	}
	for _, row := range sc.Rows() {
		if row.Name == j.Strategy {
			sc = row.Scenario
			sc.Strategies = []scenario.Strategy{*row.Strategy}
			sc.Seed, sc.Runs, sc.Duration = j.Seed, 1, j.Duration
			return sc, nil
		}
	}
	return nil, fmt.Errorf("%s has no strategy %q", j.Path, j.Strategy)
}

// A client does one job.
type client struct {
	job      *job
	scenario *scenario.Scenario
	messages *sender
}

// followOrders runs the client when told to, until the result has been sent, there is
// nothing to run any more, or the orders end.
func (c *client) followOrders(ctx context.Context, orders *receiver[order]) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	begin, gone, ran := make(chan struct{}, 1), make(chan error, 1), make(chan error, 1)
	go func() { gone <- passOn(orders, begin, stop) }()
	select {
	case <-begin:
		go func() { ran <- c.run(ctx) }()
	case <-ctx.Done():
		return nil
	case err := <-gone:
		return err
	}
	select {
	case err := <-ran:
		return err
	case err := <-gone:
		return err
	}
}

// passOn passes orders on until they end, and returns why they did.
func passOn(orders *receiver[order], begin chan<- struct{}, stop func()) error {
	for {
		_, name, err := orders.receive()
		switch {
		case errors.Is(err, io.EOF):
			return errNoParent
		case err != nil:
			return fmt.Errorf("no order on standard input: %w", err)
		case name == "go":
			select {
			case begin <- struct{}{}:
			default: // has begun
			}
		case name == "stop":
			stop()
		default:
			return fmt.Errorf("found a message %q on standard input, expected go or stop", name)
		}
	}
}

// run runs the client the way it runs without a process of its own, and sends
// the result.
func (c *client) run(ctx context.Context) error {
	sampler := startSampling(samplePeriod)
	o := harness.Options{
		Real:      true,
		Target:    c.job.URL,
		Form:      c.job.Form,
		Graveyard: c.job.Graveyard,
		Every:     c.job.Every,
		Report:    c.report,
		Wire:      &c.job.Wire,
	}
	if c.job.Events != "" {
		o.Events = events.OpenDraft(c.job.Events)
	}
	told := func() error { return nil }
	if p := c.job.Process; p != nil {
		events := startStream(func(b batch) error { return c.messages.send(message{Events: &b}) })
		o.Process = &harness.Process{Number: p.Number, Observer: events, OpenStore: p.openStore}
		told = events.finish
	}
	runs, err := harness.Run(ctx, c.scenario, o)
	samples := sampler.finish()
	if err := told(); err != nil {
		return err
	}
	if failed, ok := errors.AsType[*events.Error](err); ok {
		return c.messages.send(message{Result: &result{EventsFailed: failed}})
	}
	if len(runs) == 0 { // else there is one, whole or interrupted
		return err
	}
	cost := metrics.Usage{Strategy: c.job.Strategy, Seed: c.job.Seed, Samples: samples, Peak: usage.PeakResident()}
	return c.messages.send(message{Result: &result{Run: runs[0], Usage: cost}})
}

// report sends the state of the run. An error would come again with the
// result.
func (c *client) report(_ string, p metrics.Progress, means harness.QueueMeans) {
	_ = c.messages.send(message{Report: &report{p, means}})
}
