// Package clients is the client of a rate-limited API: a load generator, a
// main queue with a TTL, workers that pace themselves at a gate per key, and a
// dead letter queue. It runs on a Runtime, in virtual or in real time alike.
package clients

import (
	"errors"
	"time"

	"ratebench/clients/limiter"
	"ratebench/clients/pace"
)

// ErrTimeout is the Outcome.Err of a request whose answer did not come in time.
var ErrTimeout = errors.New("no answer in time")

// A Caller carries one request to the server and back.
type Caller interface {
	// Call blocks until the request is answered, fails, or times out, which
	// the outcome tells. Its only error is ErrStopped.
	Call(c Call) (limiter.Outcome, error)
}

// A Call is one request on the wire.
type Call struct {
	Key     int // index of the API key
	Nonce   int64
	ID      int64
	Timeout time.Duration
}

// Config describes a client.
type Config struct {
	// Keys is the number of API keys.
	Keys int
	// NewLimiter makes the limiter of a key, or of a worker.
	NewLimiter func() limiter.Limiter
	// LimiterPerWorker gives each worker a limiter of its own, in place of
	// one for all the workers of a key.
	LimiterPerWorker bool
	// Polling makes workers poll at the gate.
	Polling pace.Polling
	// WorkersPerKey is the number of requests that may be in flight on a key.
	WorkersPerKey int
	// Nonces is how nonces are made.
	Nonces pace.NoncePolicy
	// Wall is what the client's wall clock shows, for the nonces; nil is what
	// its runtime's clock does.
	Wall func(now time.Time) time.Time
	// Timeout bounds the time from departure to answer.
	Timeout time.Duration
	// TTL bounds the time from (re-)creation to departure.
	TTL time.Duration
	// Pause is the time between burst n and the next, counted from zero.
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
	// Retry tries again on the spot; nil does not.
	Retry *Retry
	// DeadLetter retries what did not succeed; nil drops it.
	DeadLetter *DeadLetter
	// Backpressure pauses the generator while the main queue is long; nil
	// never does.
	Backpressure *Backpressure
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
}

// Start starts the processes of a client on rt. They run until rt stops.
func Start(rt Runtime, caller Caller, config Config, observer Observer) {
	c := &client{
		rt: rt, caller: caller, config: config, observer: observer,
		main: newQueue(rt), dlq: newQueue(rt),
	}
	c.startWorkers()
	if config.DeadLetter != nil {
		rt.Go("dead letter queue", c.retry)
	}
	g := &generator{client: c, rt: config.GeneratorOn}
	if g.rt == nil {
		g.rt = rt
	}
	g.rt.Go("generator", g.generate)
}

// startWorkers starts the workers of all keys in turns, so that the first
// requests do not all go to the first key.
func (c *client) startWorkers() {
	nonces := make([]*pace.Nonces, c.config.Keys)
	gates := make([]*pace.Gate, c.config.Keys)
	for n := range c.config.WorkersPerKey {
		for key := range c.config.Keys {
			if n == 0 {
				nonces[key] = pace.NewNonces(c.config.Nonces, c.config.Wall)
			}
			if n == 0 || c.config.LimiterPerWorker {
				gates[key] = pace.NewGate(c.rt, c.config.NewLimiter(), nonces[key], c.config.Polling)
			}
			w := &worker{client: c, key: key, gate: gates[key], signal: c.rt.NewSignal()}
			c.rt.Go("worker", w.work)
		}
	}
}

func (c *client) observe(kind Kind, r Request, key int) {
	c.observer.Observe(Event{Time: c.rt.Now(), Kind: kind, Request: r, Key: key})
}
