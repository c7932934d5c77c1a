package report

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ratebench/harness/metrics"
)

// usageOf makes up a process: a sample every half second, with so many
// milliseconds of CPU time and switches in between.
func usageOf(strategy string, seed uint64, samples int, cpu time.Duration, switches int64) metrics.Usage {
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

// unknown leaves out what some systems do not tell.
func unknown(u metrics.Usage) metrics.Usage {
	u.Peak = nil
	u.Samples = slices.Clone(u.Samples)
	for i := range u.Samples {
		u.Samples[i].Resident, u.Samples[i].Processor = nil, nil
	}
	return u
}

// resourcesOf are those of made-up runs that sent so many requests each.
func resourcesOf(sent int, usage ...metrics.Usage) *Resources {
	return isolated(sent, usage...).Resources
}

// isolated are the results of runs that sent so many requests each.
func isolated(sent int, usage ...metrics.Usage) Data {
	meta := Meta{Scenario: "pair", SHA256: "ab12", Clock: "real", Seed: 1, Runs: 1, Duration: 2 * time.Second}
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
	d := Build(meta, runs)
	d.Resources = NewResources(&d.Summary, "test/cpu, 2 cores", runs, usage)
	return d
}

func TestResources(t *testing.T) {
	r := resourcesOf(100,
		usageOf("a", 1, 5, 50*time.Millisecond, 1000), // 0.2 s and 4400 switches in 2 s
		usageOf("a", 2, 3, 50*time.Millisecond, 1000), // 0.1 s and 2200 switches
	)
	some := func(v float64) *float64 { return &v }
	want := []ResourceUse{{
		Name: "a", RequestsSent: 100,
		CPUSeconds: some(0.15), CPUSecondsPer1000: some(1.5), CPUShare: some(0.075), // of 2 s each
		RSSStartMiB: some(20), RSSPeakMiB: some(30), HeapMaxMiB: 3, GoroutinesMax: 15,
		VoluntarySwitches: some(3000), InvoluntarySwitches: some(300), SwitchesPerRequest: some(33),
	}}
	if diff := cmp.Diff(want, r.Strategies); diff != "" {
		t.Error(diff)
	}
	if r.MeasuredOn != "one machine: test/cpu, 2 cores" || len(r.NotMeasured) > 0 {
		t.Errorf("measured on %q, not %q", r.MeasuredOn, r.NotMeasured)
	}
}

// In the second half there is one run left: the counters go on at its pace.
func TestResourcesOverTime(t *testing.T) {
	r := resourcesOf(100, usageOf("a", 1, 5, 50*time.Millisecond, 1000), usageOf("a", 2, 3, 150*time.Millisecond, 0))
	var b strings.Builder
	if err := writeUse(&b, r.timelines); err != nil {
		t.Fatal(err)
	}
	want := `strategy,second,cpu_s,rss_mib,goroutines,voluntary_switches,involuntary_switches
a,0,0,20,5,0,0
a,0.5,0.1,21,15,500,50
a,1,0.2,22,15,1000,100
a,1.5,0.25,23,15,2000,200
a,2,0.3,24,15,3000,300
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}

func TestResourcesUnknown(t *testing.T) {
	r := resourcesOf(100, unknown(usageOf("a", 1, 2, time.Second, 1)))
	want := []string{"CPU time and context switches", "resident memory over time", "peak of the resident memory"}
	if diff := cmp.Diff(want, r.NotMeasured); diff != "" {
		t.Error(diff)
	}
	var series strings.Builder
	if err := writeUse(&series, r.timelines); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(series.String(), "\na,0.5,,,15,,\n") {
		t.Errorf("series:\n%s", series.String())
	}
	s, err := r.text(Text)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(s, "Not measured, for this system does not tell: CPU time") || strings.Contains(s, "RSS") {
		t.Errorf("table:\n%s", s)
	}
	if _, ok := resourceChart(r); ok {
		t.Error("a chart of nothing")
	}
}

func TestResourceTable(t *testing.T) {
	r := resourcesOf(100, usageOf("exact", 1, 5, 50*time.Millisecond, 1000), usageOf("polling_1", 1, 5, 100*time.Millisecond, 4000))
	for f, want := range map[Format]string{
		Text: `
What the clients cost
each in a process of its own, measured on one machine: test/cpu, 2 cores

                CPU s per          CPU   RSS MiB  RSS MiB  heap MiB  goroutines  context switches
 strategy   1000 requests  % of a core  at start     peak       max         max       per request
──────────────────────────────────────────────────────────────────────────────────────────────────
 exact              2.000         10.0      20.0     30.0       3.0          15              44.0
 polling_1          4.000         20.0      20.0     30.0       3.0          15             176.0
`,
		Markdown: `
### What the clients cost

each in a process of its own, measured on one machine: test/cpu, 2 cores

| strategy   | CPU s per 1000 requests | CPU % of a core | RSS MiB at start | RSS MiB peak | heap MiB max | goroutines max | context switches per request |
|:-----------|------------------------:|----------------:|-----------------:|-------------:|-------------:|---------------:|-----------------------------:|
| exact      |                   2.000 |            10.0 |             20.0 |         30.0 |          3.0 |             15 |                         44.0 |
| polling\_1 |                   4.000 |            20.0 |             20.0 |         30.0 |          3.0 |             15 |                        176.0 |
`,
	} {
		got, err := r.text(f)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s:\n%s", f, diff)
		}
	}
}

func TestResourceChart(t *testing.T) {
	var many, long []metrics.Usage
	for i := range 20 {
		many = append(many, usageOf(strings.Repeat("strategy-", 3)+string(rune('a'+i)), 1, 51, time.Duration(i)*time.Millisecond, 10))
	}
	long = append(long, usageOf("long", 1, 7200, 10*time.Millisecond, 10))
	for name, r := range map[string]*Resources{
		"two":             resourcesOf(100, usageOf("a", 1, 51, time.Millisecond, 1), usageOf("b", 1, 51, time.Second, 1)),
		"many strategies": resourcesOf(100, many...),
		"an hour":         resourcesOf(100, long...),
		"several runs":    resourcesOf(100, usageOf("a", 1, 51, time.Millisecond, 1), usageOf("a", 2, 30, time.Millisecond, 1)),
		"no requests":     resourcesOf(0, usageOf("a", 1, 51, time.Millisecond, 1)),
		"two samples":     resourcesOf(100, usageOf("a", 1, 2, time.Millisecond, 1)),
	} {
		t.Run(name, func(t *testing.T) {
			c, ok := resourceChart(r)
			if !ok {
				t.Fatal("no chart")
			}
			image, err := c.SVG()
			if err != nil {
				t.Fatal(err)
			}
			checkTexts(t, c, image)
			if strings.Contains(string(image), "NaN") || len(image) > 30_000+4_000*len(r.Strategies) {
				t.Errorf("%d bytes", len(image))
			}
			if !strings.Contains(c.Footer, "measured on one machine: test/cpu, 2 cores") {
				t.Errorf("footer %q", c.Footer)
			}
		})
	}
}

func TestResourceTitle(t *testing.T) {
	for _, c := range []struct {
		want string
		r    *Resources
	}{
		{"CPU time for 1000 requests: 2.00 s (a) to 4.00 s (b)", resourcesOf(100, usageOf("b", 1, 5, 100*time.Millisecond, 1), usageOf("a", 1, 5, 50*time.Millisecond, 1))},
		{"CPU time for 1000 requests: 200 ms", resourcesOf(1000, usageOf("a", 1, 5, 50*time.Millisecond, 1))},
		{"What the clients cost", resourcesOf(0, usageOf("a", 1, 5, time.Second, 1))},
	} {
		if got := resourceTitle(c.r); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
