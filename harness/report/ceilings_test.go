package report

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ratebench/harness/scenario"
	"ratebench/harness/theory"
)

// While the server is down, the bounds that there are are 0, and the others
// are none.
func TestCeilingSteps(t *testing.T) {
	run := theory.Ceilings{ServerCap: 100, ServerTime: 90, Provable: 80, Offered: 95} // unbounded latency
	got := newCeilingSteps([]theory.Step{
		{Ceilings: run},
		{From: 1500 * time.Millisecond, Down: true, Ceilings: theory.Ceilings{Offered: 95}},
	}, newCeilings(run))
	want := []CeilingStep{
		{0, Ceilings{ServerCap: number(100), ServerTime: number(90), Provable: number(80), Offered: number(95)}},
		{1.5, Ceilings{ServerCap: number(0), ServerTime: number(0), Provable: number(0), Offered: number(95)}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A limit that lets hardly anything through is not an outage.
func TestLowCeilings(t *testing.T) {
	daily := theory.Ceilings{ServerCap: 1.0 / 86400, ServerTime: 0.012345678, Provable: 0.98765432, FixedHeadroom: 12.345678}
	s := Summary{Ceilings: newCeilings(daily)}
	s.CeilingSteps = newCeilingSteps([]theory.Step{{Ceilings: daily}, {From: time.Second, Ceilings: daily}}, s.Ceilings)
	want := Ceilings{ServerCap: number(1.157e-5), ServerTime: number(0.01235), Provable: number(0.9877), FixedHeadroom: number(12.3457)}
	for _, got := range []Ceilings{s.Ceilings, s.CeilingSteps[0].Ceilings} {
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	if got := s.averaged(); got != "means over the run" {
		t.Errorf("ceilings are %q: taken for an outage", got)
	}
}

// A scenario whose ceilings never change has no steps in its file.
func TestNoCeilingSteps(t *testing.T) {
	b, err := json.Marshal(Build(MetaOf(scenario.Reference()), nil).Summary)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(b), "ceiling_steps_tps") {
		t.Errorf("%s", b)
	}
}

// stepsOf has ceilings whose cap takes the given values, 10 s each.
func stepsOf(caps ...float64) *Summary {
	s := &Summary{Ceilings: Ceilings{ServerCap: number(60), Provable: number(50)}}
	for i, v := range caps {
		s.CeilingSteps = append(s.CeilingSteps, CeilingStep{float64(10 * i), Ceilings{ServerCap: number(v), Provable: number(v / 2)}})
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
		{[]float64{100, 1.0 / 3600}, "server cap <0.1 to 100.0", "provable ceiling <0.1 to 50.0", "means over the run"},
		{[]float64{1.0 / 3600, 0}, "server cap <0.1, 0 in outages", "provable ceiling <0.1, 0 in outages", "means over the run, outages not counted"},
		{[]float64{0}, "server cap 0", "provable ceiling 0", "means over the run, outages not counted"},
		{[]float64{100, 100.01}, "server cap 100.0", "provable ceiling 50.0", "means over the run"},
	} {
		s := stepsOf(tc.caps...)
		lines := ceilingLines(s)
		if len(lines) != 2 || lines[0].label() != tc.cap || lines[1].label() != tc.provable {
			t.Errorf("%v: lines %+v, want %q and %q", tc.caps, lines, tc.cap, tc.provable)
		}
		if got := s.averaged(); got != tc.averaged {
			t.Errorf("%v: ceilings are %q, want %q", tc.caps, got, tc.averaged)
		}
	}
}

// dashed returns the commands, without their numbers, of the lines in a chart
// that have such dashes.
func dashed(t *testing.T, c Chart, dashes string) []string {
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
	d := synthetic(many(1), 2, 90*time.Second)
	for _, tc := range []struct {
		what          string
		steps         []theory.Step
		cap, provable string
	}{
		{"nothing changes", nil, "Mh", "Mh"},
		{"steps", someSteps(30*time.Second, 60*time.Second), "Mhvhvh", "Mhmhmh"},
		{"a run that ended in the second step", someSteps(30*time.Second, 120*time.Second), "Mhvh", "Mhmh"},
	} {
		d.Summary.CeilingSteps = newCeilingSteps(tc.steps, d.Summary.Ceilings)
		for _, c := range []Chart{tpsChart(d), dashboardChart(d)} {
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

func TestReadWithoutCeilingSteps(t *testing.T) {
	dir := t.TempDir()
	d := goldenData()
	if err := WriteFiles(dir, d, FileOptions{}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, SummaryFile)
	now, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before := regexp.MustCompile(`(?s)  "ceiling_steps_tps": \[.*?\n  \],\n`).ReplaceAll(now, nil)
	if bytes.Equal(before, now) {
		t.Fatal("there are no steps to take away")
	}
	if err := os.WriteFile(path, before, 0o644); err != nil {
		t.Fatal(err)
	}
	read, err := Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	lines := ceilingLines(&read.Summary)
	if len(lines) != 2 || !slices.Equal(lines[0].steps, []lineStep{{0, *d.Summary.Ceilings.ServerCap}}) {
		t.Errorf("ceilings of an older file: %+v", lines)
	}
}

func TestPageDataOfStages(t *testing.T) {
	d := goldenData()
	rules := newPageData(d).Charts[0].Rules
	want := []pageRule{
		{[][2]float64{{0, 99.9001}, {1, 0}, {2, 49.9501}}, []float64{5, 3}},
		{[][2]float64{{0, 95.9141}, {1, 0}, {2, 47.9571}}, []float64{1.5, 2}},
	}
	if diff := cmp.Diff(want, rules); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
