package theory

import (
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ratebench/harness/dist"
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

// empirical is the distribution of a sample.
func empirical(t testing.TB, sample []time.Duration, step time.Duration) dist.Dist {
	t.Helper()
	return fromFile(t, "empirical", sample, step)
}

// fromFile is a distribution of the values of a file.
func fromFile(t testing.TB, family string, sample []time.Duration, step time.Duration) dist.Dist {
	t.Helper()
	var lines strings.Builder
	for _, d := range sample {
		fmt.Fprintln(&lines, d)
	}
	open := func(string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(lines.String())), nil }
	d, err := dist.Parse(family+"(sample)", step, open)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// enumerate is the mean doubt, in nanoseconds, over all pairs of two samples.
func enumerate(in, out dist.Dist, ins, outs []time.Duration) float64 {
	_, inMax := in.Support()
	outMin, _ := out.Support()
	sum := 0.0
	for _, i := range ins {
		for _, o := range outs {
			sum += float64(min(inMax-i, o-outMin))
		}
	}
	return sum / float64(len(ins)) / float64(len(outs))
}

// Relative errors: of laws that fall smoothly, and of any.
const (
	smooth = 1e-6
	jumps  = 1. / (1 << 15)
)

// near reports whether d is x but for rounding and a relative error.
func near(d time.Duration, x, relative float64) bool {
	return math.Abs(float64(d)-x) <= 1+relative*x
}

func TestMeanDoubtOfSamples(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		step := rapid.SampledFrom([]time.Duration{0, ms}).Draw(rt, "step")
		sample := rapid.SliceOfN(rapid.Map(rapid.Int64Range(0, int64(200*ms)), func(n int64) time.Duration {
			if step > 0 {
				return time.Duration(n).Truncate(step)
			}
			return time.Duration(n)
		}), 1, 20)
		ins, outs := sample.Draw(rt, "in"), sample.Draw(rt, "out")
		in, out := empirical(t, ins, step), empirical(t, outs, step)
		if got, want := meanDoubt(in, out), enumerate(in, out, ins, outs); !near(got, want, jumps) {
			rt.Fatalf("%v, want %vns", got, want)
		}
	})
}

// Steps at 16, 32, 48 and 64ms.
func TestMeanDoubtOfAStaircase(t *testing.T) {
	in := parse(t, "uniform(0ms, 64ms)", 0)
	out := empirical(t, []time.Duration{0, 16 * ms, 32 * ms, 48 * ms, 64 * ms}, 0)
	// ∫ (1 - x/64) P(out > x) dx = .8·14 + .6·10 + .4·6 + .2·2
	if got := meanDoubt(in, out); !near(got, float64(20*ms), jumps) {
		t.Errorf("%v, want 20ms", got)
	}
}

// The sum is wrong by no more than its promise wherever an f falls, and it is
// exact where all falls are among the terms that are added one by one.
func TestSumOfWhereverItFalls(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := time.Duration(rapid.Int64Range(1, 1<<40).Draw(rt, "n"))
		falls := rapid.SliceOfN(rapid.Int64Range(0, int64(n)), 1, 5).Draw(rt, "falls") // f is how many of them lie ahead
		f := func(k time.Duration) (ahead float64) {
			for _, fall := range falls {
				if int64(k) < fall {
					ahead++
				}
			}
			return ahead
		}
		want, relative := 0.0, 1e-12
		for _, fall := range falls {
			want += float64(fall)
			if fall > 1<<14 {
				relative = jumps
			}
		}
		if got := sumOf(f, n); math.Abs(got-want) > relative*want {
			rt.Fatalf("%v, want %v", got, want)
		}
	})
}

// As many jumps as there are in a measured sample.
func TestMeanDoubtOfManyValues(t *testing.T) {
	const n = 2000
	ins, outs := make([]time.Duration, n), make([]time.Duration, n)
	for i := range n {
		ins[i] = time.Duration(dist.U(1, 1, uint64(i)) * float64(50*ms))
		outs[i] = time.Duration(dist.U(1, 2, uint64(i)) * float64(50*ms))
	}
	in, out := empirical(t, ins, 0), empirical(t, outs, 0)
	if got, want := meanDoubt(in, out), enumerate(in, out, ins, outs); !near(got, want, jumps) {
		t.Errorf("%v, want %vns", got, want)
	}
}

// Latencies of one line: a long one in comes with a long one out.
func TestMeanDoubtOfWhatWasMeasuredTogether(t *testing.T) {
	values := []time.Duration{5 * ms, 15 * ms, 25 * ms, 45 * ms}
	s := fromFile(t, "replay", values, 0)
	// E[min(45 - x, x - 5)] = (0 + 10 + 20 + 0) / 4
	if got, want := meanDoubt(s, s), 7500*time.Microsecond; got != want {
		t.Errorf("%v, want %v", got, want)
	}
	if apart := empirical(t, values, 0); meanDoubt(apart, apart) == meanDoubt(s, s) {
		t.Error("independent latencies have the same mean doubt: nothing is tested")
	}
}

func TestMeanDoubtExtremes(t *testing.T) {
	tests := []struct {
		name    string
		in, out string
		step    time.Duration
		want    float64 // ns
	}{
		// ∫ (1 - x/a) e^(-x/m) dx to a is m - m²/a·(1 - e^(-a/m)).
		{"in ten thousand times out", "uniform(0s, 10s)", "exponential(1ms)", 0, 1e6 - 1e12/1e10},
		{"hours", "uniform(0h, 10h)", "uniform(0h, 10h)", 0, 36e12 / 3},
		{"hours on a grid of milliseconds", "uniform(0h, 10h)", "uniform(0h, 10h)", ms, 36e12 / 3},
		{"nanoseconds", "uniform(0ns, 3ns)", "uniform(0ns, 3ns)", 1, 14. / 16}, // (9 + 4 + 1) / 4²
		{"out a hair's breadth wide", "uniform(0s, 1s)", "uniform(200ms, 200001us)", 0, 500},
		{"in a hair's breadth wide", "uniform(200ms, 200001us)", "exponential(1s)", 0, 500},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := meanDoubt(parse(t, tt.in, tt.step), parse(t, tt.out, tt.step)); !near(got, tt.want, smooth) {
				t.Errorf("%v, want %vns", got, tt.want)
			}
		})
	}
}

// The integral is the mean of what is drawn.
func TestMeanDoubtMonteCarlo(t *testing.T) {
	const n = 100_000
	for _, tt := range []struct {
		in, out string
		step    time.Duration
	}{
		{"uniform(0ms, 50ms)", "uniform(0ms, 50ms)", ms},
		{"uniform(0ms, 50ms)", "uniform(0ms, 50ms)", 0},
		{"uniform(195ms, 205ms)", "normal(200ms, 5ms)", 0},
		{"uniform(10ms, 90ms)", "lognormal(20ms, 0.7)", 0},
		{"uniform(10ms, 90ms)", "lognormal(20ms, 0.7)", ms},
		{"uniform(0ms, 50ms)", "exponential(20ms)", ms},
	} {
		in, out := parse(t, tt.in, tt.step), parse(t, tt.out, tt.step)
		_, inMax := in.Support()
		outMin, _ := out.Support()
		var sum, squares float64
		for i := range uint64(n) {
			x := float64(min(inMax-in.Quantile(dist.U(7, 1, i)), out.Quantile(dist.U(7, 2, i))-outMin))
			sum += x
			squares += x * x
		}
		mean := sum / n
		sigma := math.Sqrt((squares/n - mean*mean) / n)
		if got := float64(meanDoubt(in, out)); math.Abs(got-mean) > 4*sigma {
			t.Errorf("%s, %s, step %v: %.0fns, drawn %.0f ± %.0fns", tt.in, tt.out, tt.step, got, mean, sigma)
		}
	}
}

func BenchmarkMeanDoubt(b *testing.B) {
	for _, bb := range []struct {
		name    string
		in, out string
		step    time.Duration
	}{
		{"grid", "uniform(0ms, 50ms)", "uniform(0ms, 50ms)", ms},
		{"smooth", "uniform(0ms, 50ms)", "lognormal(20ms, 0.7)", 0},
	} {
		in, out := parse(b, bb.in, bb.step), parse(b, bb.out, bb.step)
		b.Run(bb.name, func(b *testing.B) {
			for b.Loop() {
				meanDoubt(in, out)
			}
		})
	}
}

// To the nanosecond, where nanoseconds are all there is: Σ (k/21)², k = 1 … 20, is
// 20·21·41/6 / 21² = 6.51.
func TestMeanDoubtOfNanoseconds(t *testing.T) {
	d := parse(t, "uniform(0ns, 20ns)", 1)
	if got := meanDoubt(d, d); got != 7 {
		t.Errorf("got %v, want 7ns", got)
	}
}
