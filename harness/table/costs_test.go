package table

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ratebench/harness/internal/resulttest"
)

func TestResourceTable(t *testing.T) {
	r := resulttest.ResourcesOf(100, resulttest.UsageOf("exact", 1, 5, 50*time.Millisecond, 1000), resulttest.UsageOf("polling_1", 1, 5, 100*time.Millisecond, 4000))
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
		if diff := cmp.Diff(want, costsText(r, f)); diff != "" {
			t.Errorf("%s:\n%s", f, diff)
		}
	}
}
