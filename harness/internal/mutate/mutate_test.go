package main

import (
	"bytes"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const sample = `package p

import "sync"

type s struct {
	mu sync.Mutex
	n  int
}

func (x *s) f(a, b int) int {
	x.mu.Lock()
	defer x.mu.Unlock()
	if a < b && !x.ok() {
		x.n += 2
		x.n++
		x.g()
	}
	defer x.g()
	switch {
	case x.at.Before(x.end):
		return 1
	case b > 1:
	}
	switch b {
	case 1:
	}
	return max(a, -b) * 0x10
}
`

// Each operator at each place, and nothing else.
func TestMutants(t *testing.T) {
	ms, err := mutantsOf("p.go", []byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range ms {
		got = append(got, fmt.Sprintf("%d %s", m.line, m.what))
	}
	want := []string{
		"11 x.mu is not locked",
		"13 if is never taken", "13 if is always taken",
		"13 && becomes ||", "13 < becomes <=", "13 < becomes >=", "13 ! is dropped",
		"14 += becomes -=", "14 assignment is removed", "14 2 becomes 3",
		"15 ++ becomes --", "15 count is removed",
		"16 call is removed",
		"18 deferred call is removed",
		"20 case is never taken", "20 case is always taken", "20 Before becomes not After", "21 1 becomes 2",
		"22 case is never taken", "22 case is always taken", "22 > becomes >=", "22 > becomes <=", "22 1 becomes 2",
		"25 1 becomes 2",
		"27 * becomes /", "27 max becomes min", "27 - is dropped", "27 0x10 becomes 17",
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("mutants (-want +got):\n%s", diff)
	}
	for _, m := range ms {
		if m.what == "x.mu is not locked" && bytes.Contains(m.text, []byte("mu.")) {
			t.Errorf("a lock without the other half of it:\n%s", m.text)
		}
		if m.what == "Before becomes not After" && !bytes.Contains(m.text, []byte("case !x.at.After(x.end):")) {
			t.Errorf("it has become\n%s", m.text)
		}
		if m.what == "&& becomes ||" && !bytes.Contains(m.text, []byte("a < b || !x.ok()")) {
			t.Errorf("it has become\n%s", m.text)
		}
	}
}

// packages are those that make mutate tries.
func packages(t *testing.T) []string {
	t.Helper()
	makefile, err := os.ReadFile("../../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(strings.ReplaceAll(string(makefile), "\\\n", " "), "\nMUTATED = ")
	list, _, _ = strings.Cut(list, "\n")
	if list == "" {
		t.Fatal("found no MUTATED in the Makefile")
	}
	return strings.Fields(list)
}

// Every mutant of the packages that are tried is Go, and differs from what it
// is made of; and there are enough to choose from.
func TestMutantsOfThisRepositoryParse(t *testing.T) {
	const root = "../../.."
	all := 0
	for _, folder := range packages(t) {
		ms, err := mutantsIn(root, folder)
		if err != nil || len(ms) == 0 {
			t.Errorf("%s: %d mutants, %v", folder, len(ms), err)
		}
		all += len(ms)
		sources := map[string][]byte{}
		for i, m := range ms {
			if testing.Short() && i%20 != 0 {
				continue
			}
			if sources[m.file] == nil {
				var err error
				if sources[m.file], err = os.ReadFile(filepath.Join(root, m.file)); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := parser.ParseFile(token.NewFileSet(), m.file, m.text, parser.SkipObjectResolution); err != nil {
				t.Errorf("%v: %v", m, err)
			}
			if bytes.Equal(sources[m.file], m.text) {
				t.Errorf("%v changes nothing", m)
			}
		}
	}
	if all < 1000 {
		t.Errorf("%d mutants in all, want enough to choose from", all)
	}
}

// What is chosen depends on the seed and on the mutants, not on their order.
func TestChoiceIsFixed(t *testing.T) {
	ms, err := mutantsOf("p.go", []byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	backwards := slices.Clone(ms)
	slices.Reverse(backwards)
	names := func(ms []mutant) (names []string) {
		for _, m := range ms {
			names = append(names, m.String())
		}
		return names
	}
	a, b, c := names(choose(ms, 1)), names(choose(backwards, 1)), names(choose(ms, 2))
	if !slices.Equal(a, b) {
		t.Errorf("another order:\n%s\nand\n%s", strings.Join(a, "\n"), strings.Join(b, "\n"))
	}
	if slices.Equal(a, c) {
		t.Error("another seed chooses the same")
	}
}

func TestEquivalents(t *testing.T) {
	for _, c := range []struct{ text, err string }{
		{"a/b.go | f | < becomes <= | if x < y {\n\tbecause\n\tof it\n", ""},
		{"# nothing\n\n", ""},
		{"\tbecause\n", "reason without a mutant"},
		{"a/b.go\n\tbecause\n", "want FILE | FUNCTION | FAULT | LINE"},
		{"a | b | c | d\n\tx\na | b | c | d\n\tx\n", "found twice"},
		{"a | b | c | d\n", "no reason"},
	} {
		reasons, err := readEquivalents(c.text)
		if c.err == "" && err != nil || c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)) {
			t.Errorf("%q: error %v, want %q", c.text, err, c.err)
		}
		if err == nil && len(reasons) == 1 && reasons["a/b.go | f | < becomes <= | if x < y {"] != "because of it" {
			t.Errorf("%q: %v", c.text, reasons)
		}
	}
}

// The list is of mutants that there are.
func TestEquivalentsAreMutants(t *testing.T) {
	reasons, err := readEquivalents(equivalentText)
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range packages(t) {
		ms, err := mutantsIn("../../..", folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, gone := range stale(reasons, folder, ms) {
			t.Errorf("not there any more: %s", gone)
		}
	}
}

// A module with a test that misses one fault out of several.
func TestTrial(t *testing.T) {
	if testing.Short() {
		t.Skip("builds another module")
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":        "module example.com/p\n\ngo 1.26\n",
		"p/p.go":        "package p\n\nfunc Over(n int) bool { return n > 10 }\n",
		"p/p_test.go":   "package p\n\nimport \"testing\"\n\nfunc TestOver(t *testing.T) {\n\tif !Over(20) || Over(1) {\n\t\tt.Fail()\n\t}\n}\n",
		"bad/q.go":      "package q\n",
		"bad/q_test.go": "package q\n\nimport \"testing\"\n\nfunc TestQ(t *testing.T) { t.Fail() }\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := newTrier(t.Context(), dir, "bad"); err == nil || !strings.Contains(err.Error(), "do not pass as they are") {
		t.Errorf("tests that fail: %v", err)
	}
	var out bytes.Buffer
	got, err := mutateFolder(t.Context(), &out, dir, "p", 10, 1, 2, map[string]string{
		"p/p.go | Over | 10 becomes 11 | func Over(n int) bool { return n > 10 }": "for the test",
	})
	if err != nil {
		t.Fatal(err)
	}
	// > becomes <= is caught; > becomes >= is not; 11 is said to be equivalent.
	if want := (score{caught: 1, tried: 2, equivalent: 1}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if want := "survived: p/p.go:3: > becomes >=: func Over(n int) bool { return n > 10 }\n"; out.String() != want {
		t.Errorf("printed %swant %s", &out, want)
	}
}
