package machine

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"ratebench/clients"
	"ratebench/clients/limiter"
	"ratebench/harness/live"
	"ratebench/harness/scenario/client"
	"ratebench/harness/virtual"
)

const ms = time.Millisecond

// A clock that shows half a second per second makes everything take twice as
// long as it means to.
func TestSkewedRuntime(t *testing.T) {
	program := func(rt clients.Runtime, start time.Time) *[]time.Duration {
		var at []time.Duration
		slow := Skew(rt, start, client.Clock{Rate: 0.5})
		note := func() { at = append(at, rt.Now().Sub(start), slow.Now().Sub(start)) }
		slow.Go("p", func() {
			_ = slow.Sleep(10 * ms)
			note()
			_ = slow.NewSignal().Wait(start.Add(15 * ms))
			note()
		})
		return &at
	}
	want := []time.Duration{20 * ms, 10 * ms, 30 * ms, 15 * ms}
	k := virtual.New()
	at := program(k, k.Now())
	if err := k.Run(time.Second); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(*at, want) {
		t.Errorf("virtual: %v, want %v", *at, want)
	}
	synctest.Test(t, func(t *testing.T) {
		rt := live.New(context.Background())
		at := program(rt, rt.Start())
		if err := rt.Run(time.Second); err != nil {
			t.Error(err)
		}
		if !slices.Equal(*at, want) {
			t.Errorf("live: %v, want %v", *at, want)
		}
	})
}

// After a wait until some time the clock shows at least that time, whatever
// the rounding, and hardly more.
func TestSkewedWaitsAreNeverTooShort(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rate := rapid.OneOf(rapid.SampledFrom([]float64{0.1, 0.9999, 1.0001, 1.00005, 1.02, 10}), rapid.Float64Range(0.1, 10)).Draw(rt, "rate")
		until := time.Duration(rapid.Int64Range(0, int64(31*24*time.Hour)).Draw(rt, "until"))
		k := virtual.New()
		s := &skewed{Runtime: k, start: virtual.Epoch, rate: rate}
		at := s.whenShown(virtual.Epoch.Add(until)).Sub(virtual.Epoch)
		if shown := scale(at, rate); shown < until || shown > until+time.Microsecond {
			rt.Fatalf("rate %v: at %v the clock shows %v, waited for %v", rate, at, shown, until)
		}
	})
}

// A clock that a time is beyond waits as long as anybody can, and does not go
// round in circles.
func TestSkewedClockWaitsForTimesThatNeverCome(t *testing.T) {
	for _, rate := range []float64{0.1, 0.3, 0.5, 0.999, 1.001, 2, 10} {
		s := Skew(virtual.New(), virtual.Epoch, client.Clock{Rate: rate}).(*skewed)
		for _, at := range []time.Time{limiter.Never, virtual.Epoch.Add(forever), virtual.Epoch.Add(forever / 2), {}} {
			shown := at.Sub(virtual.Epoch)
			elapsed := s.whenShown(at).Sub(virtual.Epoch)
			if reached := scale(elapsed, rate); reached < shown && elapsed != forever {
				t.Errorf("rate %v: after %v the clock shows %v, less than %v", rate, elapsed, reached, shown)
			}
		}
	}
	k := virtual.New()
	slow := Skew(k, k.Now(), client.Clock{Rate: 0.1})
	slow.Go("waits", func() { _ = slow.NewSignal().Wait(limiter.Never) })
	slow.Go("sleeps", func() { _ = slow.Sleep(forever) })
	if err := k.Run(time.Hour); err != nil || !k.Now().Equal(virtual.Epoch.Add(time.Hour)) {
		t.Errorf("ended at %v: %v", k.Now(), err)
	}
}
