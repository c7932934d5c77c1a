package theory_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"ratebench/harness/dist"
	"ratebench/harness/scenario"
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
		{0, 1000 * ms},       // a continuous clock
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

func TestOneInFlight(t *testing.T) {
	tests := []struct {
		in, out  string
		overhead time.Duration
		want     float64
	}{
		{"uniform(0ms, 50ms)", "uniform(0ms, 50ms)", 0, 100 / 1.001},            // 5/(.025+.025) = 100 is more than the cap
		{"uniform(0ms, 50ms)", "uniform(0ms, 50ms)", 10 * ms, 5 / .060},         // 25 + 25 + 10
		{"constant(200ms)", "exponential(40ms)", 10 * ms, 5 / .250},             // 200 + 40 + 10
		{"constant(0ms)", "constant(0ms)", 0, 100 / 1.001},                      // no latency, no bound but the cap
		{"constant(0ms)", "constant(0ms)", 100 * time.Microsecond, 100 / 1.001}, // 50000 is more than the cap
	}
	for _, tt := range tests {
		got := theory.OneInFlight(reference(t, tt.in, tt.out, 0), tt.overhead)
		if math.Abs(got-tt.want) > 1e-6 {
			t.Errorf("%s, %s, %v: %v, want %v", tt.in, tt.out, tt.overhead, got, tt.want)
		}
	}
}

// The more a client knows, the more is possible.
func TestCeilingsAreOrdered(t *testing.T) {
	laws := []string{
		"constant(7ms)", "uniform(0ms, 3ms)", "uniform(190ms, 210ms)", "uniform(0ms, 2000ms)",
		"normal(20ms, 5ms)", "lognormal(30ms, 0.8)", "exponential(100ms)",
	}
	rapid.Check(t, func(rt *rapid.T) {
		law := rapid.SampledFrom(laws)
		step := rapid.SampledFrom([]time.Duration{0, ms}).Draw(rt, "step")
		sc := reference(t, law.Draw(rt, "in"), law.Draw(rt, "out"), step)
		sc.Server.Resolution = rapid.SampledFrom([]time.Duration{0, ms, 7 * ms}).Draw(rt, "resolution")
		c := theory.Of(sc)
		const rounding = 1 + 1e-9
		if !(c.ServerCap*rounding >= c.ServerTime && c.ServerTime*rounding >= c.Provable && c.Provable*rounding >= c.FixedHeadroom) {
			rt.Fatalf("not in order: %+v", c)
		}
	})
}

// A limit that is halved for half of the run is worth three quarters.
func TestStagesCountForAsLongAsTheyLast(t *testing.T) {
	sc := reference(t, "uniform(0ms, 50ms)", "uniform(0ms, 50ms)", ms)
	sc.Duration = 120 * time.Second
	whole := theory.Of(sc)
	half := scenario.Limit{N: 10, Window: time.Second}
	sc.Server.Stages = []scenario.Stage{
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
