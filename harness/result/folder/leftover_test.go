package folder_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ratebench/harness/result/folder"
)

// Prepare removes what a killed run has left, and nothing of anybody else's.
func TestPrepareRemovesLeftovers(t *testing.T) {
	dir := t.TempDir()
	keep := []string{".gitignore", ".notes.txt", "summary.json", "summary.json.123"}
	for _, name := range append([]string{".summary.json.123456", ".mean-tps.svg.1", ".report.html.99", ".probe.7"}, keep...) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("half"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := folder.Prepare(dir); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var left []string
	for _, e := range entries {
		left = append(left, e.Name())
	}
	if !slices.Equal(left, keep) {
		t.Errorf("left %v, want %v", left, keep)
	}
}

// WriteFile removes what a killed process has left of the same file.
func TestWriteFileRemovesLeftovers(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "README.md")
	for _, name := range []string{".README.md.123", ".report.html.99"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("half"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := folder.WriteFile(path, []byte("whole")); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"README.md": "whole", ".report.html.99": "half"}
	if diff := cmp.Diff(want, contents(t, dir)); diff != "" {
		t.Error(diff)
	}
}
