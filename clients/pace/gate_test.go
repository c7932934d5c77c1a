package pace

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"ratebench/clients/limiter"
	"ratebench/clients/limiter/bucket"
	"ratebench/clients/limiter/limitertest"
	"ratebench/clients/nonce"
)

const ms = time.Millisecond

var errStopped = errors.New("stopped")

// bubbleClock is the time of a synctest bubble.
type bubbleClock struct{}

func (bubbleClock) Now() time.Time { return time.Now() }

// bubbleSignal is a Signal in a synctest bubble that can be stopped.
type bubbleSignal struct {
	token chan struct{}
	stop  chan struct{}
}

func newBubbleSignal() bubbleSignal {
	return bubbleSignal{make(chan struct{}, 1), make(chan struct{})}
}

func (s bubbleSignal) Notify() {
	select {
	case s.token <- struct{}{}:
	default:
	}
}

func (s bubbleSignal) Wait(until time.Time) error {
	var late <-chan time.Time
	if !until.IsZero() {
		late = time.After(time.Until(until))
	}
	select {
	case <-s.token:
		return nil
	case <-late:
		return ErrDeadline
	case <-s.stop:
		return errStopped
	}
}

// spaced lets one request go every gap; Done brings the next one forward to
// now when the outcome is OK.
type spaced struct {
	gap  time.Duration
	next time.Time
	sent limiter.Ticket
}

func (s *spaced) Next(time.Time, int64) time.Time { return s.next }

func (s *spaced) Sent(now time.Time, _ int64) limiter.Ticket {
	s.next = now.Add(s.gap)
	s.sent++
	return s.sent - 1
}

func (s *spaced) Done(now time.Time, _ limiter.Ticket, o limiter.Outcome) {
	if o.OK() {
		s.next = now
	}
}

// gateLog is a gate in a bubble, and what happened at it.
type gateLog struct {
	t     *testing.T
	gate  *Gate
	start time.Time
	wg    sync.WaitGroup
	mu    sync.Mutex
	lines []string
}

func (l *gateLog) note(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, fmt.Sprintf("%v ", time.Since(l.start))+fmt.Sprintf(format, args...))
}

// worker comes to the gate at the given time with a deadline (0: none), and
// leaves when cancelled (0: never).
func (l *gateLog) worker(name string, at, deadline, cancel time.Duration) {
	l.wg.Go(func() {
		time.Sleep(at)
		var d time.Time
		if deadline > 0 {
			d = l.start.Add(deadline)
		}
		s := newBubbleSignal()
		if cancel > 0 {
			time.AfterFunc(cancel-at, func() { close(s.stop) })
		}
		p, err := l.gate.Acquire(s, d, 1)
		if err != nil {
			l.note("%s: %v", name, err)
			return
		}
		l.note("%s departs, ticket %d", name, p.Ticket)
	})
}

func newGate(t *testing.T, c GateConfig) *Gate {
	t.Helper()
	g, err := NewGate(c)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func atGate(t *testing.T, gap time.Duration, poll Polling, f func(l *gateLog), want ...string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		l := &gateLog{t: t, start: time.Now()}
		l.gate = newGate(t, GateConfig{Limiter: &spaced{gap: gap}, Clock: bubbleClock{}, Polling: poll})
		f(l)
		l.wg.Wait()
		byInstant(l.lines)
		byInstant(want)
		if !slices.Equal(l.lines, want) {
			t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(l.lines, "\n\t"), strings.Join(want, "\n\t"))
		}
	})
}

// byInstant sorts what is noted at one instant, since goroutines that are woken at
// once run in any order.
func byInstant(lines []string) {
	for i := 0; i < len(lines); {
		at, _, _ := strings.Cut(lines[i], " ")
		end := i + 1
		for end < len(lines) && strings.HasPrefix(lines[end], at+" ") {
			end++
		}
		slices.Sort(lines[i:end])
		i = end
	}
}

func TestGateIsFirstInFirstOut(t *testing.T) {
	atGate(t, 10*ms, Polling{}, func(l *gateLog) {
		for i, name := range []string{"a", "b", "c", "d"} {
			l.worker(name, time.Duration(i)*ms, 0, 0)
		}
	}, "0s a departs, ticket 0", "10ms b departs, ticket 1", "20ms c departs, ticket 2", "30ms d departs, ticket 3")
}

func TestGateGivesUpAtTheDeadlineAndSpendsNothing(t *testing.T) {
	atGate(t, 10*ms, Polling{}, func(l *gateLog) {
		l.worker("a", 0, 0, 0)
		l.worker("head", 1*ms, 5*ms, 0)     // at the front of the line when it expires
		l.worker("second", 2*ms, 4*ms, 0)   // expires behind it
		l.worker("in time", 3*ms, 10*ms, 0) // a departure at the deadline is in time
		l.worker("next", 4*ms, 0, 0)
	}, "0s a departs, ticket 0", "4ms second: deadline passed at the gate", "5ms head: deadline passed at the gate",
		"10ms in time departs, ticket 1", "20ms next departs, ticket 2")
}

func TestGateDeadlineInThePast(t *testing.T) {
	atGate(t, 10*ms, Polling{}, func(l *gateLog) {
		l.worker("late", 5*ms, 1*ms, 0)
	}, "5ms late: deadline passed at the gate")
}

func TestGateCancelLeavesTheLine(t *testing.T) {
	atGate(t, 10*ms, Polling{}, func(l *gateLog) {
		l.worker("a", 0, 0, 0)
		l.worker("b", 1*ms, 0, 7*ms)
		l.worker("c", 2*ms, 0, 0)
	}, "0s a departs, ticket 0", "7ms b: stopped", "10ms c departs, ticket 1")
}

func TestGateAsksAgainAfterAnAnswer(t *testing.T) {
	atGate(t, time.Hour, Polling{}, func(l *gateLog) {
		l.worker("a", 0, 0, 0)
		l.worker("b", 1*ms, 0, 0)
		time.Sleep(30 * ms)
		l.gate.Done(Permit{}, limiter.Outcome{Status: 404}) // changes nothing
		time.Sleep(12 * ms)
		l.gate.Done(Permit{}, limiter.Outcome{Status: 200})
	}, "0s a departs, ticket 0", "42ms b departs, ticket 1")
}

// Whoever polls looks at its own multiples of Every; there is no line.
func TestGatePolling(t *testing.T) {
	for _, skip := range []bool{false, true} {
		t.Run(fmt.Sprint("skip=", skip), func(t *testing.T) {
			atGate(t, 12*ms, Polling{Every: 4 * ms, SkipIdle: skip}, func(l *gateLog) {
				l.worker("a", 0, 0, 0)
				l.worker("b", 1*ms, 0, 0)     // looks at 1, 5, 9, 13, 17, 21, 25
				l.worker("c", 4*ms, 0, 0)     // looks at 4, 8, 12: before b, although it came later
				l.worker("d", 2*ms, 13*ms, 0) // looks at 2, 6, 10, 14: gives up at its first look after 13
			}, "0s a departs, ticket 0", "12ms c departs, ticket 1", "14ms d: deadline passed at the gate", "25ms b departs, ticket 2")
		})
	}
}

// When a worker that polls every 10 ms looks next: at a multiple of that from when it
// came, after now; without idle looks not before it is of use, or it has to give up.
func TestTheNextLook(t *testing.T) {
	came := time.Now()
	for _, tt := range []struct {
		skip                        bool
		now, useful, deadline, want time.Duration // deadline 0: there is none
	}{
		{false, 0, 95 * ms, 0, 10 * ms},
		{false, 25 * ms, 95 * ms, 0, 35 * ms},
		{true, 0, 0, 0, 10 * ms},
		{true, 0, 10 * ms, 0, 10 * ms},
		{true, 0, 10*ms + 1, 0, 20 * ms},
		{true, 0, 95 * ms, 0, 100 * ms},
		{true, 25 * ms, 5 * ms, 0, 30 * ms},
		{true, 30 * ms, 30 * ms, 0, 40 * ms},
		{true, 0, 95 * ms, 20*ms - 1, 20 * ms},
		{true, 0, 95 * ms, 20 * ms, 30 * ms},
		{true, 0, 15 * ms, 95 * ms, 20 * ms},
	} {
		g := &Gate{poll: Polling{Every: 10 * ms, SkipIdle: tt.skip}}
		w := &Turn{came: came}
		if tt.deadline > 0 {
			w.deadline = came.Add(tt.deadline)
		}
		if got := g.nextLook(w, came.Add(tt.now), came.Add(tt.useful)); got.Sub(came) != tt.want {
			t.Errorf("%+v: it looks after %v", tt, got.Sub(came))
		}
		for _, by := range []time.Duration{-time.Hour, time.Hour} { // while it waits
			now := limitertest.WithWallSet(t, came.Add(tt.now), by)
			useful := limitertest.WithWallSet(t, came.Add(tt.useful), by)
			if got := g.nextLook(w, now, useful); got.Sub(came) != tt.want {
				t.Errorf("%+v, the wall clock set by %v: it looks after %v", tt, by, got.Sub(came))
			}
		}
	}
}

func TestGatePollingNoticesAnAnswerAtTheNextLook(t *testing.T) {
	for _, skip := range []bool{false, true} {
		atGate(t, time.Hour, Polling{Every: 4 * ms, SkipIdle: skip}, func(l *gateLog) {
			l.worker("a", 0, 0, 0)
			l.worker("b", 1*ms, 0, 0)
			time.Sleep(42 * ms)
			l.gate.Done(Permit{}, limiter.Outcome{Status: 200})
		}, "0s a departs, ticket 0", "45ms b departs, ticket 1")
	}
}

// An answer may bring the departure of one poller forward and not that of the first:
// of two that cost 3 and 2, with 1 of 3 under way.
func TestGatePollersOfOtherCostsNoticeAnAnswer(t *testing.T) {
	for _, skip := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			l, err := bucket.Concurrency{Limit: 3}.New()
			if err != nil {
				t.Fatal(err)
			}
			g := newGate(t, GateConfig{Limiter: l, Polling: Polling{Every: 4 * ms, SkipIdle: skip}})
			acquire := func(cost int64) Permit {
				p, err := g.Acquire(newBubbleSignal(), time.Time{}, cost)
				if err != nil {
					t.Error(err)
				}
				return p
			}
			two, one := acquire(2), acquire(1)
			left := make(chan time.Duration, 1)
			three := make(chan Permit)
			go func() { three <- acquire(3) }()
			time.Sleep(2 * ms)
			go func() {
				p := acquire(2)
				left <- time.Since(start)
				g.Done(p, limiter.Outcome{Status: 200})
			}()
			time.Sleep(39 * ms)
			g.Done(two, limiter.Outcome{Status: 200})
			if got := <-left; got != 42*ms {
				t.Errorf("skip %v: left after %v, want 42ms", skip, got)
			}
			g.Done(one, limiter.Outcome{Status: 200})
			<-three
		})
	}
}

var errSignal = errors.New("cancelled by the caller")

type brokenSignal struct{ bubbleSignal }

func (brokenSignal) Wait(time.Time) error { return errSignal }

// A caller may bring a signal that ends for reasons of its own.
func TestGatePassesOnTheSignalsError(t *testing.T) {
	g := newGate(t, GateConfig{Limiter: &spaced{gap: time.Hour, next: time.Now().Add(time.Hour)}})
	if _, err := g.Acquire(brokenSignal{}, time.Time{}, 1); err != errSignal {
		t.Errorf("got %v", err)
	}
	if !g.line.empty() {
		t.Error("still in line")
	}
}

func TestNewGateRefuses(t *testing.T) {
	for want, c := range map[string]GateConfig{
		"gate has no Limiter, want one":                            {},
		"gate polls every -1ms, want more than 0, or 0 for a line": {Limiter: &spaced{}, Polling: Polling{Every: -ms}},
	} {
		if g, err := NewGate(c); g != nil || err == nil || err.Error() != want {
			t.Errorf("got %v, %v; want %s", g, err, want)
		}
	}
}

// What is not given has a default that works.
func TestGateDefaults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(t, GateConfig{Limiter: &spaced{gap: 10 * ms}})
		start := time.Now()
		for i := range 3 {
			p, err := g.Wait(t.Context(), 1)
			if err != nil {
				t.Fatal(err)
			}
			if want := start.Add(time.Duration(i) * 10 * ms); !p.Granted.Equal(want) || p.Nonce != want.UnixMilli() {
				t.Errorf("departure %d at %v with nonce %d", i, p.Granted.Sub(start), p.Nonce)
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*ms)
		defer cancel()
		_, err := g.Wait(ctx, 1)
		waited, ok := errors.AsType[*WaitError](err)
		if !ok || waited.Waited != 5*ms || !waited.Timeout() || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}

// Two requests within a millisecond would have the same timestamp for a nonce:
// the second waits for the next millisecond, and for no longer.
func TestTimestampNoncesDiffer(t *testing.T) {
	for _, poll := range []Polling{{}, {Every: 300 * time.Microsecond}, {Every: 300 * time.Microsecond, SkipIdle: true}} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			// The wall clock is 0.4 ms into a millisecond at the start.
			wall := func(now time.Time) time.Time { return now.Add(400 * time.Microsecond) }
			g := newGate(t, GateConfig{Limiter: &spaced{}, Nonces: nonce.New(nonce.Timestamp, wall), Polling: poll})
			want := []time.Duration{0, 600 * time.Microsecond, 1600 * time.Microsecond}
			if poll.Every > 0 { // looks every 300 us since it came
				want = []time.Duration{0, 600 * time.Microsecond, 1800 * time.Microsecond}
			}
			last := int64(0)
			for i, want := range want {
				p, err := g.Wait(t.Context(), 1)
				if err != nil {
					t.Fatal(err)
				}
				if got := p.Granted.Sub(start); got != want || p.Nonce <= last {
					t.Errorf("poll %+v: departure %d at %v with nonce %d after %d, want %v", poll, i, got, p.Nonce, last, want)
				}
				last = p.Nonce
			}
		})
	}
}

// told notes what a limiter is told, beside when.
type told struct {
	spaced
	start time.Time
	lines []string
}

func (l *told) note(now time.Time, what string, t limiter.Ticket) {
	l.lines = append(l.lines, fmt.Sprintf("%v %s %d", now.Sub(l.start), what, t))
}

func (l *told) Sent(now time.Time, cost int64) limiter.Ticket {
	t := l.spaced.Sent(now, cost)
	l.note(now, "sent", t)
	return t
}

func (l *told) Delay(t limiter.Ticket)               { l.note(l.start, "delay", t) }
func (l *told) Left(now time.Time, t limiter.Ticket) { l.note(now, "left", t) }

func (l *told) Done(now time.Time, t limiter.Ticket, o limiter.Outcome) {
	l.note(now, fmt.Sprintf("done, sent %v,", o.Sent.Sub(l.start)), t)
}

// opened is a limiter that lets nothing go until somebody has told it to.
type opened struct {
	spaced
	open bool
	wake func()
}

func (o *opened) Wake(f func()) { o.wake = f }

func (o *opened) Next(now time.Time, cost int64) time.Time {
	if !o.open {
		return limiter.Never
	}
	return o.spaced.Next(now, cost)
}

// A limiter that can allow a departure by itself has the gate ask again, whoever
// waits in whatever way.
func TestAWakingLimiterHasTheGateAskAgain(t *testing.T) {
	for _, tt := range []struct {
		c    GateConfig
		want time.Duration
	}{
		{GateConfig{}, 5 * ms},
		{GateConfig{Clock: bubbleClock{}}, 5 * ms}, // without an alarm
		{GateConfig{Polling: Polling{Every: 10 * ms, SkipIdle: true}}, 10 * ms},
	} {
		c := tt.c
		synctest.Test(t, func(t *testing.T) {
			l, start := &opened{}, time.Now()
			c.Limiter = l
			g := newGate(t, c)
			l.wake() // nobody waits
			time.AfterFunc(5*ms, func() {
				g.mu.Lock()
				l.open = true
				g.mu.Unlock()
				l.wake()
			})
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			if _, err := g.Wait(ctx, 1); err != nil || time.Since(start) != tt.want {
				t.Errorf("left after %v: %v, want %v", time.Since(start), err, tt.want)
			}
		})
	}
}

// Of departures that are delayed the shared limits are told, too, and of others not.
func TestDelayedDeparturesFromSharedLimits(t *testing.T) {
	for delayed, want := range map[bool][]string{
		true:  {"0s sent 0", "0s delay 0", "5ms left 0", "7ms done, sent 5ms, 0"},
		false: {"0s sent 0", "7ms done, sent 0s, 0"},
	} {
		synctest.Test(t, func(t *testing.T) {
			l := &told{start: time.Now()}
			shared, err := NewGroup(nil).Share(l)
			if err != nil {
				t.Fatal(err)
			}
			g := newGate(t, GateConfig{Limiter: &spaced{}, Shared: []*Shared{shared}, Delayed: delayed})
			p, err := g.Wait(t.Context(), 1)
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(5 * ms)
			if delayed {
				g.Left(p)
			}
			time.Sleep(2 * ms)
			g.Done(p, limiter.Outcome{Status: 200})
			if !slices.Equal(l.lines, want) {
				t.Errorf("delayed %v: told %q, want %q", delayed, l.lines, want)
			}
		})
	}
}

func TestDelayedDepartures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &told{start: time.Now()}
		g := newGate(t, GateConfig{Limiter: l, Delayed: true})
		wait := func() Permit {
			t.Helper()
			p, err := g.Wait(t.Context(), 1)
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		a, b := wait(), wait()
		time.Sleep(10 * ms)
		g.Left(b)
		time.Sleep(10 * ms)
		g.Left(b) // written again
		if o := g.Done(b, limiter.Outcome{Status: 200}); o.Sent != l.start.Add(20*ms) || o.Status != 200 {
			t.Errorf("b was sent %v", o.Sent.Sub(l.start))
		}
		g.Left(b) // too late
		time.Sleep(10 * ms)
		if o := g.Done(a, limiter.Outcome{Err: errStopped}); o.Sent != l.start.Add(30*ms) {
			t.Errorf("a was sent %v: it has left by the time that it ends", o.Sent.Sub(l.start))
		}
		want := []string{
			"0s sent 0", "0s delay 0", "0s sent 1", "0s delay 1", "10ms left 1", "20ms left 1", "20ms done, sent 20ms, 1",
			"30ms left 0", "30ms done, sent 30ms, 0",
		}
		if !slices.Equal(l.lines, want) {
			t.Errorf("told\n\t%s\nwant\n\t%s", strings.Join(l.lines, "\n\t"), strings.Join(want, "\n\t"))
		}
	})
}

// Without delays a limiter hears of none, and Left does nothing.
func TestDeparturesThatAreNotDelayed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &told{start: time.Now()}
		g := newGate(t, GateConfig{Limiter: l})
		p, err := g.Wait(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * ms)
		g.Left(p)
		if o := g.Done(p, limiter.Outcome{Status: 200}); !o.Sent.Equal(l.start) {
			t.Errorf("sent %v", o.Sent.Sub(l.start))
		}
		if want := []string{"0s sent 0", "10ms done, sent 0s, 0"}; !slices.Equal(l.lines, want) {
			t.Errorf("told %q, want %q", l.lines, want)
		}
	})
}

// A departure that is on the wire at last brings the next one forward, which
// waits for that.
func TestGateAsksAgainWhenARequestHasLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		l := limitertest.New(&limiter.Paced{}, limiter.Quota{Limit: 1, Window: 10*ms - 1, Drift: 1})
		g := newGate(t, GateConfig{Limiter: l, Delayed: true})
		p, err := g.Wait(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(300*ms, func() { g.Left(p) })
		next, err := g.Wait(t.Context(), 1)
		if want := 310*ms + 10*time.Nanosecond; err != nil || next.Granted.Sub(start) != want {
			t.Errorf("the next was let go after %v, want %v; %v", next.Granted.Sub(start), want, err)
		}
	})
}

// Many who give up at once leave in no more steps than they are.
func TestGateManyGiveUpAtOnce(t *testing.T) {
	const waiters = 20_000
	synctest.Test(t, func(t *testing.T) {
		g := newGate(t, GateConfig{Limiter: &spaced{next: time.Now().Add(time.Hour)}})
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		var gaveUp atomic.Int32
		for range waiters {
			wg.Go(func() {
				if _, err := g.Wait(ctx, 1); err != nil {
					gaveUp.Add(1)
				}
			})
		}
		synctest.Wait()
		if n := g.stats.Waiting; n != waiters {
			t.Errorf("%d in line", n)
		}
		cancel()
		wg.Wait()
		if gaveUp.Load() != waiters || !g.line.empty() {
			t.Errorf("%d gave up, %d are still in line", gaveUp.Load(), g.stats.Waiting)
		}
	})
}
