package harness

import (
	"context"
	"testing"
	"time"

	"ratebench/harness/metrics"
	"ratebench/harness/scenario"
	"ratebench/harness/virtual"
)

const ms = time.Millisecond

// clocked runs a strategy by a client's clock.
func clocked(t *testing.T, name, client string) metrics.Run {
	t.Helper()
	sc := parse(t, "duration: 30s\nruns: 1\nserver: {block_after: 0}\nclient: "+client+"\n")
	r, err := runVirtual(context.Background(), sc, strategy(t, sc, name), 1, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !r.Ledger.Balanced() {
		t.Errorf("ledger %+v", r.Ledger)
	}
	return r
}

func TestAFastClockMakesWindowsShort(t *testing.T) {
	if right := clocked(t, "headroom", "{}"); right.Responses.RateLimited > 0 {
		t.Fatalf("%d 429s with a right clock", right.Responses.RateLimited)
	}
	// 1050 ms shown are 955 ms in truth.
	if fast := clocked(t, "headroom", "{clock: {rate: 1.1}}"); fast.Responses.RateLimited == 0 {
		t.Error("no 429 with a clock that is 10 % fast")
	}
	slow := clocked(t, "headroom", "{clock: {rate: 0.9}}")
	if slow.Responses.RateLimited > 0 {
		t.Errorf("%d 429s with a clock that is slow", slow.Responses.RateLimited)
	}
	near(t, "ok/s by a slow clock", slow.TPS(), 100/(1.051/0.9), 3) // windows of 1168 ms, and one request in flight
}

func TestALatencyIsMeasuredByARightClock(t *testing.T) {
	right, fast := clocked(t, "headroom", "{}"), clocked(t, "headroom", "{clock: {rate: 1.1}}")
	near(t, "mean service time, ms", float64(fast.Service.Mean())/1e6, float64(right.Service.Mean())/1e6, 1)
}

func TestAWallClockThatJumpsBack(t *testing.T) {
	const jump = "clock: {jumps: [{at: 10s, by: -3s}]}"
	stamped := clocked(t, "headroom", "{"+jump+"}")
	if n := stamped.Responses.BadNonce; n < 150 { // three seconds of about 90
		t.Errorf("%d bad nonces, want those of three seconds", n)
	}
	counted := clocked(t, "headroom", "{nonce: increasing, "+jump+"}")
	if n := counted.Responses.BadNonce; n > 0 {
		t.Errorf("%d bad nonces although they are made to increase", n)
	}
	ahead := clocked(t, "headroom", "{clock: {jumps: [{at: 10s, by: 3s}]}}")
	if n := ahead.Responses.BadNonce; n > 5 {
		t.Errorf("%d bad nonces after a jump forward", n)
	}
}

// What physics leads to when each request costs h and nothing else does.
func TestPerRequestCost(t *testing.T) {
	for _, c := range []struct {
		cost          string
		interval, buf float64
	}{
		{"3ms", 82.5, 89.6}, {"6ms", 80.3, 87.0}, {"9ms", 77.9, 84.1},
	} {
		sc := parse(t, "duration: 60s\nruns: 3\nserver: {block_after: 0}\nclient: {runtime: {per_request: "+c.cost+"}}\n")
		sc.Strategies = []scenario.Strategy{*strategy(t, sc, "fixed-interval+buffer"), *strategy(t, sc, "buffer-only")}
		mean := map[string]float64{}
		for _, r := range runsOf(t, sc) {
			mean[r.Strategy] += r.TPS() / 3
		}
		near(t, c.cost+" fixed interval", mean["fixed-interval+buffer"], c.interval, 0.7)
		near(t, c.cost+" buffer only", mean["buffer-only"], c.buf, 0.7)
	}
}

// What the generator spends lowers the load, unless it costs nothing.
func TestGeneratorCostLowersTheLoad(t *testing.T) {
	offered := func(runtime string) float64 {
		sc := parse(t, "duration: 30s\nruns: 1\nserver: {block_after: 0}\nclient: {runtime: "+runtime+"}\n")
		r, err := runVirtual(context.Background(), sc, strategy(t, sc, "headroom"), 1, Options{})
		if err != nil {
			t.Fatal(err)
		}
		return r.OfferedTPS()
	}
	base := offered("{}")
	// 1 / (1/base + 2 ms)
	near(t, "offered with 2 ms per request", offered("{generator: 2ms}"), 1/(1/base+0.002), 0.2)
	near(t, "offered on threads", offered("{kind: threads, generator: 2ms}"), 1/(1/base+0.002), 0.5)
}

// A wake-up that costs something must not be skipped.
func TestPollsThatCostAreNotSkipped(t *testing.T) {
	run := func(runtime string) uint64 {
		sc := parse(t, "duration: 3s\nruns: 1\nclient: {runtime: "+runtime+"}\n")
		k, err := virtualRun{scenario: sc, strategy: strategy(t, sc, "fixed-interval+buffer"), seed: 1, observer: metrics.NewRecorder(virtual.Epoch, false), skipIdle: true}.run(sc.Duration)
		if err != nil {
			t.Fatal(err)
		}
		return k.Events()
	}
	if free, costly := run("{kind: event-loop}"), run("{kind: event-loop, per_wakeup: 10us}"); costly < 2*free {
		t.Errorf("%d events with a cost, %d without: polls were skipped", costly, free)
	}
}
