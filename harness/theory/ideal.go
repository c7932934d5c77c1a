package theory

import (
	"container/heap"
	"time"

	"ratebench/harness/dist"
	"ratebench/harness/scenario"
	"ratebench/harness/scenario/api"
)

// knowledge is what a client goes by.
type knowledge uint8

const (
	sends      knowledge = iota // its own times of send
	answers                     // those and its times of answer
	serverTime                  // those and when the server says requests arrived
)

// An ideal is the client of one key that gets the most out of the server
// without ever risking a 429: it knows the ends of both latencies, has always
// something to send, and sends as soon as it may. The n-th departure is
//
//	s[n] = the least of free(k, W' - min in) over the slots, k the last to use it,
//
// where free(k, h) is when the client first knows for certain that request k
// arrived h ago or more. In order it is not before free(n-1, -min in) either: no
// nonce overtakes the one before it; who keeps them in order goes by answers even
// if its slots do not. Alone it is not before the answer to n-1.
//
// Bounds only grow: delaying a departure never brings a later one forward, so
// that no client with the same knowledge and duties gets more answers by any time,
// if the n-th request on the key meets the same latencies for both.
type ideal struct {
	knows knowledge
	order bool
	alone bool

	slots  int           // N; 0: as many as it wants
	reuse  time.Duration // W'
	inMin  time.Duration
	inMax  time.Duration // the longest that is ever drawn
	outMin time.Duration

	// What matters to one alone.
	work    time.Duration // spent on each request after its answer
	timeout time.Duration // after which it goes on without an answer; 0: never
}

// idealFor is the ideal client of a scenario's server under a limit.
func idealFor(server *api.Server, limit scenario.Limit) ideal {
	inMin, _ := server.Incoming.Support()
	outMin, _ := server.Outgoing.Support()
	return ideal{
		slots: limit.N, reuse: reuseAge(limit.Window, server.Resolution),
		inMin: inMin, inMax: longest(server.Incoming), outMin: outMin,
	}
}

// longest is the longest duration that can be drawn: the end of the support, or
// the quantile of the greatest number below 1 that dist.U returns.
func longest(d dist.Dist) time.Duration {
	if _, top := d.Support(); top != dist.Unbounded {
		return top
	}
	return d.Quantile(highest)
}

// highest is the greatest number below 1 that dist.U returns.
const highest = 1 - 1.0/(1<<53)

// A request of an ideal client, in times since its start.
type request struct{ sent, arrived, answered time.Duration }

// free is when somebody with that knowledge knows for certain that r arrived h ago or more; h may
// be less than 0. What an answer tells is not known before it is there.
func (c *ideal) free(r request, knows knowledge, h time.Duration) time.Duration {
	at := r.sent + c.inMax + h
	switch knows {
	case answers:
		at = min(at, max(r.answered, r.answered-c.outMin+h))
	case serverTime:
		at = min(at, max(r.answered, r.arrived+h))
	}
	return at
}

// ended is when a client is done with a request.
func (c *ideal) ended(r request) time.Duration {
	if c.timeout > 0 && r.answered-r.sent > c.timeout {
		return r.sent + c.timeout
	}
	return r.answered + c.work
}

// run calls each with one request after the other, until that is false, and
// returns the last.
func (c *ideal) run(latencies func(n uint64) (in, out time.Duration), each func(request) bool) (last request) {
	var slots freeTimes // of the slots that have been used
	soonest := 0        // of the slots, when all have been used
	inTurn := c.order || c.alone
	for n := uint64(0); ; n++ {
		at := last.sent
		if full := c.slots > 0 && len(slots) == c.slots; full {
			at = max(at, slots[soonest])
		}
		if n > 0 && c.order {
			at = max(at, c.free(last, max(c.knows, answers), -c.inMin))
		}
		if n > 0 && c.alone {
			at = max(at, c.ended(last))
		}
		in, out := latencies(n)
		last = request{at, at + in, at + in + out}
		switch reusable := c.free(last, c.knows, c.reuse-c.inMin); {
		case len(slots) < c.slots:
			if slots = append(slots, reusable); len(slots) == c.slots && !inTurn {
				heap.Init(&slots)
			}
		case c.slots == 0:
		case inTurn: // later requests are free later, so that slots come in turns
			slots[soonest] = reusable
			soonest = (soonest + 1) % c.slots
		default:
			slots[0] = reusable
			heap.Fix(&slots, 0)
		}
		if !each(last) {
			return last
		}
	}
}

// freeTimes is a heap.Interface whose length does not change.
type freeTimes []time.Duration

func (f freeTimes) Len() int           { return len(f) }
func (f freeTimes) Less(i, k int) bool { return f[i] < f[k] }
func (f freeTimes) Swap(i, k int)      { f[i], f[k] = f[k], f[i] }
func (f freeTimes) Push(any)           { panic("theory: there are as many slots as there are") }
func (f freeTimes) Pop() any           { panic("theory: there are as many slots as there are") }
