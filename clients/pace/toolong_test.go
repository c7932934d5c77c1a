package pace

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"ratebench/clients/limiter"
)

// waiting comes to a gate after a time, with so much of it left, and notes what
// becomes of it. Its answer, with that status, takes a while.
func (l *gateLog) waiting(name string, at, left, answer time.Duration, o limiter.Outcome) {
	l.wg.Go(func() {
		time.Sleep(at)
		ctx := l.t.Context()
		if left > 0 {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, left)
			defer cancel()
		}
		p, err := l.gate.Wait(ctx, 1)
		if err != nil {
			l.note("%s: %v", name, err)
			return
		}
		l.note("%s departs", name)
		time.Sleep(answer)
		l.gate.Done(p, o)
	})
}

const tooLong = "the wait would be too long: context deadline exceeded"

// A wait ends as soon as it is known to be too long, and not before: an answer
// that is still to come may bring the departure forward.
func TestWaitKnownToBeTooLong(t *testing.T) {
	ok, found := limiter.Outcome{Status: 200}, limiter.Outcome{Status: 404}
	atGate(t, 100*ms, Polling{}, func(l *gateLog) {
		l.waiting("a", 0, 0, 30*ms, found)
		l.waiting("first", 1*ms, 50*ms, 0, found)  // known when the answer to a is in
		l.waiting("second", 2*ms, 60*ms, 0, found) // and then for the next in line
		l.waiting("patient", 3*ms, 98*ms, 0, found)
		l.waiting("late", 40*ms, 59*ms, 0, found) // not the first in line: it may get there
	}, "0s a departs",
		"30ms first: request not sent after waiting 29ms, with 70ms to go at least: "+tooLong,
		"30ms second: request not sent after waiting 28ms, with 70ms to go at least: "+tooLong,
		"99ms late: request not sent after waiting 59ms: context deadline exceeded",
		"100ms patient departs")
	atGate(t, 100*ms, Polling{}, func(l *gateLog) {
		l.waiting("a", 0, 0, 30*ms, ok) // brings the next departure forward
		l.waiting("b", 1*ms, 50*ms, 0, found)
	}, "0s a departs", "30ms b departs")
	atGate(t, 100*ms, Polling{}, func(l *gateLog) {
		l.waiting("a", 0, 0, 0, found)
		l.waiting("b", 1*ms, 98*ms, 0, found) // at once
		l.waiting("c", 2*ms, 99*ms, 0, found)
	}, "0s a departs", "1ms b: request not sent after waiting 0s, with 99ms to go at least: "+tooLong, "100ms c departs")
}

// A pause is known to everybody in line, whatever is under way.
func TestWaitThroughAPauseIsKnownToBeTooLong(t *testing.T) {
	atGate(t, 10*ms, Polling{}, func(l *gateLog) {
		l.waiting("a", 0, 0, 5*ms, limiter.Outcome{Status: 503, RetryAfter: time.Second})
		l.waiting("b", 1*ms, 2*time.Second, 0, limiter.Outcome{Status: 200})
		l.waiting("c", 2*ms, 500*ms, 0, limiter.Outcome{Status: 200})
		l.waiting("e", 6*ms, 900*ms, 0, limiter.Outcome{Status: 200})
	}, "0s a departs",
		"5ms c: request not sent after waiting 3ms, with 1s to go at least: "+tooLong,
		"6ms e: request not sent after waiting 0s, with 999ms to go at least: "+tooLong,
		"1.005s b departs")
}

// So is a cold start.
func TestWaitThroughAColdStartIsKnownToBeTooLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(t, GateConfig{Limiter: &spaced{}, ColdUntil: time.Now().Add(time.Minute)})
		ctx, cancel := context.WithTimeout(t.Context(), 59*time.Second)
		defer cancel()
		_, err := g.Wait(ctx, 1)
		waited, ok := errors.AsType[*WaitError](err)
		if !ok || waited.AtLeast != time.Minute || !waited.Timeout() || !errors.Is(err, ErrTooLong) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %#v", err)
		}
	})
}

// Where only an answer can tell, nothing is known.
func TestWaitForAnAnswerIsNotKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(t, GateConfig{Limiter: &spaced{next: limiter.Never}})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		if _, err := g.Wait(ctx, 1); errors.Is(err, ErrTooLong) || time.Since(start) != time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
}

// Who becomes the first in line because the one before has given up, and has no time
// for its turn, knows so at once.
func TestTheNextKnowsThatItIsTooLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &gateLog{t: t, start: time.Now()}
		l.gate = newGate(t, GateConfig{Limiter: &spaced{gap: 100 * ms}})
		a, err := l.gate.Wait(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		l.gate.Done(a, limiter.Outcome{Status: 500})
		first, giveUp := context.WithCancel(t.Context())
		l.wg.Go(func() { _, _ = l.gate.Wait(first, 1) })
		l.wg.Go(func() {
			time.Sleep(ms)
			ctx, cancel := context.WithTimeout(t.Context(), 50*ms)
			defer cancel()
			if _, err := l.gate.Wait(ctx, 1); !errors.Is(err, ErrTooLong) || time.Since(l.start) != 10*ms {
				t.Errorf("after %v: %v, want %v after 10ms", time.Since(l.start), err, ErrTooLong)
			}
		})
		time.AfterFunc(10*ms, giveUp)
		l.wg.Wait()
	})
}

// A nanosecond is a wait, too.
func TestWaitsAreTold(t *testing.T) {
	for _, tt := range []struct {
		err  WaitError
		want string
	}{
		{WaitError{Waited: time.Second, Err: ErrTooLong}, "request not sent after waiting 1s: " + ErrTooLong.Error()},
		{WaitError{AtLeast: 1, Err: ErrTooLong}, "request not sent after waiting 0s, with 1ns to go at least: " + ErrTooLong.Error()},
	} {
		if got := tt.err.Error(); got != tt.want {
			t.Errorf("%s, want %s", got, tt.want)
		}
	}
}

// The line has room for MaxWaiters, and whoever does not wait needs none.
func TestMaxWaiters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &gateLog{t: t, start: time.Now()}
		l.gate = newGate(t, GateConfig{Limiter: &spaced{gap: 10 * ms}, MaxWaiters: 2})
		for i, name := range []string{"a", "b", "c", "d"} {
			l.waiting(name, time.Duration(i)*ms, 0, time.Second, limiter.Outcome{})
		}
		l.waiting("e", 15*ms, 0, time.Second, limiter.Outcome{}) // b has left the line
		l.wg.Wait()
		want := []string{"0s a departs", "3ms d: request not sent after waiting 0s: the line is full", "10ms b departs", "20ms c departs", "30ms e departs"}
		wantLines(t, l.lines, want)
	})
	synctest.Test(t, func(t *testing.T) {
		l := &gateLog{t: t, start: time.Now()}
		l.gate = newGate(t, GateConfig{Limiter: &spaced{gap: 10 * ms}, MaxWaiters: 1})
		for i, name := range []string{"a", "b", "c"} {
			l.waiting(name, time.Duration(i)*ms, 0, time.Second, limiter.Outcome{})
		}
		l.wg.Wait()
		wantLines(t, l.lines, []string{"0s a departs", "2ms c: request not sent after waiting 0s: the line is full", "10ms b departs"})
	})
	if _, err := NewGate(GateConfig{Limiter: &spaced{}, MaxWaiters: -1}); err == nil {
		t.Error("-1 waiters are taken")
	}
}
