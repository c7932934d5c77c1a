package metrics

import (
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"ratebench/clients"
)

// A shared recorder is one that is told, asked and ended under a lock.
func TestShared(t *testing.T) {
	s := Share(NewRecorder(start, false))
	e := &clients.Event{Time: start, Kind: clients.Generated}
	for name, f := range map[string]func(){
		"Observe":  func() { s.Observe(e) },
		"Progress": func() { s.Progress(start) },
		"Finish":   func() { s.Finish(start) },
	} {
		s.mu.Lock()
		var over atomic.Bool
		done := make(chan struct{})
		go func() {
			defer close(done)
			f()
			over.Store(true)
		}()
		for range 1000 {
			runtime.Gosched()
		}
		if over.Load() {
			t.Errorf("%s does not wait for the lock", name)
		}
		s.mu.Unlock()
		<-done
	}
	if p := s.Progress(start.Add(time.Second)); p.Ledger.Generated != 1 || p.Elapsed != time.Second {
		t.Errorf("progress %+v, want one generated in 1s", p)
	}
	if run := s.Finish(start.Add(2 * time.Second)); run.Ledger.Generated != 1 || run.Duration != 2*time.Second {
		t.Errorf("the run %+v, want one generated in 2s", run.Ledger)
	}
	if !s.mu.TryLock() {
		t.Error("it is locked for good")
	}
}

func TestProcessorUse(t *testing.T) {
	u := ProcessorUse{CPU: 10 * ms, Voluntary: 20, Involuntary: 30}
	if got, want := u.Sub(ProcessorUse{CPU: ms, Voluntary: 2, Involuntary: 3}), (ProcessorUse{CPU: 9 * ms, Voluntary: 18, Involuntary: 27}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}
