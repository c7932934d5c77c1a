package pace

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ratebench/clients/limiter"
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

func (s *spaced) Next(time.Time) time.Time { return s.next }

func (s *spaced) Sent(now time.Time) limiter.Ticket {
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
		p, err := l.gate.Acquire(s, d)
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
		if !slices.Equal(l.lines, want) {
			t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(l.lines, "\n\t"), strings.Join(want, "\n\t"))
		}
	})
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
		l.gate.Done(Permit{}, limiter.Outcome{Status: 429}) // changes nothing
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

func TestNonces(t *testing.T) {
	at := func(d time.Duration) time.Time { return time.UnixMilli(1000).Add(d) }
	for _, c := range []struct {
		policy NoncePolicy
		want   []int64
	}{
		{Timestamp, []int64{1000, 1000, 1001, 1001}},
		{Increasing, []int64{1000, 1001, 1002, 1003}},
		{Counter, []int64{1, 2, 3, 4}},
	} {
		n := NewNonces(c.policy, nil)
		var got []int64
		for _, d := range []time.Duration{0, 900 * time.Microsecond, ms, ms} {
			got = append(got, n.Next(at(d)))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("policy %d: got %v, want %v", c.policy, got, c.want)
		}
	}
}

// Random nonces are unique, never negative, and seldom the largest so far.
func TestRandomNoncesHaveNoOrder(t *testing.T) {
	n := NewNonces(Random, nil)
	seen := map[int64]bool{}
	largest, records := int64(-1), 0
	for range 1000 {
		v := n.Next(time.UnixMilli(1000))
		if v < 0 || seen[v] {
			t.Fatalf("nonce %d is negative or was issued before", v)
		}
		seen[v] = true
		if v > largest {
			largest = v
			records++
		}
	}
	if records > 30 { // expected: the 1000th harmonic number, 7.5
		t.Errorf("%d of 1000 were the largest so far", records)
	}
}

var errSignal = errors.New("cancelled by the caller")

type brokenSignal struct{ bubbleSignal }

func (brokenSignal) Wait(time.Time) error { return errSignal }

// A caller may bring a signal that ends for reasons of its own.
func TestGatePassesOnTheSignalsError(t *testing.T) {
	g := newGate(t, GateConfig{Limiter: &spaced{gap: time.Hour, next: time.Now().Add(time.Hour)}})
	if _, err := g.Acquire(brokenSignal{}, time.Time{}); err != errSignal {
		t.Errorf("got %v", err)
	}
	if g.line.Len() != 0 {
		t.Error("still in line")
	}
}
