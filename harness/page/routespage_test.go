package page

import (
	"strings"
	"testing"

	"ratebench/harness/internal/resulttest"
)

func TestPageOfRoutes(t *testing.T) {
	page := pageOf(t, resulttest.Routed(3, "a", "b"))
	checkSelfContained(t, page)
	for _, want := range []string{
		`<h2 id="routes">By route</h2>`, `<a href="routes.csv">`, "gets 0.0\u00a0% of route 2 through",
		`data-value="route 1"><span>route 1</span>`, `<td data-value="99.7"><span>99.70</span></td>`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not have %q", want)
		}
	}
	if page := pageOf(t, resulttest.GoldenData()); strings.Contains(page, "By route") || strings.Contains(page, "routes.csv") {
		t.Error("the page of requests of one kind has something of routes")
	}
}
