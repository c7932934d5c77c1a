package limiter_test

import (
	"testing"
	"time"

	. "ratebench/clients/limiter"
	"ratebench/clients/limiter/limitertest"
)

// plenty is a quota that holds nothing back.
var plenty = Quota{Limit: 100, Window: time.Second}

func guarded(t *testing.T, g Guards) Limiter {
	t.Helper()
	l, err := New(&Window{}, plenty, g)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func wantNext(t *testing.T, what string, l Limiter, now, want time.Duration) {
	t.Helper()
	got := l.Next(epoch.Add(now), 1).Sub(epoch)
	if got <= now && want == 0 {
		return
	}
	if got != want {
		t.Errorf("%s: the next may leave at %v, want %v", what, got, want)
	}
}

func TestGuardsInFlight(t *testing.T) {
	l := guarded(t, Guards{InFlight: 2})
	l.Sent(epoch, 1)
	wantNext(t, "one under way", l, 0, 0)
	k := l.Sent(epoch, 1)
	wantNext(t, "two under way", l, 0, Never.Sub(epoch))
	l.Done(epoch, k, Outcome{Err: errLost})
	wantNext(t, "one again", l, 0, 0)
}

// 50 ms by a clock that may be fast by 200 ppm are 50.01, and then an instant.
func TestGuardsOrder(t *testing.T) {
	l := guarded(t, Guards{Order: true, Latency: 50 * ms})
	first := l.Sent(epoch, 1)
	wantNext(t, "unanswered", l, 0, 50_010*us+1)
	l.Done(epoch.Add(20*ms), first, Outcome{Status: 200})
	wantNext(t, "answered", l, 20*ms, 0)
	second := l.Sent(epoch.Add(30*ms), 1)
	l.Done(epoch.Add(40*ms), second, Outcome{Err: errLost}) // may still be on its way
	wantNext(t, "given up", l, 40*ms, 80_010*us+1)
}

func TestGuardsOrderWithoutLatency(t *testing.T) {
	l := guarded(t, Guards{Order: true})
	a := l.Sent(epoch, 1)
	wantNext(t, "unanswered", l, 0, Never.Sub(epoch))
	l.Done(epoch.Add(30*ms), a, Outcome{Status: 200})
	wantNext(t, "answered", l, 30*ms, 0)
	b := l.Sent(epoch.Add(30*ms), 1)
	l.Done(epoch.Add(31*ms), a, Outcome{Status: 200}) // not the last one
	wantNext(t, "an older answer", l, 31*ms, Never.Sub(epoch))
	l.Done(epoch.Add(35*ms), b, Outcome{Err: errLost}) // nothing else will tell
	wantNext(t, "given up", l, 35*ms, 0)
}

// A request that is not on the wire yet can be overtaken by whatever leaves.
func TestGuardsOrderWaitsForADelayedDeparture(t *testing.T) {
	l := guarded(t, Guards{Order: true, Latency: 50 * ms}).(interface {
		Limiter
		Delayable
	})
	first := l.Sent(epoch, 1)
	l.Delay(first)
	wantNext(t, "not on the wire", l, 200*ms, Never.Sub(epoch))
	l.Left(epoch.Add(300*ms), first)
	wantNext(t, "on the wire", l, 300*ms, 350_010*us+1)
	second := l.Sent(epoch.Add(400*ms), 1)
	l.Delay(first) // of no concern any more
	l.Left(epoch.Add(500*ms), first)
	wantNext(t, "an older one", l, 400*ms, 450_010*us+1)
	l.Done(epoch.Add(410*ms), second, Outcome{Status: 200})
	wantNext(t, "answered", l, 410*ms, 0)
}

// Guards tell the limiter behind them, too.
func TestGuardsPassDelaysOn(t *testing.T) {
	l, err := New(&AckClocked{Latency: 50 * ms}, oneSlot, Guards{InFlight: 5})
	if err != nil {
		t.Fatal(err)
	}
	k := l.Sent(epoch, 1)
	l.(Delayable).Delay(k)
	wantNext(t, "not on the wire", l, 0, Never.Sub(epoch))
	l.(Delayable).Left(epoch.Add(300*ms), k)
	wantNext(t, "on the wire", l, 300*ms, 1352_051*us) // 300 + 50.05 + 1002.001
	open, err := New(&None{}, oneSlot, Guards{InFlight: 5})
	if err != nil {
		t.Fatal(err)
	}
	open.(Delayable).Delay(open.Sent(epoch, 1)) // nobody to tell
}

func TestGuardsPenalty(t *testing.T) {
	for _, c := range []struct {
		name string
		o    Outcome
		want time.Duration
	}{
		{"nonce", Outcome{Status: 400}, 0},
		{"refused", Outcome{Status: 429}, time.Second},
		{"refused, for longer", Outcome{Status: 429, RetryAfter: 3 * time.Second}, 3 * time.Second},
		{"refused, for shorter", Outcome{Status: 429, RetryAfter: ms}, time.Second},
		{"unavailable", Outcome{Status: 503}, 0},
		{"unavailable for a while", Outcome{Status: 503, RetryAfter: 3 * time.Second}, 3 * time.Second},
		{"forbidden for a while", Outcome{Status: 403, RetryAfter: 2 * time.Second}, 2 * time.Second},
		{"accepted, and asked to look again", Outcome{Status: 202, RetryAfter: 2 * time.Second}, 0},
		{"moved for a while", Outcome{Status: 399, RetryAfter: 2 * time.Second}, 0},
	} {
		l := guarded(t, Guards{Penalty: time.Second})
		l.Done(epoch, l.Sent(epoch, 1), c.o)
		wantNext(t, c.name, l, 0, c.want)
	}
	l := guarded(t, Guards{InFlight: 1})
	l.Done(epoch, l.Sent(epoch, 1), Outcome{Status: 429, RetryAfter: time.Second})
	wantNext(t, "no penalty", l, 0, 0)
}

// The longest pause counts, in whatever order they are asked for.
func TestGuardsKeepTheLongestPause(t *testing.T) {
	l := guarded(t, Guards{Penalty: time.Second})
	a, b := l.Sent(epoch, 1), l.Sent(epoch, 1)
	l.Done(epoch, a, Outcome{Status: 429, RetryAfter: 3 * time.Second})
	l.Done(epoch.Add(ms), b, Outcome{Status: 429})
	wantNext(t, "a shorter pause after a longer", l, ms, 3*time.Second)
}

func TestNoGuardsNoWrapper(t *testing.T) {
	l := limitertest.New(&Window{}, oneSlot)
	if got, err := (Guards{}).Guard(l); got != l || err != nil {
		t.Errorf("guards that hold nothing back are in the way: %v", err)
	}
}

func TestNewRefuses(t *testing.T) {
	for want, build := range map[string]func() (Limiter, error){
		"quota's Limit is 0, want 1 to 1000000": func() (Limiter, error) { return New(&Paced{}, Quota{}, Guards{}) },
		"in_flight is -1, want 0 or more":       func() (Limiter, error) { return New(&None{}, plenty, Guards{InFlight: -1}) },
		"latency is -1ms, want 0 or more":       func() (Limiter, error) { return New(&None{}, plenty, Guards{Latency: -ms}) },
		"penalty is -1ms, want 0 or more":       func() (Limiter, error) { return New(&None{}, plenty, Guards{Penalty: -ms}) },
		"there is no limiter to guard, want one": func() (Limiter, error) {
			return Guards{InFlight: 1}.Guard(nil)
		},
	} {
		if l, err := build(); l != nil || err == nil || err.Error() != want {
			t.Errorf("got %v, %v; want %s", l, err, want)
		}
	}
}
