// Package clients is the client of a rate-limited API: a load generator, a
// main queue with a TTL, workers that pace themselves at a gate per key, and a
// dead letter queue. It runs on a Runtime, in virtual or in real time alike.
package clients

import (
	"errors"
	"fmt"
	"math"
	"time"

	"ratebench/clients/limiter"
	"ratebench/clients/nonce"
	"ratebench/clients/pace"
)

// ErrTimeout is the Outcome.Err of a request whose answer did not come in time.
var ErrTimeout = errors.New("no answer in time")

// A Caller carries one request to the server and back.
type Caller interface {
	// Call blocks until the request is answered, fails, or times out, which
	// it tells by the outcome, the zero one before. Its only error is
	// ErrStopped. It neither changes the call nor keeps it once it returns.
	Call(c *Call, o *limiter.Outcome) error
}

// A Call is one request that has been let go.
type Call struct {
	Key     int // index of the API key
	ID      int64
	Timeout time.Duration
	Gate    *pace.Gate  // that has let it go
	Permit  pace.Permit // with its nonce
}

// Config describes a client.
type Config struct {
	// Keys is the number of API keys, at least 1.
	Keys int
	// FirstKey is the index of the first of them, where there are several
	// clients with keys of their own; that of the last is 2147483647 at most.
	// The ids of requests begin there, too.
	FirstKey int
	// FirstID is added to the ids of requests.
	FirstID int
	// IDStep is how far apart ids are: with the number of all keys those of
	// clients with one each are different. 0 is 1.
	IDStep int
	// NewLimiter makes the limiter of a key, or of a worker. Required.
	NewLimiter func() (limiter.Limiter, error)
	// Shared are limiters that all keys share, and other clients if they are of
	// their group as well. Nil: there are none.
	Shared []*pace.Shared
	// Costs are what the request of a number costs of each limit, those of
	// NewLimiter first and then those that are shared, appended to room. Nil: 1
	// of each.
	Costs func(id int64, room []int64) []int64
	// LimiterPerWorker gives each worker a limiter of its own, in place of
	// one for all the workers of a key.
	LimiterPerWorker bool
	// Polling makes workers poll at the gate.
	Polling pace.Polling
	// WorkersPerKey is the number of requests that may be in flight on a key,
	// at least 1.
	WorkersPerKey int
	// Delayed says that the caller tells when requests leave, by pace's
	// Gate.Send or Gate.Left. Otherwise they leave when they are let go.
	Delayed bool
	// Nonces is how nonces are made.
	Nonces nonce.Policy
	// Wall is what the client's wall clock shows, for the nonces; nil is what
	// its runtime's clock does.
	Wall func(now time.Time) time.Time
	// Timeout bounds the time from departure to answer: more than 0.
	Timeout time.Duration
	// TTL bounds the time from (re-)creation to departure: more than 0.
	TTL time.Duration
	// Pause is the time between burst n and the next, counted from zero.
	// Required.
	Pause func(n uint64) time.Duration
	// Drift begins a pause when the generator is done with the burst before,
	// as the reference's clients do: whatever holds it up lowers the load.
	// Otherwise bursts are due at the sum of the pauses, however exactly this
	// world sleeps.
	Drift bool
	// Burst is how many requests the generator makes at a time; 0 is one.
	Burst int
	// Count is how many requests it makes in all; 0 goes on for ever.
	Count int
	// Work is what the client spends of its processor's time.
	Work Work
	// GeneratorOn is what the generator runs on; nil is what the workers do.
	GeneratorOn Runtime
	// More are further generators, which feed the same queue as this one does:
	// each has a Pause and a FirstID of its own.
	More []Source
	// Retry tries again on the spot; nil does not.
	Retry *Retry
	// DeadLetter retries what did not succeed; nil drops it.
	DeadLetter *DeadLetter
	// Backpressure pauses the generator while the main queue is long; nil
	// never does.
	Backpressure *Backpressure
}

// A Source is what a generator has of its own.
type Source struct {
	Pause   func(n uint64) time.Duration // as that of Config
	FirstID int                          // as that of Config
}

// DeadLetter is how often a request is put back into the main queue.
type DeadLetter struct {
	MaxRetries int // then it goes to the graveyard; 0 buries at the first failure
}

// Backpressure is when the generator pauses.
type Backpressure struct {
	Max   int           // length of the main queue at which it does
	Pause time.Duration // until it looks again
}

// A client is a running client.
type client struct {
	rt       Runtime
	caller   Caller
	config   Config
	observer Observer
	main     *queue
	dlq      *queue
	ahead    ahead          // where the runtime takes steps
	stepping SteppingCaller // the caller, if it and the runtime take steps; nil: calls block
}

// validate names the first field whose value is out of range.
func (c *Config) validate() error {
	switch {
	case c.Keys < 1 || c.WorkersPerKey < 1:
		return fmt.Errorf("client has %d keys and %d workers for each, want at least one", c.Keys, c.WorkersPerKey)
	case c.NewLimiter == nil || c.Pause == nil:
		return errors.New("client has no NewLimiter or no Pause, want both")
	case c.Timeout <= 0 || c.TTL <= 0:
		return fmt.Errorf("client has the timeout %v and the TTL %v, want more than 0", c.Timeout, c.TTL)
	case c.FirstKey < 0 || c.IDStep < 0:
		return fmt.Errorf("client has the first key %d and ids %d apart, want 0 or more", c.FirstKey, c.IDStep)
	case c.Keys-1 > math.MaxInt32-c.FirstKey:
		return fmt.Errorf("client has %d keys, the first with the index %d, want indices up to %d", c.Keys, c.FirstKey, math.MaxInt32)
	case c.Burst < 0 || c.Count < 0:
		return fmt.Errorf("client makes bursts of %d, and %d requests in all, want 0 or more", c.Burst, c.Count)
	case c.Work.Spend == nil && (c.Work.Send > 0 || c.Work.Receive > 0 || c.Work.Generate > 0):
		return errors.New("client spends time on work and has no Spend, want one")
	case c.DeadLetter != nil && c.DeadLetter.MaxRetries < 0:
		return fmt.Errorf("client puts dead letters back %d times, want 0 or more", c.DeadLetter.MaxRetries)
	case c.Backpressure != nil && (c.Backpressure.Max < 1 || c.Backpressure.Pause <= 0):
		return fmt.Errorf("client pauses for %v at a queue of %d, want more than 0 and from 1", c.Backpressure.Pause, c.Backpressure.Max)
	}
	return c.Retry.validate()
}

// Start starts the processes of a client on rt. They run until rt stops. An
// error says what is wrong with the configuration; then nothing runs.
func Start(rt Runtime, caller Caller, config Config, observer Observer) error {
	if err := config.validate(); err != nil {
		return err
	}
	c := &client{
		rt: rt, caller: caller, config: config, observer: observer,
		main: newQueue(rt), dlq: newQueue(rt),
	}
	if _, steps := rt.(Stepper); steps && config.Work.Send == 0 && config.Work.Receive == 0 {
		c.stepping, _ = caller.(SteppingCaller)
	}
	workers, err := c.newWorkers()
	if err != nil {
		return err
	}
	for i := range workers {
		start(rt, "worker", c.stepping == nil, &workers[i])
	}
	if config.DeadLetter != nil {
		d := &deadLetters{client: c, consumer: newConsumer(rt), event: Event{Key: NoKey}}
		start(rt, "dead letter queue", false, d)
	}
	on := config.GeneratorOn
	if on == nil {
		on = rt
	}
	for _, s := range append([]Source{{config.Pause, config.FirstID}}, config.More...) {
		g := &generator{client: c, rt: on, source: s}
		g.start()
	}
	return nil
}

// newWorkers makes the workers of all keys, those of a key side by side: one after
// the other they look at the same.
func (c *client) newWorkers() ([]worker, error) {
	workers := make([]worker, c.config.Keys*c.config.WorkersPerKey)
	shared := &hands{client: c}
	nonces := make([]*nonce.Source, c.config.Keys)
	gates := make([]*pace.Gate, c.config.Keys)
	for n := range c.config.WorkersPerKey {
		for key := range c.config.Keys {
			if n == 0 {
				nonces[key] = nonce.New(c.config.Nonces, c.config.Wall).GuardedBy(c.rt.NewLock())
			}
			if n == 0 || c.config.LimiterPerWorker {
				var err error
				if gates[key], err = c.newGate(nonces[key]); err != nil {
					return nil, err
				}
			}
			w := &workers[key*c.config.WorkersPerKey+n]
			*w = worker{key: int32(c.config.FirstKey + key), gate: gates[key], hands: shared}
			if c.stepping == nil { // they block in the middle of a request
				w.hands = &hands{client: c}
			}
			c.main.take(w) // in turns, so that the first requests do not all go to the first key
		}
	}
	for i := range workers { // in the order in which they are started
		workers[i].signal = c.rt.NewSignal()
	}
	return workers, nil
}

func (c *client) newGate(n *nonce.Source) (*pace.Gate, error) {
	l, err := c.config.NewLimiter()
	if err != nil {
		return nil, err
	}
	g := pace.GateConfig{
		Limiter: l, Shared: c.config.Shared, Nonces: n, Clock: c.rt, Polling: c.config.Polling, Delayed: c.config.Delayed,
		Refusals: pace.Refusals{Ignore: true}, // a strategy is measured as it is, guards and all
	}
	if len(g.Shared) == 0 { // else the lock is that of their group
		g.Lock = c.rt.NewLock()
	}
	return pace.NewGate(g)
}

// observe tells of an event that is complete but for its time.
func (c *client) observe(e *Event, kind Kind) {
	e.Time, e.Kind = c.rt.Now(), kind
	c.observer.Observe(e)
}
