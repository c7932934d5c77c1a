package costs

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ratebench/harness/metrics"
)

func bytes(n int64) *int64 { return &n }

func figure(v float64) *float64 { return &v }

// sample is what a process used at a second of its run: milliseconds of CPU, and
// context switches.
func sample(second, goroutines int, heap, resident, cpu, voluntary, involuntary int64) metrics.UsageSample {
	return metrics.UsageSample{
		At: time.Duration(second) * time.Second, Goroutines: goroutines, Heap: heap * mib, Resident: bytes(resident * mib),
		Processor: &metrics.ProcessorUse{CPU: time.Duration(cpu) * time.Millisecond, Voluntary: voluntary, Involuntary: involuntary},
	}
}

// twoRuns are a short and a long run of strategy a, with a run of b between them.
func twoRuns() ([]metrics.Run, []metrics.Usage) {
	runs := []metrics.Run{
		{Strategy: "a", Duration: 4 * time.Second, Responses: metrics.Responses{OK: 128, BadNonce: 64, Unauthorized: 32, RateLimited: 16, Banned: 8, Blocked: 4, Timeout: 2, Error: 1}},
		{Strategy: "b", Duration: time.Hour, Responses: metrics.Responses{OK: 9999}},
		{Strategy: "a", Duration: 6 * time.Second, Responses: metrics.Responses{OK: 145}},
	}
	usage := []metrics.Usage{
		{Strategy: "a", Peak: bytes(9 * mib), Samples: []metrics.UsageSample{
			sample(0, 4, 1, 5, 0, 0, 0), sample(1, 12, 3, 7, 400, 100, 10),
		}},
		{Strategy: "b", Samples: []metrics.UsageSample{sample(0, 99, 99, 99, 9000, 9000, 9000)}},
		{Strategy: "a", Peak: bytes(8 * mib), Samples: []metrics.UsageSample{
			sample(0, 6, 2, 6, 0, 0, 0), sample(1, 8, 5, 8, 200, 60, 30), sample(2, 7, 4, 8, 600, 200, 50),
		}},
	}
	return runs, usage
}

// Sums are over the runs of the strategy, maxima are of all of them, and counts of
// the last samples.
func TestOf(t *testing.T) {
	runs, usage := twoRuns()
	got, _ := Of("a", runs, usage)
	want := Use{
		Name: "a", RequestsSent: 200, // (255 + 145) / 2
		CPUSeconds: figure(0.5), CPUSecondsPer1000: figure(2.5), CPUShare: figure(0.1), // 1 s of 10 s, 400 requests
		RSSStartMiB: figure(6), RSSPeakMiB: figure(9), HeapMaxMiB: 5, GoroutinesMax: 12,
		VoluntarySwitches: figure(150), InvoluntarySwitches: figure(30), SwitchesPerRequest: figure(0.9),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// What the system does not tell of one run it does not tell of all; what takes no
// requests or no time has no figure for them.
func TestOfWhatIsNotKnown(t *testing.T) {
	bare := metrics.UsageSample{Goroutines: 3, Heap: mib}
	known := sample(1, 3, 1, 2, 500, 10, 20)
	for _, tt := range []struct {
		name  string
		runs  []metrics.Run
		usage []metrics.Usage
		want  Use
	}{
		{"nothing at all", nil, nil, Use{Name: "a"}},
		{"no samples", []metrics.Run{{Strategy: "a"}}, []metrics.Usage{{}}, Use{Name: "a"}},
		{"no usage of the run", []metrics.Run{{Strategy: "a"}}, nil, Use{Name: "a"}},
		{
			"nothing of the processor in one of two",
			[]metrics.Run{{Strategy: "a", Responses: metrics.Responses{OK: 6}}, {Strategy: "a"}},
			[]metrics.Usage{{Samples: []metrics.UsageSample{bare}}, {Samples: []metrics.UsageSample{known}, Peak: bytes(3 * mib)}},
			Use{Name: "a", RequestsSent: 3, RSSStartMiB: figure(2), RSSPeakMiB: figure(3), HeapMaxMiB: 1, GoroutinesMax: 3},
		},
		{
			"no requests, no time", []metrics.Run{{Strategy: "a"}}, []metrics.Usage{{Samples: []metrics.UsageSample{known}}},
			Use{
				Name: "a", CPUSeconds: figure(0.5), RSSStartMiB: figure(2), HeapMaxMiB: 1, GoroutinesMax: 3,
				VoluntarySwitches: figure(10), InvoluntarySwitches: figure(20),
			},
		},
	} {
		got, _ := Of("a", tt.runs, tt.usage)
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}

// Counts go on from where they were when one run ends before another; levels are
// those of the runs that are left.
func TestTimeline(t *testing.T) {
	cells := func(second, goroutines, resident, cpu, voluntary, involuntary float64) Row {
		return Row{Cell{second, true}, Cell{goroutines, true}, Cell{resident, true}, Cell{cpu, true}, Cell{voluntary, true}, Cell{involuntary, true}}
	}
	runs, usage := twoRuns()
	_, got := Of("a", runs, usage)
	want := Timeline{Strategy: "a", Rows: []Row{
		cells(0, 5, 5.5, 0, 0, 0),
		cells(1, 10, 7.5, 0.3, 80, 20),
		cells(2, 7, 8, 0.7, 220, 40), // 0.3 + 0.6 - 0.2, …
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}

	_, got = Of("a", runs[:1], []metrics.Usage{{Samples: []metrics.UsageSample{{At: time.Second, Goroutines: 2}}}})
	want = Timeline{Strategy: "a", Rows: []Row{{Second: Cell{1, true}, Goroutines: Cell{2, true}}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error("what is not known:", diff)
	}

	got.Rows[0].CPU = Cell{Mean: 7} // of a row that is not known
	got.Rows[0].Second.Mean = 1.2345678901
	if r := got.Rows[0].Rounded(); r.CPU != (Cell{}) || r.Second.Mean != metrics.Rounded(1.2345678901) || r.Second.Mean == 1.2345678901 {
		t.Errorf("a row is rounded to %+v", r)
	}
}

// The columns of resources.csv are in the order of the file, and each has its cell.
func TestSeriesColumns(t *testing.T) {
	row := Row{Cell{1, true}, Cell{4, true}, Cell{3, true}, Cell{2, true}, Cell{5, true}, Cell{6, true}}
	always := map[string]bool{"second": true, "goroutines": true}
	names := []string{"second", "cpu_s", "rss_mib", "goroutines", "voluntary_switches", "involuntary_switches"}
	for i, c := range SeriesColumns {
		if c.Name != names[i] || c.Cell(&row).Mean != float64(i+1) || c.Always != always[c.Name] {
			t.Errorf("column %d is %s with %v, always: %v; want %s", i, c.Name, *c.Cell(&row), c.Always, names[i])
		}
	}
	if len(SeriesColumns) != len(names) {
		t.Errorf("%d columns, want %d", len(SeriesColumns), len(names))
	}
}

// Every figure is written with its decimals; columns that nobody has a value for are left out.
func TestColumns(t *testing.T) {
	full := Use{
		CPUSecondsPer1000: figure(1.23456), CPUShare: figure(0.12345), RSSStartMiB: figure(2.26), RSSPeakMiB: figure(3.26),
		HeapMaxMiB: 4.26, GoroutinesMax: 12, SwitchesPerRequest: figure(5.26),
	}
	type column struct{ above, below, full, bare string }
	want := []column{
		{"CPU s per", "1000 requests", "1.235", "–"},
		{"CPU", "% of a core", "12.3", "–"},
		{"RSS MiB", "at start", "2.3", "–"},
		{"RSS MiB", "peak", "3.3", "–"},
		{"heap MiB", "max", "4.3", "0.0"},
		{"goroutines", "max", "12", "0"},
		{"context switches", "per request", "5.3", "–"},
	}
	texts := func(uses ...Use) (all []column) {
		for _, c := range Columns(uses) {
			all = append(all, column{c.Above, c.Below, c.Text(&full), c.Text(&Use{})})
		}
		return all
	}
	if diff := cmp.Diff(want, texts(Use{}, full), cmp.AllowUnexported(column{})); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want[4:6], texts(Use{}), cmp.AllowUnexported(column{})); diff != "" {
		t.Error("of uses without figures:", diff)
	}
}

func TestNegative(t *testing.T) {
	for _, tt := range []struct {
		use   Use
		key   string
		value float64
	}{
		{Use{Name: "a", HeapMaxMiB: 0, CPUShare: figure(1)}, "", 0},
		{Use{Name: "-1", GoroutinesMax: -2}, "goroutines_max", -2},
		{Use{GoroutinesMax: -2, CPUShare: figure(-0.5)}, "cpu_share", -0.5},
	} {
		if key, v := tt.use.Negative(); key != tt.key || v != tt.value {
			t.Errorf("%+v: %q %v, want %q %v", tt.use, key, v, tt.key, tt.value)
		}
	}
}
