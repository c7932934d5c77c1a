package harness

import (
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ratebench/clients"
	"ratebench/harness/faults"
	"ratebench/harness/kinds"
	"ratebench/harness/metrics"
	"ratebench/harness/scenario"
)

// soakLength is how much virtual time each strategy of chaos.yaml is put
// through: RATEBENCH_SOAK, or two minutes.
func soakLength(t *testing.T) time.Duration {
	text := os.Getenv("RATEBENCH_SOAK")
	if text == "" {
		return 2 * time.Minute
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// A watchman accounts for every request, and for nothing that grows.
type watchman struct {
	t        *testing.T
	strategy string
	ledger   metrics.Ledger
	last     time.Time
	events   int
}

func (w *watchman) Observe(e *clients.Event) {
	if e.Time.Before(w.last) {
		w.t.Fatalf("%s: time goes back from %v to %v", w.strategy, w.last, e.Time)
	}
	w.last = e.Time
	w.events++
	w.ledger.Observe(e)
	if !w.ledger.Balanced() || w.ledger.Queued < 0 || w.ledger.InFlight < 0 {
		w.t.Fatalf("%s: ledger %+v after %v of request %d", w.strategy, w.ledger, e.Kind, e.Request.ID)
	}
}

// chaosFor is chaos.yaml for a longer time: outages, changes of the limit and
// jumps of the clock come again every two minutes.
func chaosFor(t *testing.T, d time.Duration) *scenario.Scenario {
	t.Helper()
	sc, err := scenario.Loader{Kinds: kinds.All()}.Load("../scenarios/chaos.yaml")
	if err != nil {
		t.Fatal(err)
	}
	period := sc.Duration
	stages, outages := sc.Server.Stages, sc.Server.Faults.Outages
	sc.Server.BlockAfter = 0 // else the keys of most are dead after a few minutes
	sc.Server.Stages, sc.Server.Faults.Outages = nil, nil
	for from := time.Duration(0); from < d; from += period {
		for _, s := range stages {
			s.At += from
			sc.Server.Stages = append(sc.Server.Stages, s)
		}
		for _, o := range outages {
			o.At += from
			sc.Server.Faults.Outages = append(sc.Server.Faults.Outages, o)
		}
	}
	sc.Duration = d
	return sc
}

// peakHeap samples the heap until it is stopped, and then tells the most that
// was in use.
func peakHeap() (stop func() uint64) {
	var peak atomic.Uint64
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak.Store(max(peak.Load(), m.HeapInuse+m.StackInuse))
			select {
			case <-tick.C:
			case <-done:
				return
			}
		}
	})
	return func() uint64 {
		close(done)
		wg.Wait()
		return peak.Load()
	}
}

// Everything breaks for a long time, and no request is lost.
func TestSoak(t *testing.T) {
	d := soakLength(t)
	short, _ := soak(t, min(d/2, 30*time.Minute))
	memory, report := soak(t, d)
	// What a strategy needs is there from the beginning. Twice as much leaves
	// room for the garbage collector.
	if memory > 2*short+32<<20 {
		t.Errorf("%d MiB for %v, %d MiB in a short run: memory grows with time", memory>>20, d, short>>20)
	}
	t.Log("\n" + report)
}

// soak puts every strategy through d of chaos and returns the peak of memory
// and what there is to tell.
func soak(t *testing.T, d time.Duration) (memory uint64, report string) {
	t.Helper()
	sc := chaosFor(t, d)
	stop := peakHeap()
	var mu sync.Mutex
	var wg sync.WaitGroup
	var tally faults.Tally
	var requests, lost, events int
	turn := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i := range sc.Strategies {
		wg.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			st := &sc.Strategies[i]
			w := &watchman{t: t, strategy: st.Name}
			own := &faults.Tally{}
			if _, err := (virtualRun{scenario: sc, strategy: st, seed: 1, observer: w, tally: own, skipIdle: true}).run(d); err != nil {
				t.Errorf("%s: %v", st.Name, err)
			}
			mu.Lock()
			defer mu.Unlock()
			if w.ledger.Succeeded == 0 {
				t.Errorf("%s: no success", st.Name)
			}
			tally.Add(own)
			requests += w.ledger.Generated
			lost += w.ledger.Lost()
			events += w.events
		})
	}
	wg.Wait()
	memory = stop()
	if lost != 0 {
		t.Errorf("%d requests lost", lost)
	}
	report = fmt.Sprintf("%g virtual hours of each of %d strategies, %d requests, %d events\n", d.Hours(), len(sc.Strategies), requests, events)
	for f := faults.None + 1; f <= faults.Down; f++ {
		report += fmt.Sprintf("  %-13s %d\n", f, tally.Count(f))
		if tally.Count(f) == 0 {
			t.Errorf("no fault of kind %v", f)
		}
	}
	return memory, report + fmt.Sprintf("requests lost: %d\npeak memory: %d MiB\n", lost, memory>>20)
}
