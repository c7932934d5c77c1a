package harness

import (
	"time"

	"ratebench/clients"
	"ratebench/clients/limiter"
)

// startPerKey starts a client for each key, with a generator and a queue of its
// own. They number their requests in turns, so that no two have the same number.
// A load with a count is shared out among them.
func startPerKey(rt clients.Runtime, caller clients.Caller, config clients.Config, o clients.Observer, pauses func(key int) func(uint64) time.Duration) error {
	keys, count, retry := config.Keys, config.Count, config.Retry
	for k := range keys {
		own := config
		own.Keys, own.Pause = 1, pauses(k)
		if count > 0 {
			if own.Count = (count + keys - 1 - k) / keys; own.Count == 0 { // which would be no end
				continue
			}
		}
		turn := turns{key: k, keys: keys}
		if retry != nil {
			again := *retry
			again.Draw = func(id int64, n int) float64 { return retry.Draw(turn.id(id), n) }
			own.Retry = &again
		}
		if err := clients.Start(rt, keyCaller{caller, turn}, own, keyObserver{o, turn}); err != nil {
			return err
		}
	}
	return nil
}

// turns tell what a client of one key calls its key and its requests apart from
// those of the others.
type turns struct{ key, keys int }

func (t turns) id(own int64) int64 { return own*int64(t.keys) + int64(t.key) }

// A keyCaller carries the calls of the client of one key.
type keyCaller struct {
	clients.Caller
	turn turns
}

// Call implements clients.Caller.
func (c keyCaller) Call(call clients.Call) (limiter.Outcome, error) {
	call.Key, call.ID = c.turn.key, c.turn.id(call.ID)
	return c.Caller.Call(call)
}

// A keyObserver is told of the events of the client of one key.
type keyObserver struct {
	clients.Observer
	turn turns
}

// Observe implements clients.Observer.
func (o keyObserver) Observe(e *clients.Event) {
	own := *e
	own.Request.ID = o.turn.id(e.Request.ID)
	if e.Key != clients.NoKey {
		own.Key = o.turn.key
	}
	o.Observer.Observe(&own)
}
