package theory_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ratebench/harness/dist"
	"ratebench/harness/scenario"
	"ratebench/harness/scenario/api"
	"ratebench/harness/theory"
)

const ms = time.Millisecond

func parse(t testing.TB, text string, step time.Duration) dist.Dist {
	t.Helper()
	d, err := dist.Parse(text, step, nil)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// reference is the reference scenario with other latencies.
func reference(t testing.TB, in, out string, step time.Duration) *scenario.Scenario {
	sc := new(scenario.Scenario)
	sc.Step, sc.Load.Step = step, ms
	sc.Server.Keys = 5
	sc.Server.Limit.N = 20
	sc.Server.Limit.Window = time.Second
	sc.Server.Resolution = ms
	sc.Server.Incoming = parse(t, in, step)
	sc.Server.Outgoing = parse(t, out, step)
	sc.Load.Every = parse(t, "uniform(0ms, 21ms)", ms)
	return sc
}

// The figures are 5·20 / (1.001 + …) requests/s.
func TestOf(t *testing.T) {
	const offered = 1 / 0.0105
	tests := []struct {
		name    string
		in, out string
		step    time.Duration
		want    theory.Ceilings
	}{
		{"reference", "uniform(0ms, 50ms)", "uniform(0ms, 50ms)", ms, theory.Ceilings{
			ServerCap:     100 / 1.001,
			ServerTime:    100 / (1.001 + .025),
			Provable:      100 / (1.001 + .025 + .042925/2.601), // Σ (k/51)² ms, k = 1 … 50, is 50·51·101/6 / 51² ms
			FixedHeadroom: 100 / (1.001 + .050),
			Offered:       offered,
		}},
		{"reference, continuous", "uniform(0ms, 50ms)", "uniform(0ms, 50ms)", 0, theory.Ceilings{
			ServerCap:     100 / 1.001,
			ServerTime:    100 / (1.001 + .025),
			Provable:      100 / (1.001 + .025 + .050/3), // ∫ (1 - x/50)² dx
			FixedHeadroom: 100 / (1.001 + .050),
			Offered:       offered,
		}},
		{"a slow way back", "uniform(0ms, 20ms)", "uniform(0ms, 50ms)", 0, theory.Ceilings{
			ServerCap:     100 / 1.001,
			ServerTime:    100 / (1.001 + .010),
			Provable:      100 / (1.001 + .010 + .026/3), // ∫ (1 - x/20)(1 - x/50) dx to 20 is 20/2 - 20²/(6·50)
			FixedHeadroom: 100 / (1.001 + .020),
			Offered:       offered,
		}},
		{"far away: only the spread counts", "uniform(180ms, 200ms)", "uniform(110ms, 160ms)", 0, theory.Ceilings{
			ServerCap:     100 / 1.001,
			ServerTime:    100 / (1.001 + .010),
			Provable:      100 / (1.001 + .010 + .026/3), // as above
			FixedHeadroom: 100 / (1.001 + .020),
			Offered:       offered,
		}},
		{"constants cost nothing", "constant(200ms)", "constant(30ms)", ms, theory.Ceilings{
			ServerCap:     100 / 1.001,
			ServerTime:    100 / 1.001,
			Provable:      100 / 1.001,
			FixedHeadroom: 100 / 1.001,
			Offered:       offered,
		}},
		{"a constant way back tells the arrival", "uniform(0ms, 50ms)", "constant(30ms)", 0, theory.Ceilings{
			ServerCap:     100 / 1.001,
			ServerTime:    100 / (1.001 + .025),
			Provable:      100 / (1.001 + .025),
			FixedHeadroom: 100 / (1.001 + .050),
			Offered:       offered,
		}},
		{"unbounded way back", "uniform(0ms, 50ms)", "exponential(10ms)", 0, theory.Ceilings{
			ServerCap:     100 / 1.001,
			ServerTime:    100 / (1.001 + .025),
			Provable:      100 / (1.001 + .025 + .010 - .002*(1-math.Exp(-5))), // ∫ (1 - x/50) e^(-x/10) dx to 50
			FixedHeadroom: 100 / (1.001 + .050),
			Offered:       offered,
		}},
		{"unbounded way in", "exponential(10ms)", "uniform(5ms, 25ms)", 0, theory.Ceilings{
			ServerCap:  100 / 1.001,
			ServerTime: 100 / (1.001 + .010),
			Provable:   100 / (1.001 + .010 + .015 - .005), // E[out] - min out
			Offered:    offered,
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := theory.Of(reference(t, tt.in, tt.out, tt.step))
			if diff := cmp.Diff(tt.want, got, cmpopts.EquateApprox(1e-6, 0)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestReferenceFigures(t *testing.T) {
	for _, tt := range []struct {
		step time.Duration
		want theory.Ceilings
	}{
		{ms, theory.Ceilings{ServerCap: 99.90, ServerTime: 97.47, Provable: 95.92, FixedHeadroom: 95.15, Offered: 95.24}},
		{0, theory.Ceilings{ServerCap: 99.90, ServerTime: 97.47, Provable: 95.91, FixedHeadroom: 95.15, Offered: 95.24}},
	} {
		got := theory.Of(reference(t, "uniform(0ms, 50ms)", "uniform(0ms, 50ms)", tt.step))
		if diff := cmp.Diff(tt.want, got, cmpopts.EquateApprox(0, .005)); diff != "" {
			t.Errorf("step %v (-want +got):\n%s", tt.step, diff)
		}
	}
}

func TestReuseAge(t *testing.T) {
	tests := []struct {
		resolution time.Duration
		want       time.Duration // W'
	}{
		{0, 1000*ms + 1},     // a continuous clock, whose age is still more than the window
		{ms, 1001 * ms},      // 1000 ticks are not more than 1000ms, 1001 are
		{10 * ms, 1010 * ms}, // 101 ticks
		{16 * ms, 1008 * ms}, // 63 ticks; 62 are 992ms
		{3 * time.Second, 3 * time.Second},
	}
	for _, tt := range tests {
		sc := reference(t, "constant(0ms)", "constant(0ms)", ms)
		sc.Server.Resolution = tt.resolution
		if got, want := theory.Of(sc).ServerCap, 100/tt.want.Seconds(); math.Abs(got-want) > 1e-9 {
			t.Errorf("resolution %v: %v requests/s, want %v", tt.resolution, got, want)
		}
	}
}

func TestOfferedWithoutPauses(t *testing.T) {
	sc := reference(t, "constant(0ms)", "constant(0ms)", ms)
	sc.Load.Every = parse(t, "constant(0ms)", ms)
	if got := theory.Of(sc).Offered; got != 0 {
		t.Errorf("offered %v, want 0: no bound", got)
	}
}

// The more a client knows, and the fewer its duties, the more is possible.
func TestCeilingsAreOrdered(t *testing.T) {
	laws := []string{
		"constant(7ms)", "uniform(0ms, 3ms)", "uniform(190ms, 210ms)", "uniform(0ms, 2000ms)",
		"normal(20ms, 5ms)", "lognormal(30ms, 0.8)", "exponential(100ms)",
	}
	for i, in := range laws {
		out, resolution := laws[(3*i+1)%len(laws)], []time.Duration{0, ms, 7 * ms}[i%3]
		sc := reference(t, in, out, []time.Duration{0, ms}[i%2])
		sc.Server.Resolution = resolution
		c, ordered := theory.Of(sc), theory.Ordered(sc)
		of := func(which theory.Ceiling) float64 {
			switch which {
			case theory.InOrder:
				return ordered.Answers
			case theory.InOrderServerTime:
				return ordered.ServerTime
			}
			return c.Of(which)
		}
		for _, pair := range []struct{ more, less theory.Ceiling }{
			{theory.ServerCap, theory.ServerTime}, {theory.ServerTime, theory.Provable}, {theory.Provable, theory.FixedHeadroom},
			{theory.ServerTime, theory.InOrderServerTime}, {theory.Provable, theory.InOrder}, {theory.InOrderServerTime, theory.InOrder},
		} {
			if more, less := of(pair.more), of(pair.less); !(more*(1+1e-9) >= less) || more <= 0 {
				t.Errorf("%s, %s, resolution %v: %s %v, %s %v", in, out, resolution, pair.more, more, pair.less, less)
			}
		}
	}
}

// In order costs nothing where nothing can overtake, whatever the number of slots,
// and never less than nothing where there are more slots than can be measured.
func TestOrderedExtremes(t *testing.T) {
	sc := reference(t, "constant(200ms)", "uniform(0ms, 50ms)", ms)
	if c, o := theory.Of(sc), theory.Ordered(sc); o.Answers != c.Provable || o.ServerTime != c.ServerTime {
		t.Errorf("constant way in: %+v, want %+v", o, c)
	}
	// One after the other at best: a request leaves when it is known that the one
	// before it has arrived, E[min(50 - in, out)] + E[in] later, which is
	// 16.5 + 25 ms: 5/0.0415 requests/s with any number of slots.
	sc = reference(t, "uniform(0ms, 50ms)", "uniform(0ms, 50ms)", ms)
	sc.Server.Limit.N = 1_000_000
	want := 5 / (.025 + .042925/2.601)
	if got := theory.Ordered(sc).Answers; math.Abs(got-want) > .005*want {
		t.Errorf("a million slots: %v in order, want %v", got, want)
	}
	// With one slot a window is far longer than any way in.
	sc.Server.Limit.N = 1
	if c, o := theory.Of(sc), theory.Ordered(sc); math.Abs(o.Answers-c.Provable) > .001*c.Provable {
		t.Errorf("one slot: %v in order, want %v", o.Answers, c.Provable)
	}
}

// A simulation of the bare recursion over 400,000 departures gives 95.376 and 96.390.
func TestOrderedReferenceFigures(t *testing.T) {
	for _, tt := range []struct {
		step time.Duration
		want theory.OrderedCeilings
	}{
		{ms, theory.OrderedCeilings{Answers: 95.376, ServerTime: 96.390}},
		{0, theory.OrderedCeilings{Answers: 95.376, ServerTime: 96.416}},
	} {
		got := theory.Ordered(reference(t, "uniform(0ms, 50ms)", "uniform(0ms, 50ms)", tt.step))
		if diff := cmp.Diff(tt.want, got, cmpopts.EquateApprox(0, .006)); diff != "" {
			t.Errorf("step %v (-want +got):\n%s", tt.step, diff)
		}
	}
}

// Half the slots are not half in order: each waits for the one before all the same.
func TestOrderedStagesCountForAsLongAsTheyLast(t *testing.T) {
	sc := reference(t, "uniform(0ms, 50ms)", "uniform(0ms, 50ms)", ms)
	sc.Duration = 120 * time.Second
	whole := theory.Ordered(sc)
	half := scenario.Limit{N: 10, Window: time.Second}
	sc.Server.Stages = []api.Stage{{At: 30 * time.Second, Limit: half}, {At: 60 * time.Second, Limit: sc.Server.Limit}}
	got := theory.Ordered(sc)
	sc.Server.Limit, sc.Server.Stages = half, nil
	halved := theory.Ordered(sc)
	want := theory.OrderedCeilings{Answers: .75*whole.Answers + .25*halved.Answers, ServerTime: .75*whole.ServerTime + .25*halved.ServerTime}
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(1e-12, 0)); diff != "" || halved.Answers < .5*whole.Answers {
		t.Errorf("half %+v (-want +got):\n%s", halved, diff)
	}
}

// A limit that is halved for half of the run is worth three quarters.
func TestStagesCountForAsLongAsTheyLast(t *testing.T) {
	sc := reference(t, "uniform(0ms, 50ms)", "uniform(0ms, 50ms)", ms)
	sc.Duration = 120 * time.Second
	whole := theory.Of(sc)
	half := scenario.Limit{N: 10, Window: time.Second}
	sc.Server.Stages = []api.Stage{
		{At: 30 * time.Second, Limit: half},
		{At: 90 * time.Second, Limit: sc.Server.Limit},
		{At: 300 * time.Second, Limit: half}, // after the end
	}
	got := theory.Of(sc)
	want := theory.Ceilings{
		ServerCap: .75 * whole.ServerCap, ServerTime: .75 * whole.ServerTime, Provable: .75 * whole.Provable,
		FixedHeadroom: .75 * whole.FixedHeadroom, Offered: whole.Offered,
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(1e-12, 0)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestBurstsMultiplyTheLoad(t *testing.T) {
	sc := reference(t, "constant(0ms)", "constant(0ms)", ms)
	sc.Load.Burst = 50
	if got, want := theory.Of(sc).Offered, 50/0.0105; math.Abs(got-want) > 1e-9*want {
		t.Errorf("offered %v, want %v", got, want)
	}
}
