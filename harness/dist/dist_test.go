package dist

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const ms = time.Millisecond

func mustParse(t rapid.TB, text string, step time.Duration) Dist {
	t.Helper()
	d, err := Parse(text, step, openSample)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestMean(t *testing.T) {
	tests := []struct {
		text string
		step time.Duration
		want time.Duration
	}{
		{"uniform(0ms, 50ms)", ms, 25 * ms},
		{"uniform(0ms, 50ms)", 0, 25 * ms},
		{"uniform(0ms, 21ms)", ms, 10500 * time.Microsecond},
		{"uniform(7ms, 7ms)", ms, 7 * ms},
		{"constant(5ms)", ms, 5 * ms},
		{"5ms", 0, 5 * ms},
		// 50 ms is ten standard deviations from 0: nothing is truncated.
		{"normal(50ms, 5ms)", ms, 50 * ms},
		{"normal(50ms, 5ms)", 0, 50 * ms},
		// Half normal: sd·√(2/π).
		{"normal(0ms, 10ms)", 0, 7978846},
		// median·exp(sigma²/2)
		{"lognormal(20ms, 0.5)", 0, 22662969},
		// Rounding a density that falls at 0 from above moves the mean by
		// about step²·f(0)/24 = (1ms)²/(24·10ms): step/2/sinh(step/2/mean).
		{"exponential(10ms)", 0, 10 * ms},
		{"exponential(10ms)", ms, 9995835},
		// All but e^-50 rounds to 0.
		{"exponential(10µs)", ms, 0},
		{"empirical(three.csv)", 0, 2 * ms},
		// 1ms, 1.5ms and 3.5ms on the grid, halves down: 1ms, 1ms, 3ms.
		{"empirical(three.csv)", ms, 5 * ms / 3},
	}
	for _, tt := range tests {
		if got := mustParse(t, tt.text, tt.step).Mean(); got != tt.want {
			t.Errorf("%s on %v: mean %v, want %v", tt.text, tt.step, got, tt.want)
		}
	}
}

func TestSupport(t *testing.T) {
	tests := []struct {
		text     string
		min, max time.Duration
	}{
		{"uniform(3ms, 50ms)", 3 * ms, 50 * ms},
		{"constant(5ms)", 5 * ms, 5 * ms},
		{"normal(50ms, 5ms)", 0, Unbounded},
		{"lognormal(50ms, 0.1)", 0, Unbounded},
		{"exponential(50ms)", 0, Unbounded},
		{"empirical(three.csv)", ms, 3 * ms},
	}
	for _, tt := range tests {
		d := mustParse(t, tt.text, ms)
		if min, max := d.Support(); min != tt.min || max != tt.max {
			t.Errorf("%s: support %v to %v, want %v to %v", tt.text, min, max, tt.min, tt.max)
		}
		if d.Step() != ms {
			t.Errorf("%s: step %v, want %v", tt.text, d.Step(), ms)
		}
		if min, _ := d.Support(); d.Quantile(0) != min {
			t.Errorf("%s: quantile of 0 is %v, want the lower end %v", tt.text, d.Quantile(0), min)
		}
	}
}

// The uniform distribution of the reference is over integers: 51 of them for
// a latency, 22 for a pause, each as likely as the others.
func TestUniformOnGridIsOverIntegers(t *testing.T) {
	d := mustParse(t, "uniform(0ms, 50ms)", ms)
	for k := range 51 {
		at := time.Duration(k) * ms
		if p := d.CDF(at) - d.CDF(at-1); math.Abs(p-1.0/51) > 1e-15 {
			t.Errorf("P(%v) = %v, want 1/51", at, p)
		}
		if got := d.Quantile((float64(k) + 0.5) / 51); got != at {
			t.Errorf("quantile of the middle of bar %d is %v, want %v", k, got, at)
		}
	}
}

// The mass of a point on the grid is that of the law within half a step.
func TestRoundedMass(t *testing.T) {
	for _, text := range []string{"normal(5ms, 4ms)", "lognormal(5ms, 1)", "exponential(5ms)"} {
		grid, law := mustParse(t, text, ms), mustParse(t, text, 0)
		for k := range 40 {
			at := time.Duration(k) * ms
			want := law.CDF(at+ms/2) - law.CDF(at-ms/2)
			if got := grid.CDF(at) - grid.CDF(at-1); math.Abs(got-want) > 1e-12 {
				t.Errorf("%s: P(%v) = %v, want %v", text, at, got, want)
			}
		}
	}
}

// notation draws the notation of a distribution and a step it can be on.
func notation(t *rapid.T) (text string, step time.Duration) {
	step = rapid.SampledFrom([]time.Duration{0, 10 * time.Microsecond, ms, 7 * ms}).Draw(t, "step")
	unit := max(step, time.Microsecond)
	length := func(name string, least int) string {
		return FormatDuration(time.Duration(rapid.IntRange(least, 500).Draw(t, name)) * unit)
	}
	switch family := rapid.SampledFrom(families()).Draw(t, "family").name; family {
	case "uniform":
		lower := rapid.IntRange(0, 500).Draw(t, "lower")
		upper := rapid.IntRange(lower, 1000).Draw(t, "upper")
		return uniform{lower: time.Duration(lower) * unit, upper: time.Duration(upper) * unit}.String(), step
	case "constant":
		return "constant(" + length("value", 0) + ")", step
	case "normal":
		return "normal(" + length("mean", 0) + ", " + length("sd", 1) + ")", step
	case "lognormal":
		sigma := rapid.SampledFrom([]string{"0.01", "0.5", "1"}).Draw(t, "sigma")
		return "lognormal(" + length("median", 1) + ", " + sigma + ")", step
	case "exponential":
		return "exponential(" + length("mean", 1) + ")", step
	case "bootstrap":
		return fmt.Sprintf("bootstrap(many.csv, %d)", rapid.IntRange(1, 1000).Draw(t, "block")), step
	case "replay":
		return "replay(many.csv)", step
	default:
		return "empirical(" + rapid.SampledFrom([]string{"three.csv", "many.csv"}).Draw(t, "file") + ")", step
	}
}

// Quantile and CDF are a Galois connection: Quantile(u) <= d iff u <= CDF(d).
func TestQuantileInvertsCDF(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, step := notation(t)
		d := mustParse(t, text, step)
		u := U(rapid.Uint64().Draw(t, "seed"), 0, 0)
		q := d.Quantile(u)
		if step > 0 && q%step != 0 {
			t.Fatalf("%s on %v: quantile of %v is %v, which is off the grid", text, step, u, q)
		}
		if min, max := d.Support(); q < min || q > max {
			t.Fatalf("%s on %v: quantile of %v is %v, outside of the support", text, step, u, q)
		}
		if got := d.CDF(q); got < u {
			t.Fatalf("%s on %v: quantile of %v is %v, and CDF there only %v", text, step, u, q, got)
		}
		if got := d.CDF(q - 1); u > 0 && got >= u {
			t.Fatalf("%s on %v: quantile of %v is %v, and CDF just before already %v", text, step, u, q, got)
		}
	})
}

// The same for u that are values of the CDF, and those next to them, up to the ends
// of the support: where a rounding decides.
func TestQuantileInvertsCDFAtItsSteps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, step := notation(t)
		d := mustParse(t, text, step)
		at := d.Quantile(rapid.SampledFrom([]float64{0, 0x1p-53, 1e-9, 0.01, 0.5, 0.99, 1 - 1e-9, 1 - 0x1p-50, 1 - 0x1p-53}).Draw(t, "share"))
		at += time.Duration(rapid.IntRange(-2, 2).Draw(t, "steps")) * max(step, 1)
		u := d.CDF(at)
		u = rapid.SampledFrom([]float64{u, math.Nextafter(u, 0), math.Nextafter(u, 1), u - 0x1p-53, u + 0x1p-53}).Draw(t, "u")
		if u <= 0 || u >= 1 {
			return
		}
		if q := d.Quantile(u); d.CDF(q) < u || d.CDF(q-1) >= u {
			t.Fatalf("%s on %v: quantile of %v is %v, and CDF there %v and %v just before", text, step, u, q, d.CDF(q), d.CDF(q-1))
		}
	})
}

func TestCDFRises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, step := notation(t)
		d := mustParse(t, text, step)
		a := time.Duration(rapid.Int64Range(-1e9, 1e9).Draw(t, "a"))
		b := a + time.Duration(rapid.Int64Range(0, 1e9).Draw(t, "more"))
		if d.CDF(a) > d.CDF(b) {
			t.Fatalf("%s on %v: CDF(%v) = %v > CDF(%v) = %v", text, step, a, d.CDF(a), b, d.CDF(b))
		}
		if d.CDF(-1) != 0 || d.CDF(Unbounded) != 1 {
			t.Fatalf("%s on %v: CDF goes from %v to %v", text, step, d.CDF(-1), d.CDF(Unbounded))
		}
	})
}

// The mean is the sum of the survival function over the grid. The dumb sum
// here stops only when nothing is left.
func TestMeanIsSumOverGrid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, step := notation(t)
		if step == 0 {
			step = ms
			text = "exponential(20ms)"
		}
		d := mustParse(t, text, step)
		sum, top := 0.0, d.Quantile(1-0x1p-53)
		if top/step > 2e5 {
			t.Skip("too long a sum")
		}
		for at := time.Duration(0); at <= top; at += step {
			sum += (1 - d.CDF(at)) * float64(step)
		}
		// 1-CDF is good to 1e-16, and there are top/step of them.
		if got, tolerance := float64(d.Mean()), 1+float64(top)*1e-14; math.Abs(got-sum) > tolerance {
			t.Fatalf("%s on %v: mean %v, the sum is %v", text, step, got, sum)
		}
	})
}

// More than 65536 points of grid: the mean takes its short cut, which must
// not be seen. The exponential has a closed form to compare with, the
// lognormal here is mostly on the first few points.
func TestMeanOfLongGrid(t *testing.T) {
	mean, step := float64(time.Hour), float64(ms)
	want := step / 2 / math.Sinh(step/2/mean)
	if got := mustParse(t, "exponential(1h)", ms).Mean(); math.Abs(float64(got)-want) > 1 {
		t.Errorf("exponential(1h): mean %v, want %vns", got, want)
	}

	d := mustParse(t, "lognormal(1ms, 2)", ms)
	sum := 0.0
	for at := time.Duration(0); at < 4000*time.Second; at += ms {
		sum += (1 - d.CDF(at)) * step
	}
	if got := float64(d.Mean()); math.Abs(got-sum) > 1 {
		t.Errorf("lognormal(1ms, 2): mean %v, the sum is %v", got, sum)
	}
}

// What is drawn has the mean and the distribution that are promised: the
// empirical CDF stays within the Kolmogorov–Smirnov bound (one in a million).
func TestDrawsFollowCDF(t *testing.T) {
	const n = 20_000
	for _, text := range []string{
		"uniform(0ms, 50ms)", "normal(10ms, 8ms)", "lognormal(10ms, 0.7)", "exponential(10ms)", "empirical(many.csv)",
	} {
		for _, step := range []time.Duration{0, ms} {
			d := mustParse(t, text, step)
			counts := make(map[time.Duration]int)
			var sum float64
			for i := range uint64(n) {
				q := d.Quantile(U(1, 2, i))
				counts[q/ms]++
				sum += float64(q) / n
			}
			below := 0
			for k := range time.Duration(200) {
				below += counts[k]
				got, want := float64(below)/n, d.CDF((k+1)*ms-1)
				if math.Abs(got-want) > 2.7/math.Sqrt(n) {
					t.Errorf("%s on %v: %v of the draws are below %v, want %v", text, step, got, (k+1)*ms, want)
				}
			}
			if got := sum / float64(d.Mean()); math.Abs(got-1) > 0.04 {
				t.Errorf("%s on %v: draws have %v of the mean %v", text, step, got, d.Mean())
			}
		}
	}
}

func TestUIsUniform(t *testing.T) {
	const bins, n = 100, 100_000
	// Keys as programs use them: small, consecutive, in each place in turn.
	draws := map[string]func(i uint64) float64{
		"seed":   func(i uint64) float64 { return U(i, 1, 1) },
		"stream": func(i uint64) float64 { return U(1, i, 1) },
		"n":      func(i uint64) float64 { return U(1, 1, i) },
	}
	for name, draw := range draws {
		var counts [bins]float64
		var product float64 // of neighbours, for their correlation
		for i := range uint64(n) {
			u := draw(i)
			if u < 0 || u >= 1 {
				t.Fatalf("U over %s: %v is outside of [0, 1)", name, u)
			}
			counts[int(u*bins)]++
			product += (u - 0.5) * (draw(i+1) - 0.5)
		}
		chi2 := 0.0
		for _, c := range counts {
			chi2 += (c - n/bins) * (c - n/bins) / (n / bins)
		}
		// Chi-squared with 99 degrees of freedom: 99 ± 14, far out at 170.
		if chi2 > 170 {
			t.Errorf("U over %s: chi-squared %v over %d bins, want about %d", name, chi2, bins, bins-1)
		}
		// The correlation of independent numbers is 0 ± 1/√n.
		if r := product / n * 12; math.Abs(r) > 5/math.Sqrt(n) {
			t.Errorf("U over %s: neighbours correlate by %v", name, r)
		}
	}
}

// A draw depends on its key alone, whatever was drawn before. The values are
// pinned: every published result depends on them.
func TestUDependsOnKeyAlone(t *testing.T) {
	keys := [][3]uint64{{1, 0, 0}, {1, 0, 1}, {1, 1, 0}, {2, 0, 0}, {math.MaxUint64, math.MaxUint64, math.MaxUint64}}
	var forward, backward [5]float64
	for i, k := range keys {
		forward[i] = U(k[0], k[1], k[2])
	}
	for i := len(keys) - 1; i >= 0; i-- {
		backward[i] = U(keys[i][0], keys[i][1], keys[i][2])
	}
	if diff := cmp.Diff(forward, backward); diff != "" {
		t.Errorf("the order of draws matters (-forward +backward):\n%s", diff)
	}
	want := [5]float64{
		0.6935121390102292, 0.42321144819582723, 0.34163131066679175, 0.09898262136490354, 0.3490462276456614,
	}
	if diff := cmp.Diff(want, forward); diff != "" {
		t.Errorf("draws have changed (-want +got):\n%s", diff)
	}
}

func BenchmarkQuantile(b *testing.B) {
	for _, text := range []string{"uniform(0ms, 50ms)", "normal(50ms, 5ms)", "lognormal(50ms, 0.5)", "exponential(50ms)", "empirical(many.csv)"} {
		d, err := Parse(text, ms, openSample)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for n := uint64(0); b.Loop(); n++ {
				d.Quantile(U(1, 1, n))
			}
		})
	}
}
