package command

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// The README's scenario is valid, and what the README says of a typo in it is what
// is said.
func TestReadmeScenario(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(readme), "```yaml\n")
	text, rest, closed := strings.Cut(rest, "```\n")
	if !found || !closed {
		t.Fatal("the README has no scenario")
	}
	want := ""
	for line := range strings.Lines(rest) {
		if strings.HasPrefix(line, "    ratebench: mine.yaml:") {
			want = strings.TrimPrefix(line, "    ")
			break
		}
	}
	t.Chdir(t.TempDir())
	validate := func(text string) (code int, said string) {
		if err := os.WriteFile("mine.yaml", []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		var stdout, stderr bytes.Buffer
		code = execute([]string{"validate", "mine.yaml"}, &stdout, &stderr)
		return code, stderr.String()
	}
	if code, said := validate(text); code != exitOK {
		t.Errorf("exit code %d: %s", code, said)
	}
	code, said := validate(strings.Replace(text, "every:", "evry:", 1))
	if code != exitUsage || want == "" || !strings.HasPrefix(said, want) {
		t.Errorf("exit code %d, got\n%s\nthe README has\n%s", code, said, want)
	}
}
