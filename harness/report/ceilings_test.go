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

	"ratebench/harness/chart"
	"ratebench/harness/internal/resulttest"
	"ratebench/harness/result"
	"ratebench/harness/scenario"
	"ratebench/harness/theory"
)

// While the server is down, the bounds that there are are 0, and the others
// are none.
func TestCeilingSteps(t *testing.T) {
	run := theory.Ceilings{ServerCap: 100, ServerTime: 90, Provable: 80, Offered: 95} // unbounded latency
	got := result.NewCeilingSteps([]theory.Step{
		{Ceilings: run},
		{From: 1500 * time.Millisecond, Down: true, Ceilings: theory.Ceilings{Offered: 95}},
	}, result.NewCeilings(run))
	want := []result.CeilingStep{
		{FromS: 0, Ceilings: result.Ceilings{ServerCap: resulttest.Number(100), ServerTime: resulttest.Number(90), Provable: resulttest.Number(80), Offered: resulttest.Number(95)}},
		{FromS: 1.5, Ceilings: result.Ceilings{ServerCap: resulttest.Number(0), ServerTime: resulttest.Number(0), Provable: resulttest.Number(0), Offered: resulttest.Number(95)}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A limit that lets hardly anything through is not an outage.
func TestLowCeilings(t *testing.T) {
	daily := theory.Ceilings{ServerCap: 1.0 / 86400, ServerTime: 0.012345678, Provable: 0.98765432, FixedHeadroom: 12.345678}
	s := result.Summary{Ceilings: result.NewCeilings(daily)}
	s.CeilingSteps = result.NewCeilingSteps([]theory.Step{{Ceilings: daily}, {From: time.Second, Ceilings: daily}}, s.Ceilings)
	want := result.Ceilings{ServerCap: resulttest.Number(1.157e-5), ServerTime: resulttest.Number(0.01235), Provable: resulttest.Number(0.9877), FixedHeadroom: resulttest.Number(12.3457)}
	for _, got := range []result.Ceilings{s.Ceilings, s.CeilingSteps[0].Ceilings} {
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	if got := s.Averaged(); got != "means over the run" {
		t.Errorf("ceilings are %q: taken for an outage", got)
	}
}

// A scenario whose ceilings never change has no steps in its file.
func TestNoCeilingSteps(t *testing.T) {
	b, err := json.Marshal(result.Build(result.MetaOf(scenario.Reference()), nil).Summary)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(b), "ceiling_steps_tps") {
		t.Errorf("%s", b)
	}
}

func TestReadWithoutCeilingSteps(t *testing.T) {
	dir := t.TempDir()
	d := resulttest.GoldenData()
	if err := WriteFiles(dir, d, FileOptions{}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, result.SummaryFile)
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
	read, err := result.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	lines := chart.CeilingLines(&read.Summary)
	if len(lines) != 2 || !slices.Equal(lines[0].Steps, []chart.LineStep{{From: 0, Value: *d.Summary.Ceilings.ServerCap}}) {
		t.Errorf("ceilings of an older file: %+v", lines)
	}
}
