package apis_test

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"

	"ratebench/scenarios/apis"
)

// The page about scenarios lists every preset.
func TestReadmeListsPresets(t *testing.T) {
	page, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for line := range strings.Lines(string(page)) {
		if cell, _, _ := strings.Cut(strings.TrimPrefix(line, "| `"), "|"); strings.HasPrefix(line, "| `") {
			rows = append(rows, "`"+cell)
		}
	}
	for _, name := range apis.Names() {
		if !strings.Contains(strings.Join(rows, " "), "`"+name+"`") {
			t.Errorf("%s is in no row", name)
		}
	}
}

func TestRead(t *testing.T) {
	for _, name := range apis.Names() {
		if text, err := apis.Read(name); err != nil || len(text) == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := apis.Read("myspace"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v, want %v", err, fs.ErrNotExist)
	}
}
