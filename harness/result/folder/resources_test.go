package folder_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ratebench/harness/internal/resulttest"
	"ratebench/harness/result"
	"ratebench/harness/result/costs"
	"ratebench/harness/result/folder"
)

func TestResources(t *testing.T) {
	r := resulttest.ResourcesOf(100,
		resulttest.UsageOf("a", 1, 5, 50*time.Millisecond, 1000), // 0.2 s and 4400 switches in 2 s
		resulttest.UsageOf("a", 2, 3, 50*time.Millisecond, 1000), // 0.1 s and 2200 switches
	)
	some := func(v float64) *float64 { return &v }
	want := []costs.Use{{
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
	r := resulttest.ResourcesOf(100, resulttest.UsageOf("a", 1, 5, 50*time.Millisecond, 1000), resulttest.UsageOf("a", 2, 3, 150*time.Millisecond, 0))
	series := string(filesOf(t, result.Data{Resources: r})[folder.ResourcesCSVFile])
	want := `strategy,second,cpu_s,rss_mib,goroutines,voluntary_switches,involuntary_switches
a,0,0,20,5,0,0
a,0.5,0.1,21,15,500,50
a,1,0.2,22,15,1000,100
a,1.5,0.25,23,15,2000,200
a,2,0.3,24,15,3000,300
`
	if diff := cmp.Diff(want, series); diff != "" {
		t.Error(diff)
	}
}

func TestResourcesUnknown(t *testing.T) {
	r := resulttest.ResourcesOf(100, resulttest.Unknown(resulttest.UsageOf("a", 1, 2, time.Second, 1)))
	want := []string{"CPU time and context switches", "resident memory over time", "peak of the resident memory"}
	if diff := cmp.Diff(want, r.NotMeasured); diff != "" {
		t.Error(diff)
	}
	series := string(filesOf(t, result.Data{Resources: r})[folder.ResourcesCSVFile])
	if !strings.Contains(series, "\na,0.5,,,15,,\n") {
		t.Errorf("series:\n%s", series)
	}
}
