package bucket_test

import (
	"math"
	"testing"
	"time"

	. "ratebench/clients/limiter"
	"ratebench/clients/limiter/bucket"
	"ratebench/clients/limiter/limitertest"
)

const us = time.Microsecond

// shopify is a bucket of 40 at 2 a second. Its clock may be off by 1000 ppm, so
// that a token takes 500.5 ms.
var shopify = Quota{Limit: 2, Window: time.Second, Burst: 40, Drift: 1000}

func TestPacedUsesTheBurstAndThenPaces(t *testing.T) {
	l := limitertest.New(&bucket.Paced{Spread: 700 * ms}, shopify)
	// 700.7 ms are 1.4 tokens: 38.6 at first.
	at := func(now time.Duration, cost int64, want time.Duration) {
		t.Helper()
		if got := max(now, l.Next(epoch.Add(now), cost).Sub(epoch)); got != want {
			t.Errorf("at %v a cost of %d may leave at %v, want %v", now, cost, got, want)
		}
	}
	at(0, 38, 0)
	at(0, 39, Impossible.Sub(epoch))
	for range 38 {
		l.Sent(epoch, 1)
	}
	at(0, 1, 200_200*us)             // 0.4 of a token
	at(0, 2, 700_700*us)             // 1.4
	l.Sent(epoch.Add(200_200*us), 1) // none are left
	at(200_200*us, 1, 700_700*us)    // evenly from now on
	l.Sent(epoch.Add(700_700*us), 1) //
	at(700_700*us, 1, 1201_200*us)   //
	at(time.Hour, 38, time.Hour)     // full again
	at(time.Hour, 39, Impossible.Sub(epoch))
}

func TestPacedSettles(t *testing.T) {
	l := limitertest.New(&bucket.Paced{}, shopify)
	k := l.Sent(epoch, 40)
	next := func(cost int64) time.Duration { return max(0, l.Next(epoch, cost).Sub(epoch)) }
	if got := next(1); got != 500_500*us {
		t.Errorf("of an empty bucket one may leave at %v", got)
	}
	l.Done(epoch, k, Outcome{Status: 200, Cost: 25}) // 15 given back
	if got := next(15); got != 0 {
		t.Errorf("what was given back may leave at %v", got)
	}
	k = l.Sent(epoch, 10)
	l.Done(epoch, k, Outcome{Status: 200, Cost: 17}) // 5 were left, 7 more are taken
	if got := next(1); got != 3*500_500*us {
		t.Errorf("of a bucket that owes 2 one may leave at %v", got)
	}
	k = l.Sent(epoch.Add(time.Hour), 1)
	l.Done(epoch.Add(time.Hour), k, Outcome{Status: 200})
	if got := l.Next(epoch.Add(time.Hour), 39).Sub(epoch); got > time.Hour {
		t.Errorf("39 of 40 may leave at %v", got)
	}
}

// In the long run a bucket is used up, whatever the latency: 99.9 % of its rate.
// A counter gives an even pace all but what its latency varies.
func TestRatesInTheLongRun(t *testing.T) {
	small, counter := Quota{Limit: 20, Window: time.Second, Resolution: ms, Burst: 10}, reference
	counter.Count = CountCounter
	for _, c := range []struct {
		name   string
		config Config
		quota  Quota
		want   float64
	}{
		{"bucket", &bucket.Paced{Spread: 50 * ms}, small, 20},
		{"bucket of 1", &bucket.Paced{Spread: 50 * ms}, Quota{Limit: 20, Window: time.Second, Burst: 1}, 1 / 0.1},
		{"bucket of 2", &bucket.Paced{Spread: 80 * ms}, Quota{Limit: 20, Window: time.Second, Burst: 2}, 2 / 0.13},
		{"window", &bucket.Paced{Spread: 50 * ms}, reference, 20 / 1.051},
		{"counter", &bucket.CounterPaced{Spread: 50 * ms}, counter, 20 / 1.051},
		{"steady counter", &bucket.CounterPaced{}, counter, 20 / 1.001},
		{"costs of 3 at most, of which each is 1", &bucket.CounterPaced{Most: 3}, counter, 18 / 1.001},
		{"exact counter", &bucket.CounterPaced{Exact: true}, counter, 19 / 1.001},
	} {
		l, now := limitertest.New(c.config, c.quota), epoch
		const requests = 10_000
		for range requests {
			now = later(now, l.Next(now, 1))
			l.Done(now, l.Sent(now, 1), Outcome{Status: 200})
		}
		if got := requests / now.Sub(epoch).Seconds(); math.Abs(got/c.want-1) > 0.002 {
			t.Errorf("%s: %.3f/s, want %.3f", c.name, got, c.want)
		}
	}
}

func TestCounterPacedTimeline(t *testing.T) {
	q := Quota{Limit: 3, Window: time.Second, Resolution: ms, Drift: 1000, Count: CountCounter}
	timeline(t, &bucket.CounterPaced{Spread: 50 * ms}, q, []row{
		{0, 0, send},
		{0, 350_683_667, look}, // (1002.001 + 50.05) / 3, rounded up
		{400 * ms, 0, send},
		{400 * ms, 750_683_667, look}, // nothing is saved up
	})
	l := limitertest.New(&bucket.CounterPaced{Spread: 50 * ms, Most: 2}, q)
	l.Sent(epoch, 2)
	l.Sent(epoch, 0)
	if got := l.Next(epoch, 2).Sub(epoch); got != 1052_051*us { // 2 · (1002.001 + 50.05) / 2
		t.Errorf("after a cost of 2 the next may leave at %v", got)
	}
	if got := l.Next(epoch, 3); !got.Equal(Impossible) {
		t.Errorf("a cost of 3 may leave at %v", got)
	}
}

func TestPacedConfigsNameTheField(t *testing.T) {
	for want, c := range map[string]Config{
		"spread is -1ms, want 0 to 8784h0m0s":                                     &bucket.Paced{Spread: -ms},
		"most is 21, want 1 to the quota's limit of 20, or 0 for 1":               &bucket.CounterPaced{Most: 21},
		"most is 20, want less than the quota's limit of 20 for an exact counter": &bucket.CounterPaced{Most: 20, Exact: true},
	} {
		if err := c.Validate(reference); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if err := (&bucket.Paced{}).Validate(Quota{Limit: 1, Window: 24 * time.Hour, Burst: 1e6}); err == nil {
		t.Error("accepts a bucket that cannot be counted in")
	}
}
