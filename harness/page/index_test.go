package page

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ratebench/harness/internal/resulttest"
	"ratebench/harness/result"
	"ratebench/harness/result/folder"
	"ratebench/harness/scenario"
)

// indexFolder has results of two scenarios in virtual time and of one in real
// time, one of them without a report, and other things.
func indexFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	write := func(at, clock string, d result.Data) {
		d.Summary.Scenario.Name = filepath.Base(at)
		d.Summary.Clock = clock
		if err := folder.Prepare(filepath.Join(dir, at)); err != nil {
			t.Fatal(err)
		}
		views := folder.Views{Files: []folder.File{{Name: folder.ReportFile, Content: []byte(pageOf(t, d))}}}
		if err := folder.Write(filepath.Join(dir, at), d, views); err != nil {
			t.Fatal(err)
		}
	}
	blog := resulttest.Synthetic(resulttest.Many(3), 3, 5*time.Second)
	blog.Summary.Expectations = []result.Expectation{blog.Summary.Check(scenario.Expectation{Strategy: "buffer-only", Metric: "tps", Between: &[2]float64{0, 1}})}
	write("blog", "virtual", blog)
	write("über 100%?", "virtual", resulttest.Synthetic(resulttest.Many(2), 1, 5*time.Second))
	write("real/blog", "real", resulttest.Synthetic(resulttest.Many(1), 1, 3*time.Second))
	cut := result.Build(result.Meta{Scenario: "cut", Interrupted: true}, nil)
	write("cut", "virtual", cut)
	if err := os.Remove(filepath.Join(dir, "cut", folder.ReportFile)); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "notes"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "README.md"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestWriteIndex(t *testing.T) {
	dir := indexFolder(t)
	if err := WriteIndex(dir, ""); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(filepath.Join(dir, IndexFile))
	if err != nil {
		t.Fatal(err)
	}
	page := string(content)
	checkSelfContained(t, page)
	names := between(page, `<th scope="row" data-value="`, `"`)
	if got, want := strings.Join(names, ", "), "blog, cut, über 100%?, blog"; got != want {
		t.Errorf("the index has %s, want %s", got, want)
	}
	links := between(page, `<a href="`, `"`)
	if got, want := strings.Join(links, ", "), "blog/report.html, %c3%bcber%20100%25%3f/report.html, real/blog/report.html"; !strings.EqualFold(got, want) {
		t.Errorf("the links are %s, want %s", got, want)
	}
	for _, want := range []string{"4 results", "fixed-headroom", "interrupted", "✗ 0 of 1", "Does removing the fixed interval"} {
		if !strings.Contains(page, want) {
			t.Errorf("the index does not have %q", want)
		}
	}
	// The index is no part of what it is made of.
	if err := WriteIndex(dir, ""); err != nil {
		t.Fatal(err)
	}
	if again, _ := os.ReadFile(filepath.Join(dir, IndexFile)); string(again) != page {
		t.Error("the index differs from one time to the next")
	}
}

func TestWriteIndexFails(t *testing.T) {
	empty := t.TempDir()
	if err := WriteIndex(empty, ""); err == nil || !strings.Contains(err.Error(), empty) {
		t.Errorf("no result: %v, want an error that names %s", err, empty)
	}
	if _, err := os.Stat(filepath.Join(empty, IndexFile)); err == nil {
		t.Error("an index of nothing was written")
	}
	if err := WriteIndex(filepath.Join(empty, "missing"), ""); err == nil {
		t.Error("no error for a folder that does not exist")
	}
	dir := indexFolder(t)
	broken := filepath.Join(dir, "blog", folder.SummaryFile)
	if err := os.WriteFile(broken, []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := WriteIndex(dir, ""); err == nil || !strings.Contains(err.Error(), broken) {
		t.Errorf("broken summary: %v, want an error that names %s", err, broken)
	}
}
