package chart

import (
	"regexp"
	"slices"
	"testing"
	"time"

	"ratebench/harness/chart/kit"
	"ratebench/harness/internal/resulttest"
	"ratebench/harness/result"
	"ratebench/harness/theory"
)

// stepsOf has ceilings whose cap takes the given values, 10 s each.
func stepsOf(caps ...float64) *result.Summary {
	s := &result.Summary{Ceilings: result.Ceilings{ServerCap: resulttest.Number(60), Provable: resulttest.Number(50)}}
	for i, v := range caps {
		s.CeilingSteps = append(s.CeilingSteps, result.CeilingStep{FromS: float64(10 * i), Ceilings: result.Ceilings{ServerCap: resulttest.Number(v), Provable: resulttest.Number(v / 2)}})
	}
	return s
}

func TestCeilingLines(t *testing.T) {
	for _, tc := range []struct {
		caps          []float64
		cap, provable string
		averaged      string
	}{
		{nil, "server cap 60.0", "provable ceiling 50.0", ""},
		{[]float64{100, 50, 75}, "server cap 50.0 to 100.0", "provable ceiling 25.0 to 50.0", "means over the run"},
		{[]float64{100, 0, 50}, "server cap 50.0 to 100.0, 0 in outages", "provable ceiling 25.0 to 50.0, 0 in outages", "means over the run, outages not counted"},
		{[]float64{100, 0, 100}, "server cap 100.0, 0 in outages", "provable ceiling 50.0, 0 in outages", "means over the run, outages not counted"},
		{[]float64{100, 1.0 / 3600}, "server cap 0.000278 to 100.0", "provable ceiling 0.000139 to 50.0", "means over the run"},
		{[]float64{1.0 / 3600, 0}, "server cap 0.000278, 0 in outages", "provable ceiling 0.000139, 0 in outages", "means over the run, outages not counted"},
		{[]float64{0}, "server cap 0", "provable ceiling 0", "means over the run, outages not counted"},
		{[]float64{100, 100.01}, "server cap 100.0", "provable ceiling 50.0", "means over the run"},
	} {
		s := stepsOf(tc.caps...)
		lines := CeilingLines(s)
		if len(lines) != 2 || lines[0].Label() != tc.cap || lines[1].Label() != tc.provable {
			t.Errorf("%v: lines %+v, want %q and %q", tc.caps, lines, tc.cap, tc.provable)
		}
		if got := s.Averaged(); got != tc.averaged {
			t.Errorf("%v: ceilings are %q, want %q", tc.caps, got, tc.averaged)
		}
	}
}

// dashed returns the commands, without their numbers, of the lines in a chart
// that have such dashes.
func dashed(t *testing.T, c kit.Chart, dashes string) []string {
	t.Helper()
	image, err := c.SVG()
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, m := range regexp.MustCompile(`stroke-dasharray="([^"]*)" d="([^"]*)"`).FindAllSubmatch(image, -1) {
		if string(m[1]) == dashes {
			found = append(found, regexp.MustCompile(`[^A-Za-z]`).ReplaceAllString(string(m[2]), ""))
		}
	}
	return found
}

// The ceilings of a staged scenario are steps, which only the first line climbs.
func TestChartsOfStages(t *testing.T) {
	d := resulttest.Synthetic(resulttest.Many(1), 2, 90*time.Second)
	for _, tc := range []struct {
		what          string
		steps         []theory.Step
		cap, provable string
	}{
		{"nothing changes", nil, "Mh", "Mh"},
		{"steps", resulttest.SomeSteps(30*time.Second, 60*time.Second), "Mhvhvh", "Mhmhmh"},
		{"a run that ended in the second step", resulttest.SomeSteps(30*time.Second, 120*time.Second), "Mhvh", "Mhmh"},
	} {
		d.Summary.CeilingSteps = result.NewCeilingSteps(tc.steps, d.Summary.Ceilings)
		for _, c := range []kit.Chart{named(t, d, "tps"), named(t, d, "dashboard")} {
			const inKey = "Mh"
			if got, want := dashed(t, c, "5 3"), []string{inKey, tc.cap}; !slices.Equal(got, want) {
				t.Errorf("%s, %s: the cap is drawn as %q, want %q", tc.what, c.Name, got, want)
			}
			if got, want := dashed(t, c, "1.5 2"), []string{inKey, tc.provable}; !slices.Equal(got, want) {
				t.Errorf("%s, %s: the provable ceiling is drawn as %q, want %q", tc.what, c.Name, got, want)
			}
		}
	}
}
