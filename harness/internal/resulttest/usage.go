package resulttest

import (
	"slices"
	"time"

	"ratebench/harness/metrics"
	"ratebench/harness/result"
)

// UsageOf makes up a process: a sample every half second, with so many
// milliseconds of CPU time and switches in between.
func UsageOf(strategy string, seed uint64, samples int, cpu time.Duration, switches int64) metrics.Usage {
	peak := int64(30 << 20)
	u := metrics.Usage{Strategy: strategy, Seed: seed, Peak: &peak}
	for i := range samples {
		resident := int64(20+min(i, 5)) << 20
		n := int64(i)
		u.Samples = append(u.Samples, metrics.UsageSample{
			At: time.Duration(i) * time.Second / 2, Goroutines: 5 + min(i, 1)*10, Heap: 3 << 20, Resident: &resident,
			Processor: &metrics.ProcessorUse{CPU: time.Duration(i) * cpu, Voluntary: n * switches, Involuntary: n * switches / 10},
		})
	}
	return u
}

// Unknown leaves out what some systems do not tell.
func Unknown(u metrics.Usage) metrics.Usage {
	u.Peak = nil
	u.Samples = slices.Clone(u.Samples)
	for i := range u.Samples {
		u.Samples[i].Resident, u.Samples[i].Processor = nil, nil
	}
	return u
}

// ResourcesOf are those of made-up runs that sent so many requests each.
func ResourcesOf(sent int, usage ...metrics.Usage) *result.Resources {
	return Isolated(sent, usage...).Resources
}

// Isolated are the results of runs that sent so many requests each.
func Isolated(sent int, usage ...metrics.Usage) result.Data {
	meta := result.Meta{Scenario: "pair", SHA256: "ab12", Clock: "real", Seed: 1, Runs: 1, Duration: 2 * time.Second}
	var runs []metrics.Run
	for _, u := range usage {
		if !slices.Contains(meta.Strategies, u.Strategy) {
			meta.Strategies = append(meta.Strategies, u.Strategy)
		}
		meta.Runs = max(meta.Runs, int(u.Seed))
		runs = append(runs, metrics.Run{
			Strategy: u.Strategy, Seed: u.Seed, Duration: 2 * time.Second,
			Responses: metrics.Responses{OK: sent - sent/10, RateLimited: sent / 10},
		})
	}
	d := result.Build(meta, runs)
	d.Resources = result.NewResources(&d.Summary, "test/cpu, 2 cores", runs, usage)
	return d
}

// PairOf are the results of two clients that were measured.
func PairOf() result.Data {
	return Isolated(1000,
		UsageOf("a", 1, 5, 51234*time.Microsecond, 1001),
		UsageOf("a", 2, 4, 63457*time.Microsecond, 1003),
		UsageOf("a", 3, 4, 31119*time.Microsecond, 17), // thirds have no end
		UsageOf("b", 1, 5, 100*time.Millisecond, 7),
		UsageOf("b", 2, 5, 100*time.Millisecond, 7),
	)
}

// NoUse is what a system measures that tells nothing.
func NoUse() result.Data { return Isolated(10, Unknown(UsageOf("a", 1, 3, time.Second, 1))) }
