package pace

import (
	"container/list"
	"errors"
	"fmt"
	"sync"
	"time"

	"ratebench/clients/nonce"
)

// keys are the gates of a Transport, and which of them have been idle for how
// long. They are guarded by the Transport's mutex.
type keys struct {
	byName map[string]*keyGate
	idle   list.List // of *keyGate, the one first that has been idle for longest
}

// A keyGate is the gate of one key.
type keyGate struct {
	name  string
	ready chan struct{} // closed when gate or err are set
	gate  *Gate         // nil: there is none, because of err
	err   error

	users int           // requests in line or on their way
	uses  uint64        // requests so far
	place *list.Element // among the idle ones; nil: it is not idle
	since time.Time     // when it became idle
}

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
func (t *Transport) enter(name string) (*keyGate, error) {
	if t.NewLimiter == nil {
		return nil, errNoNewLimiter
	}
	k, isNew, err := t.use(name)
	if err != nil {
		return nil, err
	}
	defer func() {
		if k.gate == nil { // because of an error or a panic
			t.leave(k)
		}
	}()
	if isNew {
		t.fill(k)
	}
	<-k.ready
	if k.gate == nil {
		return nil, fmt.Errorf("key %.40q: %w", name, k.err)
	}
	return k, nil
}

// use takes a key that may not have its gate yet. Whoever uses a new one fills
// it. The error is ErrKeys.
func (t *Transport) use(name string) (k *keyGate, isNew bool, err error) {
	t.forget()
	t.mu.Lock()
	defer t.mu.Unlock()
	k = t.keys.byName[name]
	if isNew = k == nil; isNew {
		if t.MaxKeys > 0 && len(t.keys.byName) >= t.MaxKeys {
			return nil, false, ErrKeys
		}
		k = &keyGate{name: name, ready: make(chan struct{})}
		if t.keys.byName == nil {
			t.keys.byName = map[string]*keyGate{}
		}
		t.keys.byName[name] = k
	}
	if k.place != nil {
		t.keys.idle.Remove(k.place)
		k.place = nil
	}
	k.users++
	k.uses++
	return k, isNew, nil
}

// fill makes the gate of a key.
func (t *Transport) fill(k *keyGate) {
	defer close(k.ready)
	k.err = errPanicked // unless it gets to the end
	var nonces *nonce.Source
	l, err := t.NewLimiter(k.name)
	if err == nil {
		err = t.Retry.Validate()
	}
	if err == nil && l == nil {
		err = errNoLimiter
	}
	if err == nil && t.NewNonces != nil {
		nonces = t.NewNonces(k.name)
	}
	if err == nil {
		k.gate, err = NewGate(GateConfig{Limiter: l, Shared: t.Shared, Nonces: nonces, Delayed: true, MaxWaiters: t.MaxWaiters, Refusals: t.Refusals, ColdUntil: t.ColdUntil})
	}
	k.err = err
}

func (t *Transport) leave(k *keyGate) {
	t.mu.Lock()
	defer t.mu.Unlock()
	k.users--
	switch {
	case k.users > 0:
	case k.gate == nil: // so that the next request asks for a limiter again
		delete(t.keys.byName, k.name)
	case t.IdleTimeout > 0:
		k.since = time.Now()
		k.place = t.keys.idle.PushBack(k)
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
		k, uses := t.idlest(now)
		if k == nil {
			return
		}
		stats, dispensable := k.gate.Stats(), k.gate.dispensable()
		t.decide(k, uses, dispensable, stats, now)
	}
}

// idlest takes the key that has been idle for longest, if that is long enough, as
// if to use it, and tells how often it has been used.
func (t *Transport) idlest(now time.Time) (k *keyGate, uses uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	first := t.keys.idle.Front()
	if first == nil {
		return nil, 0
	}
	k = first.Value.(*keyGate)
	if now.Sub(k.since) < t.IdleTimeout {
		return nil, 0
	}
	t.keys.idle.Remove(first)
	k.place = nil
	k.users++
	return k, k.uses
}

// decide drops a key that was idle and is dispensable, unless it has been used
// meanwhile.
func (t *Transport) decide(k *keyGate, uses uint64, dispensable bool, stats Stats, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	k.users--
	switch {
	case k.users > 0: // it is in use
	case dispensable && k.uses == uses:
		t.past = t.past.plus(stats)
		delete(t.keys.byName, k.name)
	default:
		k.since = now
		k.place = t.keys.idle.PushBack(k)
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
