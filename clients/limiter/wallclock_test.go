package limiter_test

import (
	"testing"
	"time"

	. "ratebench/clients/limiter"
	"ratebench/clients/limiter/limitertest"
)

// Where times have monotonic readings it makes no difference that the wall clock is
// set: nothing leaves earlier, and nothing later.
func TestSettingTheWallClockMakesNoDifference(t *testing.T) {
	began := time.Now()
	build := map[string]func() Limiter{"set": func() Limiter { return perSecondAndMinute(t, &AckClocked{Latency: 50 * ms}) }}
	for name, c := range everyKind() {
		build[name] = func() Limiter { return limitertest.New(c, Quota{Limit: 3, Window: time.Second, Resolution: ms}) }
	}
	for name, build := range build {
		for _, by := range []time.Duration{time.Hour, -time.Hour} {
			plain, set := build(), build()
			now := began
			for i := range 40 {
				other := now
				if i >= 20 {
					other = limitertest.WithWallSet(t, now, by)
				}
				want := later(now, plain.Next(now, 1)).Sub(now)
				if got := later(other, set.Next(other, 1)).Sub(other); got != want {
					t.Fatalf("%s, wall clock set by %v: request %d has to wait for %v, want %v", name, by, i, got, want)
				}
				now, other = now.Add(want), other.Add(want)
				plain.Done(now.Add(ms), plain.Sent(now, 1), Outcome{Status: 200, Sent: now})
				set.Done(other.Add(ms), set.Sent(other, 1), Outcome{Status: 200, Sent: other})
				now = now.Add(ms)
			}
		}
	}
}
