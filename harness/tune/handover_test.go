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
	"ratebench/harness/tune/candidate"
)

// Every candidate of every kind, written as YAML, reads as the strategy that it is.
func TestYAMLReadsBack(t *testing.T) {
	sc := parse(t, strings.Replace(small, "keys: 1,", "keys: 1, headers: {received_at: true, rate_limit: true},", 1))
	head, _, _ := strings.Cut(small, "client:")
	for _, c := range candidate.All(sc, kinds.All(), 0) {
		text := head + "strategies:\n  " + yaml(&c) + "\n"
		read, err := scenario.Loader{Kinds: kinds.All()}.Parse("small.yaml", []byte(text), nil)
		if err != nil {
			t.Fatalf("%s: %v\n%s", c.Label(), err, text)
		}
		back := candidate.Candidate{Strategy: read.Strategies[0], Kind: c.Kind}
		if diff := cmp.Diff(c.Settings(), back.Settings(), cmp.AllowUnexported(candidate.Setting{})); diff != "" {
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
	last := map[string]candidate.Candidate{} // of each kind, the one with the most settings
	for _, c := range candidate.All(sc, kinds.All(), 0) {
		if best, known := last[c.Kind.Name]; !known || len(c.Settings()) > len(best.Settings()) {
			last[c.Kind.Name] = c
		}
	}
	for i, k := range kinds.All() {
		c := last[k.Name]
		code, err := goCode(sc, &c)
		if err != nil {
			t.Fatalf("%s: %v", c.Label(), err)
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

// What a proxy or a transport with one limiter for each key would not keep to is not
// handed over as if it did.
func TestNothingIsHandedOverThatKeepsToLess(t *testing.T) {
	server := func(text string) string { return strings.Replace(small, "limit: 10/500ms", "limits: ["+text+"]", 1) }
	mix := "\nload: {mix: [{route: r, share: 100%, cost: 2}], every"
	for _, c := range []struct {
		name, scenario string
		program, proxy bool
	}{
		{"the reference's limit", small, true, true},
		{"the same among limits", server("{window: 10/500ms}"), true, true},
		{"a counter", server("{window: 10/500ms, count: counter}"), true, true},
		{"a bucket", server("{bucket: 10, refill: 10/500ms}"), true, true},
		{"two limits", server("{window: 10/500ms}, {bucket: 50, refill: 60/5s}"), false, true},
		{"a window and concurrency", server("{window: 10/500ms}, {concurrency: 3}"), false, true},
		{"concurrency", server("{concurrency: 3}"), false, true},
		{"of an account", server("{window: 10/500ms, scope: [account]}"), false, true},
		{"of things", server("{window: 10/500ms, scope: [resource]}"), false, false},
		{"costs of nothing that can be told", strings.Replace(small, "\nload: {every", mix, 1), false, false},
		{"costs of what can be told", strings.Replace(small, "\nload: {every", strings.Replace(mix, "cost: 2", "cost: 2, match: [/]", 1), 1), false, true},
		{"costs that are drawn", strings.Replace(small, "\nload: {every", strings.Replace(mix, "cost: 2", "cost: 'uniform(1, 3)', match: [/]", 1), 1), false, false},
		{"processes", strings.Replace(small, "client: {", "client: {processes: 2, ", 1), false, false},
	} {
		sc := parse(t, c.scenario)
		r := Report{scenario: sc, tuned: &entry{Candidate: candidate.All(sc, some("window"), 0)[0]}}
		out, err := r.handed()
		if err != nil || out.Strategy == "" || (out.Go != "") != c.program || (out.Proxy != "") != c.proxy {
			t.Errorf("%s: %q, %q, %q, %v; want a program: %v, a proxy: %v", c.name, out.Strategy, out.Go, out.Proxy, err, c.program, c.proxy)
		}
		if (out.noProxy != "") == c.proxy {
			t.Errorf("%s: there is a proxy: %v, and why not: %q", c.name, c.proxy, out.noProxy)
		}
	}
}

// What flags of a proxy do not say by themselves is in its command line.
func TestProxyCommand(t *testing.T) {
	bucket := strings.Replace(small, "limit: 10/500ms", "limits: [{bucket: 10, refill: 10/500ms}]", 1)
	for _, c := range []struct{ scenario, path, want string }{
		{small, "small.yaml", "ratebench proxy --upstream https://api.example.com --limit 10/500ms --kind window"},
		{strings.Replace(small, "keys: 1,", "keys: 1, resolution: 10ms,", 1), "small.yaml", "--limit 10/500ms --resolution 10ms --kind window"},
		{bucket, "small.yaml", "ratebench proxy --upstream https://api.example.com --scenario small.yaml --strategy tuned"},
		{bucket, "my own's.yaml", `--scenario 'my own'\''s.yaml' --strategy tuned`},
	} {
		sc := parse(t, c.scenario)
		sc.Path = c.path
		if got, why := proxyCommand(sc, &candidate.All(sc, some("window"), 0)[0]); !strings.Contains(got, c.want) || why != "" {
			t.Errorf("%q, none since %q; want %q", got, why, c.want)
		}
	}
}

func TestNobodyGetsAnythingThrough(t *testing.T) {
	sc := parse(t, strings.Replace(small, "keys: 1,", "keys: 1, faults: {error_503: 1},", 1))
	if _, err := Run(t.Context(), sc, Options{Kinds: some("window"), Seeds: 10, Fresh: 2}); err == nil || err.Error() != "no candidate gets a single request through" {
		t.Errorf("%v", err)
	}
}
