//go:build unix

package scenario

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// What is no file, as the scenario or as the data of a distribution, is an
// error that comes at once.
func TestOnlyFilesAreRead(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := syscall.Mkfifo(at("pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(at("folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/dev/zero", at("zero")); err != nil {
		t.Fatal(err)
	}
	large, err := os.Create(at("large"))
	if err == nil {
		err = large.Truncate(1 << 40)
	}
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"pipe":    "it is a pipe, want a file that can be read again",
		"folder":  "it is a folder, want a file",
		"zero":    "it is a device, want a file",
		"missing": "no such file or directory",
	} {
		if _, err := testLoader().Load(at(name)); err == nil || !strings.HasSuffix(err.Error(), want) || !strings.HasPrefix(err.Error(), at(name)+": ") {
			t.Errorf("%s: error %v, want %s", name, err, want)
		}
	}
	for name, want := range map[string]string{
		"pipe":      "pipe: it is a pipe",
		"folder":    "folder: it is a folder",
		"zero":      "zero: it is a device",
		"large":     "large has 1099511627776 bytes, want at most 64 MiB",
		"missing":   "open missing: no such file or directory",
		"../secret": "open ../secret: want a path below the scenario's folder, without .. in it",
		"/secret":   "open /secret: want a path below the scenario's folder",
	} {
		path := at("x.yaml")
		text := "version: 1\nduration: 1s\nserver: {latency: {incoming: empirical(" + name + ")}}\nstrategies: [{name: a, limiter: {kind: window}}]\n"
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := testLoader().Load(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %s", name, err, want)
		}
	}
}

// A pipe that a shell has set up, as for <(…), has somebody at its other end.
func TestPipesOfShellsAreRead(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	go func() {
		_, _ = w.WriteString("name: piped\n" + complete(""))
		_ = w.Close()
	}()
	s, err := testLoader().Load(fmt.Sprintf("/dev/fd/%d", r.Fd()))
	if err != nil || s.Name != "piped" {
		t.Errorf("%+v, %v", s, err)
	}
}

// Whatever a file or its name has in it, no message makes a terminal do
// something.
func TestMessagesAreHarmless(t *testing.T) {
	for _, text := range []string{
		"server: {limit: \"20\\e[2J\"}",
		"load: {every: \"unif\\e]0;x\\a(1, 2)\"}",
		"load: {every: \"empirical(a\\eb)\"}",
		"load: {\"\\e[2J\": 1}",
		"server: {latency: {incoming: \"uni\\eform(0ms\", 50ms)}}",
		"expect: [{strategy: \"\\e[2J\", metric: \"\\e\", between: [0, 1]}]",
		"strategies: [{name: \"\\u202e\", limiter: {kind: \"\\e\"}}]",
		"question: \"\\e[2J\"",
	} {
		_, err := testLoader().Parse("evil\x1b[2J\u202e.yaml", []byte(complete(text+"\n")), nil)
		if err == nil {
			t.Errorf("%s: no error", text)
		} else if got := err.Error(); got != Printable(got) {
			t.Errorf("%s: message %q", text, got)
		}
	}
}
