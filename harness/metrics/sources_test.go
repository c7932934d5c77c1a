package metrics

import "testing"

func TestFairShares(t *testing.T) {
	for _, tt := range []struct {
		sources []Source
		want    []float64
	}{
		{[]Source{{100, 9}, {100, 3}}, []float64{6, 6}},
		{[]Source{{100, 10}, {2, 2}}, []float64{10, 2}}, // one that asks for little leaves the rest
		{[]Source{{100, 8}, {2, 0}, {5, 1}, {100, 3}}, []float64{10. / 3, 2, 10. / 3, 10. / 3}},
		{[]Source{{0, 0}, {7, 7}}, []float64{0, 7}},
		{nil, []float64{}},
	} {
		got := fairShares(tt.sources)
		if len(got) != len(tt.want) {
			t.Fatalf("%v: %v, want %v", tt.sources, got, tt.want)
		}
		for i := range got {
			if d := got[i] - tt.want[i]; d > 1e-9 || d < -1e-9 {
				t.Errorf("%v: %v, want %v", tt.sources, got, tt.want)
			}
		}
	}
}

// Nothing was got by anybody: there is no figure.
func TestFairnessOfNothing(t *testing.T) {
	for _, r := range []*Run{{}, {Sources: []Source{{Generated: 3}, {}}}} {
		if _, known := fairness(r); known {
			t.Errorf("%v has a fairness, want none", r.Sources)
		}
		if _, known := leastServed(r); known {
			t.Errorf("%v has one that was served least, want none", r.Sources)
		}
	}
}
