package metrics

import (
	"slices"
	"testing"
	"time"

	"ratebench/clients"
)

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

// Requests are of the source that the remainder of their id says.
func TestRecorderOfSources(t *testing.T) {
	s := script{NewRecorder(start, false).Sources(3)}
	for _, id := range []int64{0, 3, 4, 5, 8} {
		s.at(0, clients.Generated, id)
		s.at(0, clients.Taken, id)
	}
	s.at(ms, clients.Answered, 3, answered(0, success))
	s.at(ms, clients.Answered, 5, answered(0, success))
	s.at(ms, clients.Answered, 8, answered(0, success))
	s.at(ms, clients.Answered, 4, answered(0, refusal))
	got := s.Finish(start.Add(time.Second)).Sources
	if want := []Source{{2, 1}, {1, 0}, {2, 2}}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := NewRecorder(start, false).Finish(start).Sources; got != nil {
		t.Errorf("a load of one source has %v", got)
	}
}

// What the sources got in parts of their fair share, and the figures of it.
func TestFairness(t *testing.T) {
	for _, tt := range []struct {
		sources         []Source
		fairness, least float64
	}{
		{[]Source{{100, 6}, {100, 6}}, 1, 1},
		{[]Source{{100, 12}, {100, 0}}, 0.5, 0},                 // one of two has everything
		{[]Source{{100, 9}, {100, 3}}, 0.8, 0.5},                // (1.5 + 0.5)² / (2 · (2.25 + 0.25))
		{[]Source{{100, 10}, {2, 2}, {0, 0}}, 1, 1},             // none of its own share
		{[]Source{{1, 1}, {100, 3}, {100, 0}}, 9. / (3 * 5), 0}, // shares 1, 1.5, 1.5: 1, 2 and 0 of them
	} {
		r := &Run{Sources: tt.sources}
		if got, ok := fairness(r); !ok || got-tt.fairness > 1e-12 || tt.fairness-got > 1e-12 {
			t.Errorf("%v: fairness %v, %v; want %v", tt.sources, got, ok, tt.fairness)
		}
		if got, ok := leastServed(r); !ok || got != tt.least {
			t.Errorf("%v: least served %v, %v; want %v", tt.sources, got, ok, tt.least)
		}
	}
}

// Figures that a run has only if there is something to tell; a number that is not
// known is 0.
func TestFiguresThatAreNotThere(t *testing.T) {
	one, calls, cpu := Ledger{Succeeded: 1}, 3, 5*ms
	for _, tt := range []struct {
		name  string
		of    func(*Run) (float64, bool)
		run   Run
		want  float64
		known bool
	}{
		{"banned", bans, Run{}, 0, false},
		{"banned", bans, Run{Responses: Responses{Banned: 1}}, 1, true},
		{"store calls", storeCalls, Run{}, 0, false},
		{"store calls", storeCalls, Run{Ledger: one}, 0, false},
		{"store calls", storeCalls, Run{StoreCalls: &calls}, 0, false},
		{"store calls", storeCalls, Run{Ledger: one, StoreCalls: &calls}, 3, true},
		{"store CPU", storeCPU, Run{}, 0, false},
		{"store CPU", storeCPU, Run{Ledger: one}, 0, false},
		{"store CPU", storeCPU, Run{StoreCPU: &cpu}, 0, false},
		{"store CPU", storeCPU, Run{Ledger: one, StoreCPU: &cpu}, 5000, true},
		{"fairness", fairness, Run{}, 0, false},
		{"least served", leastServed, Run{}, 0, false},
		{"first block", firstBlock, Run{}, 0, false},
		{"latency", Find("latency_p50_ms").Of, Run{}, 0, false},
		{"latency", Find("latency_p50_ms").Of, Run{Latency: histogramOf(1, ms)}, 1, true},
	} {
		if got, known := tt.of(&tt.run); got != tt.want || known != tt.known {
			t.Errorf("%s: %v, %v; want %v, %v", tt.name, got, known, tt.want, tt.known)
		}
	}
	for _, tt := range []struct {
		runs  []*Run
		want  float64
		known bool
	}{
		{nil, 0, false},
		{[]*Run{{}}, 0, false},
		{[]*Run{{}, {Responses: Responses{Banned: 1}}}, 0.5, true},
	} {
		if got, known := meanBans(tt.runs); got != tt.want || known != tt.known {
			t.Errorf("bans of %d runs: %v, %v; want %v, %v", len(tt.runs), got, known, tt.want, tt.known)
		}
	}
	half := mean(func(r *Run) (float64, bool) { return float64(r.Retries), r.Retries > 0 })
	if got, known := half([]*Run{{Retries: 3}, {}, {Retries: 5}}); got != 4 || !known {
		t.Errorf("the mean of 3, nothing and 5 is %v, %v", got, known)
	}
	if got, known := half([]*Run{{}}); got != 0 || known {
		t.Errorf("the mean of nothing is %v, %v", got, known)
	}
	top := highest(func(r *Run) (float64, bool) { return float64(r.Retries), r.Retries != 9 })
	if got, known := top([]*Run{{Retries: -3}, {Retries: 9}, {Retries: -5}}); got != -3 || !known {
		t.Errorf("the highest of -3, nothing and -5 is %v, %v", got, known)
	}
	if got, known := top([]*Run{{Retries: 9}}); got != 0 || known {
		t.Errorf("the highest of nothing is %v, %v", got, known)
	}
}
