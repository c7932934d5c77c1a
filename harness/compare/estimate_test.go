package compare

import (
	"math"
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

// How the runs of a test belong together.
var (
	real      = pairing{bySeed: true}                               // pairs, in real time
	virtual   = pairing{bySeed: true, exact: true}                  // pairs, in virtual time
	sameFile  = pairing{bySeed: true, exact: true, sameDraws: true} // of the same scenario file
	unrelated = pairing{}
)

func TestEstimate(t *testing.T) {
	none := -1.0
	for name, tc := range map[string]struct {
		base, new figures
		pairing   pairing
		test      Test
		p         float64 // less than 0: none
		text      string
		interval  string
		warning   string
	}{
		"identical":                {series(1, 2, 3), series(1, 2, 3), virtual, Identical, none, "identical", "", ""},
		"identical, real":          {series(1, 2, 3), series(1, 2, 3), real, Identical, none, "identical", "", ""},
		"identical, one run":       {series(7), series(7), virtual, Identical, none, "identical", "", ""},
		"zeros, not paired":        {repeat(0, 20), repeat(0, 3), unrelated, Identical, none, "identical", "", ""},
		"one run":                  {series(50), series(51), real, NoTest, none, "+2.00 %", "", "not tested: there is one run"},
		"one run, other file":      {series(50), series(51), virtual, NoTest, none, "+2.00 %", "", "not tested: there is one run"},
		"one run, same file":       {series(50), series(51), sameFile, Exact, none, "+2.00 %", "", ""},
		"one run, not paired":      {series(50), series(49), unrelated, NoTest, none, "-2.00 %", "", "not tested: a side has one run"},
		"one run, from zero":       {series(0), series(3), real, NoTest, none, "+3.00", "", "not tested: there is one run"},
		"pairs":                    {series(8, 10, 12), series(9, 10, 11), virtual, PairedT, 1, "+0.00 %", "-16.60 to +49.37", ""}, // see TestRatio
		"pairs, from zero":         {repeat(0, 3), series(1, 2, 3), real, PairedT, 0.0741799, "+2.00", "-0.48 to +4.48", ""},
		"equal steps, exact":       {series(1, 2, 3, 4, 5), series(1.1, 2.1, 3.1, 4.1, 5.1), virtual, Exact, none, "+3.33 %", "", ""},
		"two equal steps, exact":   {series(80, 80), series(40, 40), virtual, Exact, none, "-50.00 %", "", ""},
		"tiny equal steps, exact":  {repeat(10.0/86400, 2), repeat(5.0/86400, 2), virtual, Exact, none, "-50.00 %", "", ""},
		"five equal steps, real":   {series(1, 2, 3, 4, 5), series(1.1, 2.1, 3.1, 4.1, 5.1), real, Sign, 0.0625, "+3.33 %", "", "all differences are the same: need >= 6 pairs to detect one at alpha level 0.05"},
		"six equal steps, real":    {repeat(10, 6), repeat(9, 6), real, Sign, 0.03125, "-10.00 %", "", ""},
		"no scatter, 3 runs":       {repeat(0, 3), repeat(1, 3), unrelated, MannU, 0.1, "+1.00", "", "need >= 4 samples to detect a difference at alpha level 0.05"},
		"no scatter, 4 runs":       {repeat(0, 4), repeat(1, 4), unrelated, MannU, 2.0 / 70, "+1.00", "", ""},
		"pair without success":     {series(8, -1, 10, 12), series(9, 50, 10, 11), real, PairedT, 1, "+0.00 %", "-16.60 to +49.37", "1 of 4 pairs left out, in which one side has no such figure"},
		"pair without any success": {series(8, -1, 10, 12), series(9, -1, 10, 11), real, PairedT, 1, "+0.00 %", "-16.60 to +49.37", ""},
		"not below -100 %":         {series(10, 12, 11, 10), series(0, 0, 1, 0), unrelated, WelchT, 1.56208e-5, "-97.67 %", "-100.00 to -91.42", ""},
		"no success in new":        {series(10, 20), series(-1, -1), real, NoTest, none, "–", "", "nothing was recorded on one side"},
		"no success anywhere":      {series(-1, -1), series(-1, -1), real, NoTest, none, "–", "", ""},
		"means only, same":         {means(4), means(4), virtual, Identical, none, "identical", "", ""},
		"means only, same, real":   {means(4), means(4), real, NoTest, none, "+0.00 %", "", "not tested: the results do not have it run by run"},
		"means only, zero, real":   {means(0), means(0), real, Identical, none, "identical", "", ""},
		"means only, different":    {means(4), means(5), virtual, NoTest, none, "+25.00 %", "", "not tested: the results do not have it run by run"},
		"means only, one side":     {means(4), figures{}, virtual, NoTest, none, "–", "", "nothing was recorded on one side"},
		"a run is missing":         {series(8, 10, 12), series(9, 10, 11), pairing{bySeed: true, expected: 4, missing: 1}, PairedT, 1, "+0.00 %", "-16.60 to +49.37", "1 of 4 runs are missing on the new side"},
		"fewer runs have a figure": {series(8, 10, 12), series(9, 11, -1), unrelated, WelchT, 1, "+0.00 %", "-39.69 to +72.65", "2 of 3 runs have such a figure, and 3 of 3 of the base"},
		"more runs have a figure":  {series(9, 11, -1), series(8, 10, 12), unrelated, WelchT, 1, "+0.00 %", "-42.08 to +65.81", ""},
	} {
		t.Run(name, func(t *testing.T) {
			e := estimate(tc.base, tc.new, tc.pairing, 0.05)
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

func means(v float64) figures { return figures{mean: v, hasMean: true} }

// The level of significance is that of the interval, too: t(0.995; 2) = 9.9248.
func TestEstimateAtAnotherLevel(t *testing.T) {
	e := estimate(repeat(10, 3), series(11, 12, 13), real, 0.01)
	if !near(e.DifferenceCI[0], 2-9.924843/math.Sqrt(3), 1e-5) {
		t.Errorf("%v", *e.DifferenceCI)
	}
}

// benchmath's result of Welch's test goes with the interval worked out here.
func TestEstimateWelch(t *testing.T) {
	base, new := sleep()
	for i := range base { // above zero, which stands for no value
		base[i] += 10
		new[i] += 10
	}
	e := estimate(series(base...), series(new...), unrelated, 0.05)
	if e.Test != WelchT || !near(*e.P, 0.07939, 1e-5) || !near(e.DifferenceCI[0], -0.205483, 1e-5) || len(e.Warnings) > 0 {
		t.Errorf("%q with p %v, %v, %q", e.Test, *e.P, *e.DifferenceCI, e.Warnings)
	}
	if !near(*e.P, sampleMoments(base, new).p(), 1e-5) {
		t.Error("p of benchmath is not that of the interval")
	}
}

func TestVerdict(t *testing.T) {
	up, down, same := repeat(20, 6), repeat(5, 6), repeat(10, 6)
	judged := func(metric string, base, new figures, p pairing) Verdict {
		e := estimate(base, new, p, 0.05)
		e.PAdjusted = e.P
		return verdict(metric, e, 0.05)
	}
	for _, tc := range []struct {
		metric  string
		new     figures
		pairing pairing
		want    Verdict
	}{
		{"tps", up, real, Better},
		{"tps", down, real, Worse},
		{"tps", same, real, Same},
		{"tps", same, virtual, Same},
		{"latency_p99_ms", up, real, Worse},
		{"latency_p99_ms", down, real, Better},
		{"offered_tps", up, real, Changed},
		{"offered_tps", down, real, Changed},
		{"429", repeat(20, 5), real, NotShown}, // five pairs are too few
		{"429", repeat(20, 5), virtual, Worse}, // not if they are exact
		{"429", repeat(20, 1), real, Untested},
		{"429", repeat(20, 1), sameFile, Worse},
		{"latency_p99_ms", repeat(-1, 6), real, Untested},
	} {
		if got := judged(tc.metric, same, tc.new, tc.pairing); got != tc.want {
			t.Errorf("%s to %v: %s, want %s", tc.metric, tc.new.runs[0], got, tc.want)
		}
	}
	if got := judged("latency_p99_ms", repeat(-1, 6), repeat(-1, 6), real); got != NotRecorded {
		t.Errorf("nothing on either side: %s, want %s", got, NotRecorded)
	}
}
