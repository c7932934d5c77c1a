package command

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"
)

// What the shells are told when they ask how a line goes on: the words, and
// after them what else to do, as ":4" for no file names, ":6" for no blank
// either, ":8" for files with the extensions given, ":16" for folders.
func TestCompletion(t *testing.T) {
	for line, want := range map[string][]string{
		"":                            {"compare", "proxy", "report", "run", "schema", "strategies", "version", ":4"},
		"help ":                       {"compare", "report", "run", ":4"},
		"completion ":                 {"bash", "zsh", "fish", "powershell", ":4"},
		"run ":                        {"yaml", "yml", ":8"},
		"validate a.yaml ":            {"yaml", "yml", ":8"},
		"serve a.yaml ":               {":4"},
		"run --strategy ":             {":4"},
		"run --clock ":                {"virtual", "real", ":4"},
		"run --clock=":                {"virtual", "real", ":4"},
		"run --seed ":                 {":4"},
		"run --output ":               {":16"},
		"run --form":                  {"--format", ":4"},
		"report ":                     {":16"},
		"report --format ":            {"text", "markdown", "json", "csv", ":4"},
		"compare old ":                {":16"},
		"compare old new ":            {":16"},
		"compare --metric ":           {"tps", "429", "latency_p99_ms", ":4"},
		"compare --fail-on ":          {"tps", "429", ":6"},
		"strategies ":                 {"window", "adaptive", "common", ":4"},
		"strategies window common ad": {"adaptive", ":4"},
		"strategies --format ":        {"text", "markdown", "json", ":4"},
		"schema ":                     {":4"},
	} {
		got := complete(t, line)
		for _, w := range want {
			if !slices.Contains(got, w) {
				t.Errorf("%q: no %s in %q", line, w, got)
			}
		}
	}
}

func TestCompletionLeavesOutWhatIsThere(t *testing.T) {
	if got := complete(t, "strategies window common "); slices.Contains(got, "window") || slices.Contains(got, "common") {
		t.Errorf("window and common are offered again: %q", got)
	}
}

// complete returns the words that a line can go on with.
func complete(t *testing.T, line string) []string {
	t.Helper()
	var out bytes.Buffer
	args := append([]string{"__complete"}, strings.Split(line, " ")...)
	if code := execute(args, &out, io.Discard); code != exitOK {
		t.Fatalf("%q: exit code %d", line, code)
	}
	var words []string
	for l := range strings.Lines(out.String()) {
		word, _, _ := strings.Cut(strings.TrimSuffix(l, "\n"), "\t")
		words = append(words, word)
	}
	return words
}
