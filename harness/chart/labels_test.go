package chart

import (
	"strings"
	"testing"
	"time"

	"ratebench/harness/internal/resulttest"
	"ratebench/harness/result"
)

// Charts call strategies by their labels, titles included; the clock of one jumps in
// its own panel and in those of all.
func TestLabelsAndJumps(t *testing.T) {
	d := resulttest.Synthetic(resulttest.Many(3), 5, 20*time.Second)
	names := d.Summary.Names()
	d.Scenario = []byte(`{"duration":"20s","strategies":[{"name":"` + names[0] + `"},{"name":"` + names[1] + `"},
		{"name":"` + names[2] + `","label":"the third","client":{"clock":{"jumps":[{"at":"7s","by":"-2s"}]}}}]}`)
	const jump = `stroke-dasharray="1 2"`
	for file, times := range map[string]int{"tps": 2, "dashboard": 2} { // in the key, and in the panels as one path or by reference
		image, err := named(t, d, file).SVG()
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(image), jump); n < times {
			t.Errorf("%s has %d jumps, want at least %d", file, n, times)
		}
		if !strings.Contains(string(image), ">the third<") || strings.Contains(string(image), ">"+names[2]+"<") {
			t.Errorf("%s does not call the third by its label", file)
		}
	}
	if got := named(t, d, "mean-tps").Title; !strings.Contains(got, "the third") {
		t.Errorf("the title is %q", got)
	}
	if d.Summary.Strategies[2].Name != names[2] || d.Runs[len(d.Runs)-1].Strategy != names[2] {
		t.Error("what was drawn has been changed")
	}
}

// Of a sweep the label stands before the point.
func TestLabelsOfASweep(t *testing.T) {
	d := resulttest.SweepOf(result.Axis{Name: "cost", Values: []string{"0ms", "3ms"}})
	d.Scenario = []byte(`{"scenario":{"duration":"5s","strategies":[{"name":"a","label":"first"},{"name":"b"}]},"sweep":[]}`)
	of := Drawable(d).Summary
	if got := []string{of.Strategies[0].Name, of.Strategies[1].Name, of.Strategies[2].Name}; strings.Join(got, " ") != "first/0ms first/3ms b/0ms" {
		t.Errorf("rows are called %q", got)
	}
	if of.AtPoint("first", []string{"3ms"}) == nil {
		t.Error("no row of the first is found at 3ms")
	}
}
