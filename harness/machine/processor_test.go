package machine

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
	"ratebench/harness/scenario/client"
	"ratebench/harness/virtual"
)

// Everybody who needs the processor waits for all who came before.
func TestProcessorServesInTurn(t *testing.T) {
	program := func(rt clients.Runtime, start time.Time) *[]string {
		var lines []string
		on, work := Processor(rt, client.Runtime{Kind: client.RuntimeEventLoop, PerRequest: 6 * ms, PerWakeUp: 2 * ms})
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
	on, work := Processor(k, client.Runtime{Kind: client.RuntimeGoroutines, PerRequest: 6 * ms})
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
