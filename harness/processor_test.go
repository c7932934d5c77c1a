package harness

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ratebench/clients"
	"ratebench/harness/live"
	"ratebench/harness/metrics"
	"ratebench/harness/scenario"
	"ratebench/harness/scenario/client"
	"ratebench/harness/virtual"
)

const ms = time.Millisecond

// Everybody who needs the processor waits for all who came before.
func TestProcessorServesInTurn(t *testing.T) {
	program := func(rt clients.Runtime, start time.Time) *[]string {
		var lines []string
		on, work := clientRuntime(rt, client.Runtime{Kind: client.RuntimeEventLoop, PerRequest: 6 * ms, PerWakeUp: 2 * ms})
		var mu sync.Mutex
		note := func(what string) {
			mu.Lock()
			defer mu.Unlock()
			lines = append(lines, what+" "+rt.Now().Sub(start).String())
		}
		signal := on.NewSignal()
		on.Go("a", func() {
			_ = on.Sleep(10 * ms) // wakes at 10, goes on at 12
			note("a")
			_ = work.Spend(work.Send) // 3 ms, behind b and c
			note("a sent")
		})
		on.Go("b", func() {
			_ = on.Sleep(10*ms + 1) // goes on at 14
			note("b")
			signal.Notify()
		})
		on.Go("c", func() {
			_ = signal.Wait(time.Time{}) // woken at 14, behind a
			note("c")
		})
		return &lines
	}
	want := []string{"a 12ms", "b 14ms", "a sent 17ms", "c 19ms"}

	k := virtual.New()
	lines := program(k, k.Now())
	if err := k.Run(time.Second); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(*lines, want) {
		t.Errorf("virtual: %s, want %s", strings.Join(*lines, ", "), strings.Join(want, ", "))
	}
	synctest.Test(t, func(t *testing.T) {
		rt := live.New(context.Background())
		lines := program(rt, rt.Start())
		if err := rt.Run(time.Second); err != nil {
			t.Error(err)
		}
		if !slices.Equal(*lines, want) {
			t.Errorf("live: %s, want %s", strings.Join(*lines, ", "), strings.Join(want, ", "))
		}
	})
}

func TestGoroutinesHaveAProcessorEach(t *testing.T) {
	k := virtual.New()
	on, work := clientRuntime(k, client.Runtime{Kind: client.RuntimeGoroutines, PerRequest: 6 * ms})
	if on != clients.Runtime(k) {
		t.Error("goroutines are given another runtime")
	}
	var ends []time.Duration
	for range 3 {
		k.Go("worker", func() {
			_ = work.Spend(work.Send + work.Receive)
			ends = append(ends, k.Now().Sub(virtual.Epoch))
		})
	}
	if err := k.Run(time.Second); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(ends, []time.Duration{6 * ms, 6 * ms, 6 * ms}) {
		t.Errorf("ended at %v, want all at 6ms", ends)
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
