package dark_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ratebench/harness/internal/findings"
	"ratebench/harness/internal/findings/dark"
)

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "blog"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "blog", "tps.svg"), []byte(`<path fill="#ffffff"/>`), 0o644); err != nil {
		t.Fatal(err)
	}
	page := findings.File{Path: filepath.Join(dir, "README.md"), Content: []byte(
		`<source srcset="gain-dark.svg"> <source srcset="blog/tps-dark.svg"> <source srcset="gain-dark.svg">`)}
	gain := findings.File{Path: filepath.Join(dir, "gain.svg"), Content: []byte(`<path stroke="#1f2933"/>`)}
	files, err := dark.Files([]findings.File{page, gain})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"gain-dark.svg": `<path stroke="#e7ecf0"/>`, "blog/tps-dark.svg": `<path fill="#1b2127"/>`}
	if len(files) != len(want) {
		t.Fatalf("%d files, want %d", len(files), len(want))
	}
	for _, f := range files {
		name, _ := filepath.Rel(dir, f.Path)
		if got := string(f.Content); got != want[filepath.ToSlash(name)] {
			t.Errorf("%s is %s", name, got)
		}
	}
	// What there is no light picture of has no dark one; what cannot be read is named.
	page.Content = []byte(`srcset="heatmap-dark.svg"`)
	if files, err := dark.Files([]findings.File{page}); err != nil || len(files) != 0 {
		t.Errorf("got %d files, %v, want none", len(files), err)
	}
	if err := os.Mkdir(filepath.Join(dir, "heatmap.svg"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := dark.Files([]findings.File{page}); err == nil || !strings.Contains(err.Error(), "heatmap.svg") {
		t.Errorf("got %v, want an error that names heatmap.svg", err)
	}
}

// The templates show every picture on dark pages, too.
func TestTemplatesHaveBoth(t *testing.T) {
	for _, name := range []string{"readme.md", "results.md"} {
		text, err := os.ReadFile(filepath.Join("..", "templates", name))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), ".svg)") {
			t.Errorf("%s shows a picture without one for dark pages", name)
		}
		if light, both := strings.Count(string(text), `.svg">`), 2*strings.Count(string(text), "-dark.svg"); light != both || both == 0 {
			t.Errorf("%s has %d pictures, want %d", name, light, both)
		}
	}
}
