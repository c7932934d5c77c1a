package compare

import (
	"slices"
	"testing"
)

// series makes the figures of runs from seed 1 on; a negative value is a run
// without one.
func series(values ...float64) figures {
	f := figures{}
	for i, v := range values {
		f.runs = append(f.runs, figure{seed: uint64(i + 1), value: v, has: v >= 0})
		f.hasMean = f.hasMean || v >= 0
	}
	return f
}

func repeat(v float64, n int) figures { return series(slices.Repeat([]float64{v}, n)...) }

func TestEstimate(t *testing.T) {
	none := -1.0
	for name, tc := range map[string]struct {
		base, new figures
		paired    bool
		test      Test
		p         float64 // less than 0: none
		text      string
		interval  string
		warning   string
	}{
		"identical":             {series(1, 2, 3), series(1, 2, 3), true, Identical, 1, "identical", "", ""},
		"identical, one run":    {series(7), series(7), true, Identical, 1, "identical", "", ""},
		"zeros, not paired":     {repeat(0, 20), repeat(0, 3), false, Identical, 1, "identical", "", ""},
		"one run":               {series(50), series(51), true, NoTest, none, "+2.00 %", "", "not tested: there is one run"},
		"one run, not paired":   {series(50), series(49), false, NoTest, none, "-2.00 %", "", "not tested: a side has one run"},
		"one run, from zero":    {series(0), series(3), true, NoTest, none, "+3.00", "", "not tested: there is one run"},
		"pairs":                 {series(8, 10, 12), series(9, 10, 11), true, PairedT, 1, "+0.00 %", "-16.60 to +49.37", ""}, // see TestRatio
		"pairs, from zero":      {repeat(0, 3), series(1, 2, 3), true, PairedT, 0.0741799, "+2.00", "-0.48 to +4.48", ""},
		"five equal steps":      {series(1, 2, 3, 4, 5), series(1.1, 2.1, 3.1, 4.1, 5.1), true, Sign, 0.0625, "+3.33 %", "", "all differences are the same: need >= 6 pairs to detect one at alpha level 0.05"},
		"six equal steps":       {repeat(10, 6), repeat(9, 6), true, Sign, 0.03125, "-10.00 %", "", ""},
		"no scatter, 3 runs":    {repeat(0, 3), repeat(1, 3), false, MannU, 0.1, "+1.00", "", "need >= 4 samples to detect a difference at alpha level 0.05"},
		"no scatter, 4 runs":    {repeat(0, 4), repeat(1, 4), false, MannU, 2.0 / 70, "+1.00", "", ""},
		"pair without success":  {series(8, -1, 10, 12), series(9, 50, 10, 11), true, PairedT, 1, "+0.00 %", "-16.60 to +49.37", "1 of 4 pairs left out, in which a side has no success"},
		"no success in new":     {series(10, 20), series(-1, -1), true, NoTest, none, "–", "", "nothing was recorded on one side"},
		"no success anywhere":   {series(-1, -1), series(-1, -1), true, NoTest, none, "–", "", ""},
		"means only, same":      {figures{mean: 4, hasMean: true}, figures{mean: 4, hasMean: true}, true, Identical, 1, "identical", "", ""},
		"means only, different": {figures{mean: 4, hasMean: true}, figures{mean: 5, hasMean: true}, true, NoTest, none, "+25.00 %", "", "not tested: the results do not have it run by run"},
		"means only, one side":  {figures{mean: 4, hasMean: true}, figures{}, true, NoTest, none, "–", "", "nothing was recorded on one side"},
	} {
		t.Run(name, func(t *testing.T) {
			e := estimate(tc.base, tc.new, tc.paired)
			p := none
			if e.P != nil {
				p = *e.P
			}
			if e.Test != tc.test || !near(p, tc.p, 1e-6) {
				t.Errorf("%q with p %v, want %q with p %v", e.Test, p, tc.test, tc.p)
			}
			if e.differenceText() != tc.text || e.intervalText() != tc.interval {
				t.Errorf("%s, %q, want %s, %q", e.differenceText(), e.intervalText(), tc.text, tc.interval)
			}
			var want []string
			if tc.warning != "" {
				want = []string{tc.warning}
			}
			if !slices.Equal(e.Warnings, want) {
				t.Errorf("warnings %q, want %q", e.Warnings, want)
			}
		})
	}
}

// benchmath's result of Welch's test goes with the interval worked out here.
func TestEstimateWelch(t *testing.T) {
	base, new := sleep()
	for i := range base { // above zero, which stands for no value
		base[i] += 10
		new[i] += 10
	}
	e := estimate(series(base...), series(new...), false)
	if e.Test != WelchT || !near(*e.P, 0.07939, 1e-5) || !near(e.DifferenceCI[0], -0.205483, 1e-5) || len(e.Warnings) > 0 {
		t.Errorf("%q with p %v, %v, %q", e.Test, *e.P, *e.DifferenceCI, e.Warnings)
	}
	if !near(*e.P, significant(sampleMoments(base, new).p()), 1e-5) {
		t.Error("p of benchmath is not that of the interval")
	}
}

func TestVerdict(t *testing.T) {
	up, down, same := repeat(20, 6), repeat(5, 6), repeat(10, 6)
	for _, tc := range []struct {
		metric string
		new    figures
		want   Verdict
	}{
		{"tps", up, Better},
		{"tps", down, Worse},
		{"tps", same, NoChange},
		{"latency_p99_ms", up, Worse},
		{"latency_p99_ms", down, Better},
		{"offered_tps", up, Changed},
		{"offered_tps", down, Changed},
		{"429", repeat(20, 5), NoChange}, // five pairs are too few
		{"429", repeat(20, 1), Untested},
		{"latency_p99_ms", repeat(-1, 6), Untested},
	} {
		if got := verdict(tc.metric, estimate(same, tc.new, true)); got != tc.want {
			t.Errorf("%s to %v: %s, want %s", tc.metric, tc.new.runs[0], got, tc.want)
		}
	}
	if got := verdict("latency_p99_ms", estimate(repeat(-1, 6), repeat(-1, 6), true)); got != NoChange {
		t.Errorf("nothing on either side: %s, want %s", got, NoChange)
	}
}

func TestSignificant(t *testing.T) {
	for _, tc := range [][2]float64{{0, 0}, {1, 1}, {-123456.7, -123457}, {0.00123456789, 0.00123457}, {1e-20, 1e-20}, {84.4, 84.4}} {
		if got := significant(tc[0]); got != tc[1] {
			t.Errorf("significant(%v) = %v, want %v", tc[0], got, tc[1])
		}
	}
}
