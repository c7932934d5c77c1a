package harness_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What clients/README.md says of a program of one's own, done in a module outside
// the checkout: it builds and runs, on the standard library and clients alone. So
// do the examples of what one takes home, and of the API for its tests.
func TestTakenHome(t *testing.T) {
	if testing.Short() {
		t.Skip("builds another module")
	}
	t.Parallel()
	checkout, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(checkout, "clients", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(page), "\n## Into a program of your own\n")
	commands, program := fenced(t, section, "sh"), fenced(t, section, "go")
	dir := t.TempDir()
	mine := filepath.Join(dir, "mine")
	if err := os.Mkdir(mine, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(mine, "main.go"), []byte(program), 0o644); err != nil {
		t.Fatal(err)
	}
	var out string
	if !strings.Contains(commands, "../ratebench") {
		t.Fatalf("nothing says where the checkout is:\n%s", commands)
	}
	for line := range strings.Lines(commands) {
		words := strings.Fields(line)
		for i := range words { // by its own name: what has been built there is not built again
			words[i] = strings.ReplaceAll(words[i], "../ratebench", checkout)
		}
		out = goIn(t, mine, words)
	}
	if !strings.Contains(out, "1 has left and was answered") {
		t.Errorf("it prints\n%s", out)
	}
	for _, home := range []string{"clients/pace", "server/servertest"} {
		example, err := os.ReadFile(filepath.Join(checkout, home, "example_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		dir := filepath.Join(mine, filepath.Base(home))
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "example_test.go"), example, 0o644); err != nil {
			t.Fatal(err)
		}
		if out := goIn(t, dir, []string{"go", "test", "-v", "."}); !strings.Contains(out, "--- PASS: Example") {
			t.Errorf("the examples of %s outside the checkout:\n%s", home, out)
		}
	}
	tests := goIn(t, mine, []string{"go", "list", "-deps", "-test", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", "./..."})
	for line := range strings.Lines(tests) {
		if path := strings.Fields(line)[0]; !strings.HasPrefix(path, "example.com/mine") && !strings.HasPrefix(path, module) {
			t.Errorf("the examples need %s", path)
		}
	}
	list := goIn(t, mine, []string{"go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", "."})
	for _, path := range strings.Fields(list) {
		if path != "example.com/mine" && !strings.HasPrefix(path, module+"clients/") {
			t.Errorf("it needs %s", path)
		}
	}
}

// fenced is the first block of a page in that language.
func fenced(t *testing.T, page, language string) string {
	t.Helper()
	_, rest, found := strings.Cut(page, "```"+language+"\n")
	block, _, closed := strings.Cut(rest, "```\n")
	if !found || !closed {
		t.Fatalf("the page has no block of %s", language)
	}
	return block
}

// goIn runs a go command in a folder, and returns what it prints. It reaches no
// network: what this module needs is there.
func goIn(t *testing.T, dir string, args []string) string {
	t.Helper()
	c := exec.Command(args[0], args[1:]...)
	c.Dir = dir
	// The modules are those that are there, whose sums were compared as they came: the
	// database of sums is asked no more than the proxy.
	c.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOSUMDB=off", "GOWORK=off")
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}
