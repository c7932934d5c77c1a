package table

import (
	"bytes"
	"strings"
	"testing"

	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"ratebench/harness/internal/resulttest"
	"ratebench/harness/result"
)

// Where requests are of several kinds there is a table by route, which leaves out
// what describes before what matters.
func TestTableByRoute(t *testing.T) {
	d := resulttest.Routed(2, "a", "b")
	for width, heads := range map[int]string{
		120: "offered succeed TPS generated succeeded 429 expired p50 p99",
		60:  "offered TPS 429 expired p99",
	} {
		var b bytes.Buffer
		if err := Write(&b, d, Text, width); err != nil {
			t.Fatal(err)
		}
		_, text, ok := strings.Cut(b.String(), "\nBy route, per run:\n")
		if !ok {
			t.Fatalf("no table by route:\n%s", b.String())
		}
		for line := range strings.Lines(text) {
			if twwidth.Width(strings.TrimSuffix(line, "\n")) > width {
				t.Errorf("at %d: %s", width, line)
			}
		}
		for _, head := range strings.Fields(heads) {
			if !strings.Contains(text, head) {
				t.Errorf("at %d, no %s:\n%s", width, head, text)
			}
		}
		if width == 60 && strings.Contains(text, "generated") {
			t.Errorf("at %d, with what describes:\n%s", width, text)
		}
	}
	var b bytes.Buffer
	if err := Write(&b, d, Markdown, Width); err != nil {
		t.Fatal(err)
	}
	const want = "| b        | route 1 |         50.00 |   0.00 |       0.0 |       500 |         0 |   3 |             1 |      – |      – |\n"
	if !strings.Contains(b.String(), want) {
		t.Errorf("Markdown without %q:\n%s", want, b.String())
	}
	if text := routesText(&result.Summary{Strategies: resulttest.GoldenData().Summary.Strategies}, Text, Width); text != "" {
		t.Errorf("requests of one kind have a table: %q", text)
	}
}
