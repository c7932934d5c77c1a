package page

import (
	"strings"
	"testing"

	"ratebench/harness/internal/resulttest"
)

func TestPageOfResources(t *testing.T) {
	page := pageOf(t, resulttest.PairOf())
	checkSelfContained(t, page)
	for _, want := range []string{
		"What the clients cost", "measured on one machine: test/cpu, 2 cores", "CPU time for 1000 requests: ",
		`<a href="resources.json">`, `<a href="resources.csv">`, `aria-labelledby="resources"`,
	} {
		if n := strings.Count(page, want); n == 0 {
			t.Errorf("the page does not have %q", want)
		}
	}
	if page := pageOf(t, resulttest.NoUse()); !strings.Contains(page, "Not measured, for this system does not tell: CPU time") || strings.Contains(page, "Processor") {
		t.Error("the page does not say what is missing, or draws it")
	}
	if page := pageOf(t, resulttest.GoldenData()); strings.Contains(page, "resources") {
		t.Error("the page of runs that were not measured has something of resources")
	}
}
