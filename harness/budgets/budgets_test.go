package budgets

import (
	"errors"
	"testing"
	"time"

	"ratebench/clients"
	"ratebench/clients/limiter"
	"ratebench/clients/pace"
	"ratebench/harness/dist"
	"ratebench/harness/virtual"
)

const ms = time.Millisecond

var quota = limiter.Quota{Limit: 10, Window: time.Second}

func constant(t *testing.T, d string) dist.Dist {
	t.Helper()
	c, err := dist.Parse("constant("+d+")", 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// departures are when requests of two processes left, each of which always has
// one to send that is answered after a while.
func departures(t *testing.T, c Config, crashes *Crashes, d time.Duration) (at [2][]time.Duration, calls int) {
	t.Helper()
	k := virtual.New()
	if c.Store.Latency == nil {
		c.Store.Latency = constant(t, "1ms")
	}
	s, err := NewStore(k, c, quota, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	for number := range at {
		p := NewProcess(k, func(key int) (limiter.Limiter, func(), error) { return s.Open(k, key, number) })
		if crashes != nil {
			p.Crash(*crashes, 1, number)
		}
		l, err := p.NewLimiter()
		if err != nil {
			t.Fatal(err)
		}
		g, err := pace.NewGate(pace.GateConfig{Limiter: l, Clock: k, Lock: k.NewLock(), Refusals: pace.Refusals{Ignore: true}})
		if err != nil {
			t.Fatal(err)
		}
		for range 4 {
			k.Go("worker", func() {
				for {
					permit, err := g.Acquire(k.NewSignal(), time.Time{}, 1)
					if err != nil {
						return
					}
					at[number] = append(at[number], k.Now().Sub(virtual.Epoch))
					if k.Sleep(20*ms) != nil {
						return
					}
					g.Done(permit, limiter.Outcome{Status: 200})
				}
			})
		}
	}
	if err := k.Run(d); err != nil {
		t.Fatal(err)
	}
	return at, s.Calls()
}

func total(at [2][]time.Duration) int { return len(at[0]) + len(at[1]) }

// between is how many left within a span.
func between(at [2][]time.Duration, from, to time.Duration) (n int) {
	for _, all := range at {
		for _, d := range all {
			if d >= from && d < to {
				n++
			}
		}
	}
	return n
}

func TestKindsShareALimit(t *testing.T) {
	for _, tt := range []struct {
		config      Config
		least, most int // departures in a minute, of 600
		calls       float64
	}{
		{Config{Kind: Grants}, 590, 610, 3},
		{Config{Kind: GrantsSpread, Spread: 50 * ms}, 560, 580, 3},
		{Config{Kind: GCRA}, 600, 612, 3},
		{Config{Kind: Slots, Latency: 50 * ms}, 525, 560, 2.2}, // from 4.4 s on
		{Config{Kind: Leases, Latency: 50 * ms, Batch: 4, Linger: 10 * ms}, 500, 560, 2.2},
	} {
		t.Run(tt.config.Kind, func(t *testing.T) {
			at, calls := departures(t, tt.config, nil, time.Minute)
			if n := total(at); n < tt.least || n > tt.most {
				t.Errorf("%d departures, want %d to %d", n, tt.least, tt.most)
			}
			if a, b := len(at[0]), len(at[1]); 3*a < 2*b || 3*b < 2*a {
				t.Errorf("%d and %d departures, want about as many of each", a, b)
			}
			if per := float64(calls) / float64(total(at)); per > tt.calls {
				t.Errorf("%.2f calls for each, want at most %v", per, tt.calls)
			}
		})
	}
}

// What an outage does is a matter of the kind, and of what the store remembers.
func TestOutages(t *testing.T) {
	outage := StoreConfig{Outages: []Outage{{At: 20 * time.Second, For: 10 * time.Second, Lose: true}}}
	grants, _ := departures(t, Config{Kind: Grants, Store: outage}, nil, 40*time.Second)
	if n := between(grants, 21*time.Second, 30*time.Second); n != 0 {
		t.Errorf("%d left on grants without a store, want none", n)
	}
	slots, _ := departures(t, Config{Kind: Slots, Latency: 50 * ms, Store: outage}, nil, 40*time.Second)
	if n := between(slots, 21*time.Second, 24*time.Second); n != 0 {
		t.Errorf("%d left on slots while processes have to be silent, want none", n)
	}
	if n := between(slots, 25*time.Second, 30*time.Second); n < 35 || n > 50 {
		t.Errorf("%d left on their shares in 5 s, want 35 to 50", n)
	}
	// Those who report what they lived off have that back J + W' later.
	if n := between(slots, 31*time.Second, 32*time.Second); n != 0 {
		t.Errorf("%d left before a store without memory gave slots, want none", n)
	}
	if n := between(slots, 35*time.Second, 40*time.Second); n < 40 {
		t.Errorf("%d left in the 5 s after that, want 40 or more", n)
	}
}

// Whoever crashes comes back with a limiter that knows nothing; meanwhile nothing
// leaves, and requests under way have no answer.
func TestCrashes(t *testing.T) {
	crashes := &Crashes{Every: constant(t, "10s"), For: constant(t, "5s")}
	at, _ := departures(t, Config{Kind: Slots, Latency: 50 * ms}, crashes, 60*time.Second)
	for _, down := range []time.Duration{10 * time.Second, 25 * time.Second, 40 * time.Second} {
		if n := between(at, down, down+5*time.Second); n != 0 {
			t.Errorf("%d left while the processes were gone from %v on, want none", n, down)
		}
		if n := between(at, down+7*time.Second, down+15*time.Second); n < 50 {
			t.Errorf("%d left in the 8 s after %v, want 50 or more", n, down+7*time.Second)
		}
	}

	p := NewProcess(virtual.New(), nil)
	var o limiter.Outcome
	err := p.Caller(answering(func() { p.stop() })).Call(&clients.Call{}, &o)
	if err != nil || !errors.Is(o.Err, ErrCrashed) {
		t.Errorf("a request whose process crashed: %v, %v, want ErrCrashed", o.Err, err)
	}
	o = limiter.Outcome{}
	err = p.Caller(answering(func() {})).Call(&clients.Call{}, &o)
	if err != nil || o.Status != 200 {
		t.Errorf("a request of the next life: %v, %v, want 200", o.Status, err)
	}
}

// answering answers after something has happened.
type answering func()

func (a answering) Call(_ *clients.Call, o *limiter.Outcome) error {
	a()
	o.Status = 200
	return nil
}

func TestClockRates(t *testing.T) {
	slow, fast := false, false
	for number := range 20 {
		r := ClockRate(1, number, 200)
		if r < 1-200e-6 || r > 1+200e-6 {
			t.Errorf("rate %v, want within 200 ppm", r)
		}
		slow, fast = slow || r < 1, fast || r > 1
	}
	if !slow || !fast || ClockRate(1, 3, 0) != 1 {
		t.Error("clocks are all fast or all slow, or not right without a drift, want some of each")
	}
}
