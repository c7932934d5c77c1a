package pace

import (
	"time"

	"ratebench/clients/limiter"
	"ratebench/clients/pace/internal/waiting"
)

// Stats are what a gate, or all gates of a Transport, have done so far: for
// whatever a program exports its metrics with. All but Waiting, InFlight and Keys
// only grow.
//
// All that have come to a gate are Waiting, NotSent or Departed; those that
// departed are InFlight, Succeeded, Limited or Failed.
type Stats struct {
	// Waiting is how many are in line, and InFlight how many have been let go and
	// are not done.
	Waiting, InFlight int
	// Departed is how many were let go.
	Departed uint64
	// Succeeded had a status of 200 to 299, Limited were refused because of a
	// limit, and Failed ended in any other way.
	Succeeded, Limited, Failed uint64
	// NotSent is how many were not let go: Full of them because of MaxWaiters,
	// TooLong because the wait was known to be too long. The others ran out of
	// time, or were cancelled.
	NotSent, Full, TooLong uint64
	// Retried is how many of those that a Transport let go had been sent before.
	Retried uint64
	// Waited is how long those that departed had waited, all together. It counts
	// those that came to Wait, or with a Transport.
	Waited time.Duration
	// Keys is how many keys a Transport remembers; 0 for a Gate.
	Keys int
}

// Stats returns what the gate has done so far. It may be called at any time.
func (g *Gate) Stats() Stats {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.stats
}

// Stats returns what all gates of the Transport have done so far, those of keys
// that are forgotten by now included. It may be called at any time; it looks at
// every key.
func (t *Transport) Stats() Stats {
	sum, gates := t.gates()
	for _, g := range gates {
		sum = sum.plus(g.Stats())
	}
	sum.Keys, sum.Retried = len(gates), t.retried.Load()
	return sum
}

// gates returns those that there are, and what those did that were forgotten.
func (t *Transport) gates() (past Stats, gates []*Gate) {
	t.mu.Lock()
	defer t.mu.Unlock()
	gates = make([]*Gate, 0, t.keys.Len())
	t.keys.All(func(k *usedKey) {
		select {
		case <-k.Value.ready:
			if k.Value.gate != nil {
				gates = append(gates, k.Value.gate)
			}
		default:
		}
	})
	return t.past, gates
}

func (s Stats) plus(o Stats) Stats {
	return Stats{
		Waiting: s.Waiting + o.Waiting, InFlight: s.InFlight + o.InFlight,
		Departed:  s.Departed + o.Departed,
		Succeeded: s.Succeeded + o.Succeeded, Limited: s.Limited + o.Limited, Failed: s.Failed + o.Failed,
		NotSent: s.NotSent + o.NotSent, Full: s.Full + o.Full, TooLong: s.TooLong + o.TooLong,
		Waited: s.Waited + o.Waited,
	}
}

// count counts the end of a turn. Departures are counted as they are let go, which
// is before their goroutines know it.
func (g *Gate) count(t *Turn) {
	switch t.Err.(type) {
	case nil:
		if c, ok := t.signal.(*waiting.Signal); ok {
			g.stats.Waited += t.Permit.Granted.Sub(c.Came)
		}
		return
	case tooLongError:
		g.stats.TooLong++
	}
	if t.Err == ErrFull {
		g.stats.Full++
	}
	g.stats.NotSent++
}

// neverCame counts one whose time was over before it came.
func (g *Gate) neverCame() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.stats.NotSent++
}

// countEnd counts the end of a departure.
func (g *Gate) countEnd(o *limiter.Outcome) {
	switch {
	case o.OK():
		g.stats.Succeeded++
	case o.Limited():
		g.stats.Limited++
	default:
		g.stats.Failed++
	}
}
