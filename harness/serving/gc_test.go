package serving_test

import (
	"runtime/debug"
	"testing"

	"ratebench/harness/serving"
)

// gcPercent is the percentage that is set.
func gcPercent() int {
	p := debug.SetGCPercent(100)
	debug.SetGCPercent(p)
	return p
}

func TestTuneGC(t *testing.T) {
	before := gcPercent()
	t.Setenv("GOGC", "")
	undo := serving.TuneGC()
	if got := gcPercent(); got != serving.GCPercent {
		t.Errorf("%d, want %d", got, serving.GCPercent)
	}
	undo()
	if got := gcPercent(); got != before {
		t.Errorf("%d after undoing it, want %d", got, before)
	}
	t.Setenv("GOGC", "50")
	undo = serving.TuneGC()
	defer undo()
	if got := gcPercent(); got != before {
		t.Errorf("%d with GOGC set, want what was set before, %d", got, before)
	}
}
