package tune

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ratebench/harness/kinds"
	"ratebench/harness/scenario"
)

// Every candidate of every kind, written as YAML, reads as the strategy that it is.
func TestYAMLReadsBack(t *testing.T) {
	sc := parse(t, strings.Replace(small, "keys: 1,", "keys: 1, headers: {received_at: true, rate_limit: true},", 1))
	head, _, _ := strings.Cut(small, "client:")
	for _, c := range candidates(sc, kinds.All(), 0) {
		text := head + "strategies:\n  " + yaml(&c) + "\n"
		read, err := scenario.Loader{Kinds: kinds.All()}.Parse("small.yaml", []byte(text), nil)
		if err != nil {
			t.Fatalf("%s: %v\n%s", c.label(), err, text)
		}
		back := candidate{Strategy: read.Strategies[0], kind: c.kind}
		if diff := cmp.Diff(settings(&c), settings(&back), cmp.AllowUnexported(setting{})); diff != "" {
			t.Errorf("%s\n%s", yaml(&c), diff)
		}
	}
}

// The program in Go compiles, for every kind and with values of all types.
func TestGoCompiles(t *testing.T) {
	sc := parse(t, strings.Replace(small, "keys: 1,", "keys: 1, headers: {received_at: true, rate_limit: true},", 1))
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	overlay := struct{ Replace map[string]string }{map[string]string{}}
	last := map[string]candidate{} // of each kind, the one with the most settings
	for _, c := range candidates(sc, kinds.All(), 0) {
		if best, known := last[c.kind.Name]; !known || len(settings(&c)) > len(settings(&best)) {
			last[c.kind.Name] = c
		}
	}
	for i, k := range kinds.All() {
		c := last[k.Name]
		code, err := goCode(sc, &c)
		if err != nil {
			t.Fatalf("%s: %v", c.label(), err)
		}
		// All of them are one package, which takes a second rather than a minute.
		code = strings.Replace(strings.Replace(code, "package main", "package handed", 1), "func main()", fmt.Sprintf("func Main%d()", i), 1)
		file := filepath.Join(dir, k.Name+".go")
		if err := os.WriteFile(file, []byte(code), 0o600); err != nil {
			t.Fatal(err)
		}
		overlay.Replace[filepath.Join(root, "harness", "tune", "handed", k.Name+".go")] = file
	}
	text, err := json.Marshal(overlay)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "overlay.json"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "go", "build", "-overlay", filepath.Join(dir, "overlay.json"), "./harness/tune/handed")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
