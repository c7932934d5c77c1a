package virtual

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"

	"pgregory.net/rapid"

	"ratebench/clients"
	"ratebench/clients/backoff"
	"ratebench/clients/limiter"
	"ratebench/clients/limiter/bucket"
	"ratebench/clients/limiter/feedback"
	"ratebench/clients/nonce"
	"ratebench/clients/pace"
)

// plainSignal is a signal that is not Resettable.
type plainSignal struct{ pace.Signal }

// asked is a limiter that does not say that it is an open loop.
type asked struct{ limiter.Limiter }

// Due implements limiter.Punctual.
func (a asked) Due(at time.Time) {
	if p, ok := a.Limiter.(limiter.Punctual); ok {
		p.Due(at)
	}
}

// Delay implements limiter.Delayable.
func (a asked) Delay(t limiter.Ticket) {
	if d, ok := a.Limiter.(limiter.Delayable); ok {
		d.Delay(t)
	}
}

// Left implements limiter.Delayable.
func (a asked) Left(now time.Time, t limiter.Ticket) {
	if d, ok := a.Limiter.(limiter.Delayable); ok {
		d.Left(now, t)
	}
}

// gateRun is a gate, and requests that come to it.
type gateRun struct {
	limiter  limiter.Config
	quota    limiter.Quota
	guards   limiter.Guards
	ignore   bool // refusals
	delayed  bool
	polling  pace.Polling
	workers  int
	requests []request
}

// request comes a while after the one before it of its worker has ended.
type request struct {
	worker       int
	after, ttl   time.Duration // ttl: 0: it has none
	cost         int64
	takes, leave time.Duration // until its answer; until it is on the wire
	outcome      limiter.Outcome
}

// log is what becomes of each request, in the order in which it does. Where the gate
// is told more, signals can be reset and the limiter says if it is an open loop.
func (r gateRun) log(t *rapid.T, told bool) (lines []string) {
	k := New()
	k.timers.from = int64(20 * ms) // some deadlines are distant, and some are not
	l, err := limiter.New(r.limiter, r.quota, r.guards)
	if err != nil {
		t.Fatal(err)
	}
	if !told {
		l = asked{l}
	}
	g, err := pace.NewGate(pace.GateConfig{
		Limiter: l, Clock: k, Lock: k.NewLock(), Polling: r.polling, Delayed: r.delayed, Nonces: nonce.New(nonce.Increasing, nil),
		Refusals: pace.Refusals{Ignore: r.ignore, Pause: backoff.Rule{Base: 30 * ms}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for w := range r.workers {
		k.Go("worker", func() {
			s := k.NewSignal()
			if !told {
				s = plainSignal{s}
			}
			note := func(n int, what any) { lines = append(lines, fmt.Sprint(k.Now().Sub(Epoch), n, what)) }
			for n, q := range r.requests {
				if q.worker != w {
					continue
				}
				if k.Sleep(q.after) != nil {
					return
				}
				var deadline time.Time
				if q.ttl > 0 {
					deadline = k.Now().Add(q.ttl)
				}
				p, err := g.Acquire(s, deadline, q.cost)
				if err == clients.ErrStopped {
					return
				}
				if err != nil {
					note(n, err)
					continue
				}
				note(n, p.Nonce)
				if q.leave > 0 && k.Sleep(q.leave) == nil {
					g.Left(p)
				}
				if k.Sleep(q.takes) != nil {
					return
				}
				note(n, g.Done(p, q.outcome).Sent.Sub(Epoch))
			}
		})
	}
	if err := k.Run(10 * time.Second); err != nil {
		t.Fatal(err)
	}
	return append(lines, fmt.Sprintf("%+v", g.Stats()))
}

var gateLimiters = []limiter.Config{
	&limiter.Window{}, &limiter.SlidingLog{}, &limiter.FixedInterval{Interval: 7 * ms}, &limiter.Paced{Spread: 4 * ms},
	&limiter.AckClocked{}, &limiter.None{},
	&bucket.TokenBucket{}, &bucket.Reservation{}, &bucket.TokenBucketTutorial{}, &bucket.Paced{},
	&feedback.Header{}, &feedback.BackoffOnly{Base: 20 * ms, Cap: time.Second, Jitter: backoff.JitterNone},
}

// To be told when one can leave, in place of being woken to ask, and not to be told
// of ends that are no news, changes nothing of what leaves, expires and ends: neither
// when, nor in what order, nor how often. An answer takes some time: of one at the
// instant of the departure that settles a higher cost, who was told when it can leave
// does not know, and asks again, where who was woken knows by the time of its turn.
func TestGateThatTellsLess(t *testing.T) {
	whole := func(t *rapid.T, most int, what string) time.Duration {
		return time.Duration(rapid.IntRange(0, most).Draw(t, what)) * ms // many at the same instant
	}
	rapid.Check(t, func(t *rapid.T) {
		r := gateRun{
			limiter: rapid.SampledFrom(gateLimiters).Draw(t, "limiter"),
			quota:   limiter.Quota{Limit: rapid.IntRange(1, 4).Draw(t, "limit"), Window: 40 * ms},
			ignore:  rapid.Bool().Draw(t, "ignore"),
			delayed: rapid.Bool().Draw(t, "delayed"),
			polling: rapid.SampledFrom([]pace.Polling{{}, {}, {}, {Every: 3 * ms}, {Every: 3 * ms, SkipIdle: true}}).Draw(t, "polling"),
			guards:  rapid.SampledFrom([]limiter.Guards{{}, {}, {}, {InFlight: 2}, {Order: true, Latency: 3 * ms}, {Penalty: 20 * ms}}).Draw(t, "guards"),
			workers: rapid.IntRange(1, 6).Draw(t, "workers"),
		}
		most := int64(3)
		if r.polling.SkipIdle { // with other costs, every end has those who poll set their timers anew
			most = 1
		}
		r.requests = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) request {
			q := request{
				worker: rapid.IntRange(0, r.workers-1).Draw(t, "worker"),
				after:  whole(t, 10, "after"), ttl: whole(t, 90, "ttl"), takes: ms + whole(t, 29, "takes"),
				cost: rapid.Int64Range(min(1, 3-most), most).Draw(t, "cost"),
				outcome: limiter.Outcome{
					Status:     rapid.SampledFrom([]int{200, 200, 429, 503, 0}).Draw(t, "status"),
					Cost:       rapid.SampledFrom([]int64{0, 0, 1, 4}).Draw(t, "cost in the end"),
					RetryAfter: whole(t, 1, "retry after") * 25,
				},
			}
			if r.delayed {
				q.leave = whole(t, 3, "leave")
			}
			return q
		}), 20, 60).Draw(t, "requests")
		if got, want := r.log(t, true), r.log(t, false); !slices.Equal(got, want) {
			t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
		}
	})
}

// What is foretold of a signal is the signal, and then whoever waits for it, if anybody does.
func TestSignalForetells(t *testing.T) {
	k := New()
	s := k.NewSignal().(*signal)
	p := k.newSlot()
	for _, waiter := range []*process{nil, p} {
		s.waiter = waiter
		var want []unsafe.Pointer
		if waiter != nil {
			want = append(want, unsafe.Pointer(p))
		}
		if own, next, last := s.Lines(0, nil), s.Lines(1, nil), s.Lines(2, nil); !slices.Equal(own, []unsafe.Pointer{unsafe.Pointer(s)}) || !slices.Equal(next, want) || last != nil {
			t.Errorf("%v, then %v, then %v; want the signal, then %v, then nothing", own, next, last, want)
		}
	}
}
