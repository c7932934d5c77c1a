package pace

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"ratebench/clients/nonce"
	"ratebench/clients/pace/internal/keytable"
)

// A keyGate is the gate of one key.
type keyGate struct {
	ready chan struct{} // closed when gate or err are set
	gate  *Gate         // nil: there is none, because of err
	err   error
}

// A usedKey is a key with its gate.
type usedKey = keytable.Key[*keyGate]

// ErrKeys is returned by Transport.RoundTrip for a new key when MaxKeys are
// remembered. Nothing has been spent.
var ErrKeys = errors.New("too many keys")

var (
	errNoNewLimiter = errors.New("pace.Transport has no NewLimiter, want one")
	errNoLimiter    = errors.New("pace.Transport.NewLimiter returned no limiter, want one or an error")
	errPanicked     = errors.New("pace.Transport.NewLimiter or NewNonces panicked")
)

// enter returns the gate of a key for one request, until leave. An error has
// left already.
func (t *Transport) enter(name string) (*usedKey, error) {
	if t.NewLimiter == nil {
		return nil, errNoNewLimiter
	}
	k, isNew, err := t.use(name)
	if err != nil {
		return nil, err
	}
	g := k.Value
	defer func() {
		if g.gate == nil { // because of an error or a panic
			t.leave(k)
		}
	}()
	if isNew {
		t.fill(name, g)
	}
	<-g.ready
	if g.gate == nil {
		return nil, fmt.Errorf("key %.40q: %w", name, g.err)
	}
	return k, nil
}

// use takes a key that may not have its gate yet. Whoever uses a new one fills
// it. The error is ErrKeys.
func (t *Transport) use(name string) (k *usedKey, isNew bool, err error) {
	t.forget()
	t.mu.Lock()
	defer t.mu.Unlock()
	k = t.keys.Find(name)
	if isNew = k == nil; isNew {
		if t.MaxKeys > 0 && t.keys.Len() >= t.MaxKeys {
			return nil, false, ErrKeys
		}
		k = t.keys.Add(name, &keyGate{ready: make(chan struct{})})
	}
	t.keys.Use(k)
	return k, isNew, nil
}

// fill makes the gate of a key.
func (t *Transport) fill(name string, k *keyGate) {
	defer close(k.ready)
	k.err = errPanicked // unless it gets to the end
	var nonces *nonce.Source
	l, err := t.NewLimiter(name)
	if err == nil {
		err = t.Retry.Validate()
	}
	if err == nil && l == nil {
		err = errNoLimiter
	}
	if err == nil && t.NewNonces != nil {
		nonces = t.NewNonces(name)
	}
	if err == nil {
		k.gate, err = NewGate(GateConfig{Limiter: l, Shared: t.Shared, Nonces: nonces, Delayed: true, MaxWaiters: t.MaxWaiters, Refusals: t.Refusals, ColdUntil: t.ColdUntil})
	}
	k.err = err
}

func (t *Transport) leave(k *usedKey) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case !t.keys.Leave(k):
	case k.Value.gate == nil: // so that the next request asks for a limiter again
		t.keys.Drop(k)
	case t.IdleTimeout > 0:
		t.keys.Idle(k, time.Now())
	}
}

// forget drops keys that have been idle for long. It looks at a few of them
// each time that a key is used, which is more than are added, and never stops
// everybody for all of them: nor for one, for what it asks a limiter, which may
// take its time, it asks while nobody has to wait.
func (t *Transport) forget() {
	if t.IdleTimeout <= 0 {
		return
	}
	now := time.Now()
	for range 8 {
		t.mu.Lock()
		k, uses := t.keys.Idlest(now, t.IdleTimeout)
		t.mu.Unlock()
		if k == nil {
			return
		}
		stats, dispensable := k.Value.gate.Stats(), k.Value.gate.dispensable()
		t.mu.Lock()
		if t.keys.Decide(k, uses, dispensable, now) {
			t.past = t.past.plus(stats)
		}
		t.mu.Unlock()
	}
}

// dispensable reports whether a new gate would do as well: a request could
// leave right now, and its nonce would be the clock's. A limiter that panics is
// no loss.
func (g *Gate) dispensable() (yes bool) {
	defer func() {
		if recover() != nil {
			yes = true
		}
	}()
	if lock, ok := g.mu.(*sync.Mutex); !ok || !lock.TryLock() {
		return false
	}
	defer g.mu.Unlock()
	now := g.clock.Now()
	return g.line.empty() && !g.limiter.Next(now, 1).After(now) && !g.nonces.Ahead(now)
}
