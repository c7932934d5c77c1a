package pace

import (
	"maps"
	"time"
)

// A keyGate is the gate of one key, and what it takes to tell that the key can
// be forgotten.
type keyGate struct {
	gate  *Gate
	clock Clock
	users int       // requests in line or on their way
	used  time.Time // when the last one ended
}

// enter returns the gate of a key for one request, until leave.
func (t *Transport) enter(key string) *keyGate {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.forget(time.Now())
	k := t.keys[key]
	if k == nil {
		clock := steadyClock{time.Now()}
		k = &keyGate{gate: NewGate(clock, t.NewLimiter(key), NewNonces(Increasing, nil), Polling{}), clock: clock}
		if t.keys == nil {
			t.keys = map[string]*keyGate{}
		}
		t.keys[key] = k
	}
	k.users++
	return k
}

func (t *Transport) leave(k *keyGate) {
	t.mu.Lock()
	defer t.mu.Unlock()
	k.users--
	k.used = time.Now()
}

// forget drops idle keys. It looks for them once in each IdleTimeout, so that
// those kept are at most the keys of the last two, and those that are held.
func (t *Transport) forget(now time.Time) {
	if t.IdleTimeout <= 0 || now.Sub(t.swept) < t.IdleTimeout {
		return
	}
	t.swept = now
	maps.DeleteFunc(t.keys, func(_ string, k *keyGate) bool {
		return k.users == 0 && now.Sub(k.used) >= t.IdleTimeout && k.gate.open()
	})
}

// open reports whether a request could leave right now.
func (g *Gate) open() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.clock.Now()
	return len(g.line) == 0 && !g.limiter.Next(now).After(now)
}
