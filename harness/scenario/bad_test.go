package scenario

import (
	"errors"
	"flag"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"ratebench/harness/yamlfile"
)

var update = flag.Bool("update", false, "write the golden files anew")

// base has what a scenario must have, section by section.
var base = []string{
	"version: 1\n",
	"duration: 25s\n",
	"strategies:\n- {name: a, limiter: {kind: window}}\n- {name: b, limiter: {kind: adaptive}}\n",
}

// complete appends the sections of base that a snippet does not have, so that
// the lines of the snippet keep their numbers.
func complete(snippet string) string {
	for _, section := range base {
		key, _, _ := strings.Cut(section, ":")
		if !strings.Contains("\n"+snippet, "\n"+key+":") {
			snippet += section
		}
	}
	return snippet
}

// Every file NAME.yaml in testdata/bad.txtar is a snippet with a mistake, and
// NAME.err the message for it. Snippets are completed from base, except those
// whose name starts with "file".
func TestBad(t *testing.T) {
	const golden = "testdata/bad.txtar"
	archive, err := txtar.ParseFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{"bad.csv": {Data: []byte("1ms\nabc\n")}}
	var snippets, renewed []txtar.File
	want := map[string]string{}
	for _, f := range archive.Files {
		if name, ok := strings.CutSuffix(f.Name, ".err"); ok {
			want[name] = string(f.Data)
			continue
		}
		snippets = append(snippets, f)
	}
	for _, f := range snippets {
		name := strings.TrimSuffix(f.Name, ".yaml")
		text := string(f.Data)
		if !strings.HasPrefix(name, "file") {
			text = complete(text)
		}
		_, err := testLoader().Parse("bad.yaml", []byte(text), fsys)
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		got := err.Error() + "\n"
		renewed = append(renewed, f, txtar.File{Name: name + ".err", Data: []byte(got)})
		if diff := cmp.Diff(want[name], got); diff != "" && !*update {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if *update {
		archive.Files = renewed
		if err := os.WriteFile(golden, txtar.Format(archive), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if len(snippets) < 60 {
		t.Errorf("%s has %d snippets, want at least 60", golden, len(snippets))
	}
}

// What cannot stand in a golden file.
func TestBadFiles(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"empty", "", "bad.yaml:1:1: the file is empty, want a scenario that begins with version: 1"},
		{"byte order mark only", "\ufeff", "bad.yaml:1:1: the file is empty, want a scenario that begins with version: 1"},
		{"not UTF-8", "name: caf\xe9\n", "bad.yaml:1:10: byte 0xe9 is not UTF-8, want a text file in UTF-8"},
		{"binary", "\x7fELF\x02", "bad.yaml:1:1: control character U+007F found, want text"},
		{"escape sequence", "name: a\x1b[2J\n", "bad.yaml:1:8: control character U+001B found, want text"},
		{"over 64 KiB", strings.Repeat("x", 1<<16+1), "bad.yaml: the file is too large, want at most 64 KiB"},
		{"over 1 MiB", strings.Repeat("#\n", 1<<20), "bad.yaml: the file is too large, want at most 64 KiB"},
		{"1001 lines", strings.Repeat("\n", 1000), "bad.yaml:1001:1: the file has 1001 lines, want at most 1000"},
		{"deep", strings.Repeat("[", 60_000), "bad.yaml:1:17: brackets are nested more than 16 deep, want fewer"},
		{"deep mapping", strings.Repeat("{a: ", 10_000), "bad.yaml:1:65: brackets are nested more than 16 deep, want fewer"},
		{"deep sequence of blocks", strings.Repeat("- ", 20_000), "bad.yaml:1:33: blocks are nested more than 16 deep, want fewer"},
		{"deep explicit keys", strings.Repeat("? ", 20_000), "bad.yaml:1:33: blocks are nested more than 16 deep, want fewer"},
		{"deep mapping of blocks", indented(17), "bad.yaml:17:17: blocks are nested more than 16 deep, want fewer"},
		{"deep mix of blocks", strings.Repeat("- ? ", 10_000), "bad.yaml:1:33: blocks are nested more than 16 deep, want fewer"},
		{"long mapping in brackets", "{" + strings.Repeat("a: 1, ", 10_000) + "}", "bad.yaml:1:6000: more than 1000 items stand between two brackets, want fewer"},
		{"long list in brackets", "[" + strings.Repeat("a, ", 10_000) + "]", "bad.yaml:1:3000: more than 1000 items stand between two brackets, want fewer"},
		{"a list", "- a\n- b\n", "bad.yaml:1:1: scenario is a list, want a mapping with version, name, question, duration, runs, seed, step, api, server, load, client, strategies, sweep or expect"},
		{"blank lines in a literal", "question: |\n  x\n" + strings.Repeat("\n", 900), "bad.yaml:1:1: scenario has no version, want version: 1"},
		{"panics the parser", "%TAG !! x\n---\n!!map? #c{}<<-# c\n", "bad.yaml:1:1: this is not valid YAML: the parser failed at it: "},
		{"carriage returns", "run: 2\rversion: 1\rrunss: 1\r\n", `bad.yaml:1:1: unknown scenario key "run" (did you mean runs?)`},
	}
	for _, tt := range tests {
		_, err := testLoader().Parse("bad.yaml", []byte(tt.text), nil)
		first := firstError(err)
		if first == nil || !strings.HasPrefix(first.Error(), tt.want) {
			t.Errorf("%s: error\n%.200v\nwant %s", tt.name, first, tt.want)
		}
	}
}

// indented is mappings, each in the one before.
func indented(depth int) string {
	var b strings.Builder
	for i := range depth {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

// firstError is the first of the problems in err that has a place.
func firstError(err error) *Error {
	for _, e := range problemsIn(err) {
		return e
	}
	return nil
}

// problemsIn returns what is joined in err.
func problemsIn(err error) []*Error {
	if e, ok := err.(*Error); ok {
		return []*Error{e}
	}
	var all []*Error
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			all = append(all, problemsIn(e)...)
		}
	}
	return all
}

func TestTooManyProblems(t *testing.T) {
	_, err := testLoader().Parse("bad.yaml", []byte(strings.Repeat("x: 1\ny: 1\n", 50)), nil)
	all := problemsIn(err)
	if len(all) != yamlfile.MaxProblems+1 {
		t.Fatalf("%d problems, want %d and how many more there are", len(all), yamlfile.MaxProblems)
	}
	// 100 unknown keys and three that are missing.
	if got, want := all[yamlfile.MaxProblems].Error(), "bad.yaml: and 83 more problems"; got != want {
		t.Errorf("last problem %q, want %q", got, want)
	}
}

func TestLoadMissingFile(t *testing.T) {
	_, err := testLoader().Load("testdata/no.yaml")
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v, want one that is os.ErrNotExist", err)
	}
	if e, ok := errors.AsType[*Error](err); !ok || e.File != "testdata/no.yaml" {
		t.Errorf("error %v, want an *Error of the file", err)
	}
}
