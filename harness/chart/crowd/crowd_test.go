package crowd_test

import (
	"slices"
	"testing"
	"time"

	"ratebench/harness/chart/crowd"
	"ratebench/harness/chart/kit"
	"ratebench/harness/internal/resulttest"
)

func TestOf(t *testing.T) {
	few := resulttest.Synthetic(resulttest.Many(12), 1, 10*time.Second)
	if f := crowd.Of(&few.Summary); f != nil || f.Name() != "" || f.Label() != nil {
		t.Errorf("of 12 strategies %v are in one line", f)
	}
	lots := resulttest.Synthetic(resulttest.Many(20), 1, 10*time.Second)
	f := crowd.Of(&lots.Summary)
	if f == nil {
		t.Fatal("of 20 strategies none are in one line")
	}
	for i := range lots.Summary.Strategies {
		st := &lots.Summary.Strategies[i]
		if f[i] == st.KeepsKeys() {
			t.Errorf("%s keeps its keys: %v, in one line: %v", st.Name, st.KeepsKeys(), f[i])
		}
		if grey := f.Line(i, 2).Color == kit.OtherGrey; grey != f[i] {
			t.Errorf("%s is grey: %v, want %v", st.Name, grey, f[i])
		}
	}
	order := f.Order(20)
	last := slices.IndexFunc(order, func(i int) bool { return !f[i] })
	if last != len(f) || len(order) != 20 {
		t.Errorf("drawn in the order %v, want those in one line first", order)
	}
}
