package table

import (
	"strings"
	"testing"

	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"ratebench/harness/internal/resulttest"
	"ratebench/harness/result"
)

// A sweep has tables with a column for each value of its last axis, and columns
// for the axes in the others.
func TestSweepTables(t *testing.T) {
	d := resulttest.SweepOf(
		result.Axis{Name: "cost per request", Set: "client.runtime.per_request", Values: []string{"0ms", "3ms"}},
		result.Axis{Name: "policy", Set: "server.limits", Values: []string{"log", "counter"}})
	var b strings.Builder
	if err := Write(&b, d, Text, Width); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	for _, want := range []string{
		"Throughput, in successful requests per second, by policy:\n\n strategy  cost per request    log  counter\n",
		"Throughput, in percent of what the server admits and the load offers, by policy:\n",
		"Answers 429 per run, with those for a blocked key, by policy:\n",
		"\n strategy  cost per request  policy ",
		"\n b         3ms               counter  ",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the table lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "Keys blocked per run, by") {
		t.Errorf("a table of zeros:\n%s", text)
	}
	b.Reset()
	if err := Write(&b, d, CSV, Width); err != nil {
		t.Fatal(err)
	}
	if want := "strategy,cost per request,policy,tps,tps_lo,"; !strings.HasPrefix(b.String(), want) {
		t.Errorf("CSV begins with %.80q, want %q", b.String(), want)
	}
	if !strings.Contains(b.String(), "\nb,3ms,counter,") {
		t.Errorf("CSV has no row of b at 3ms and counter:\n%s", b.String())
	}
}

// Tables by value are no wider than the terminal: values that have no room beside
// each other are below each other, and what is in Markdown stays together.
func TestWideSweepTables(t *testing.T) {
	wide := result.Axis{Name: "policy", Set: "server.limits"}
	for _, v := range []string{"sliding log", "aligned", "from the first", "counter", "counter of all", "bucket of 20", "bucket of 10", "bucket of 1"} {
		wide.Values = append(wide.Values, v, v+" twice")
	}
	d := resulttest.SweepOf(result.Axis{Name: "offenders", Set: "server.block_after", Values: []string{"never", "after ten"}}, wide)
	for _, width := range []int{60, 80, 120} {
		var b strings.Builder
		if err := Write(&b, d, Text, width); err != nil {
			t.Fatal(err)
		}
		pivots, _, _ := strings.Cut(b.String(), "   TPS ")
		for line := range strings.Lines(pivots) {
			if got := twwidth.Width(strings.TrimRight(line, "\n")); got > width {
				t.Errorf("%d characters in a line, want at most %d: %s", got, width, line)
			}
		}
		if n := strings.Count(pivots, "strategy  offenders"); n < len(wide.Values)*10/width || width == 120 && n > 8 {
			t.Errorf("%d tables at %d:\n%s", n, width, pivots)
		}
	}
	var b strings.Builder
	if err := Write(&b, d, Markdown, 40); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "| from the first | from the first twice |") {
		t.Errorf("Markdown is cut:\n%s", b.String())
	}
}

// A heading is cut where its lines are about as long as each other.
func TestHeadOf(t *testing.T) {
	for label, want := range map[string][2]string{
		"counter": {"", "counter"}, "bucket of 20": {"bucket", "of 20"}, "from the first": {"from the", "first"}, "a b": {"a", "b"},
	} {
		if got := headOf(label); got != want {
			t.Errorf("%s: %q, want %q", label, got, want)
		}
	}
}
