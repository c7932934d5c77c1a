package table

import (
	"strings"
	"testing"

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
