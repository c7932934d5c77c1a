package peers_test

import (
	"testing"
	"time"

	"golang.org/x/time/rate"
	"pgregory.net/rapid"

	"ratebench/clients/limiter"
	"ratebench/clients/limiter/limitertest"
	. "ratebench/clients/peers"
)

const ms = time.Millisecond

var (
	reference = limiter.Quota{Limit: 20, Window: time.Second, Resolution: ms}
	// threePerSecond is a small quota, so that timelines stay short.
	threePerSecond = limiter.Quota{Limit: 3, Window: time.Second, Resolution: ms}
)

// A row is one step of a timeline: at the time at, Next must say next, where 0
// means "now or before"; then the step happens. Times are since the epoch.
type row struct {
	at   time.Duration
	next time.Duration
	do   func(l limiter.Limiter, now time.Time)
}

func look(limiter.Limiter, time.Time) {}

func send(l limiter.Limiter, now time.Time) { l.Sent(now, 1) }

func timeline(t *testing.T, c limiter.Config, q limiter.Quota, rows []row) {
	t.Helper()
	if err := c.Validate(q); err != nil {
		t.Fatal(err)
	}
	l := limitertest.New(c, q)
	for i, r := range rows {
		now := limitertest.Epoch.Add(r.at)
		got := l.Next(now, 1).Sub(limitertest.Epoch)
		if got <= r.at && r.next == 0 {
			got = 0
		}
		if got != r.next {
			t.Fatalf("row %d: Next(%v) = %v, want %v", i, r.at, got, r.next)
		}
		r.do(l, now)
	}
}

// later returns the later of two instants.
func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

func TestPeersConform(t *testing.T) {
	for name, c := range map[string]limiter.Config{
		"x-time-rate":    &XTimeRate{},
		"gcra":           &GCRA{Burst: 5},
		"uber-ratelimit": &UberRatelimit{Slack: 10},
	} {
		t.Run(name, func(t *testing.T) {
			limitertest.Conform(t, func() limiter.Limiter { return limitertest.New(c, reference) }, name == "uber-ratelimit")
		})
	}
}

func TestTunedPeersKeepTheirDistance(t *testing.T) {
	tuned := limiter.Rate{N: 20, Per: 1051 * ms}
	for name, c := range map[string]limiter.Config{
		"x-time-rate":    &XTimeRate{Limit: tuned, Burst: 1},
		"gcra":           &GCRA{Limit: tuned},
		"uber-ratelimit": &UberRatelimit{Limit: tuned},
	} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) { limitertest.KeepsItsDistance(rt, c, tuned) })
		})
	}
}

func TestPeersNameTheField(t *testing.T) {
	for _, c := range []struct {
		config limiter.Config
		want   string
	}{
		{&XTimeRate{Burst: 1e10}, "burst is 10000000000, want 0 to 9223372035"},
		{&GCRA{Burst: -1}, "burst is -1, want 0 to 9223372035"},
		{&UberRatelimit{Slack: -1}, "slack is -1, want 0 to 9223372035"},
	} {
		if err := c.config.Validate(threePerSecond); err == nil || err.Error() != c.want {
			t.Errorf("%+v: got %v, want %s", c.config, err, c.want)
		}
	}
}

// One request: the question, the departure and its end. In comparison, a
// reservation of golang.org/x/time/rate.
func BenchmarkRequest(b *testing.B) {
	for name, c := range map[string]limiter.Config{"x-time-rate": &XTimeRate{}, "gcra": &GCRA{Burst: 5}, "uber-ratelimit": &UberRatelimit{Slack: 10}} {
		b.Run("kind="+name, func(b *testing.B) {
			b.ReportAllocs()
			l, now := limitertest.New(c, reference), limitertest.Epoch
			for b.Loop() {
				now = later(now, l.Next(now, 1))
				t := l.Sent(now, 1)
				l.Done(now, t, limiter.Outcome{Status: 200, Sent: now, Created: now})
			}
		})
	}
	b.Run("peer=ReserveN", func(b *testing.B) {
		b.ReportAllocs()
		l, now := rate.NewLimiter(20, 20), limitertest.Epoch
		for b.Loop() {
			now = now.Add(l.ReserveN(now, 1).DelayFrom(now))
		}
	})
}
