package command

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A server that knows none of the keys: why nothing succeeded is what the table,
// the page and the error say first, and the exit code is not 0.
func TestRunWithoutSuccessSaysWhy(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprintln(w, `{"error_msg": "invalid api key", "status": "ERROR"}`)
	}))
	defer server.Close()
	dir := t.TempDir()
	path := filepath.Join(dir, "stranger.yaml")
	if err := os.WriteFile(path, []byte("version: 1\nduration: 1m\nload: {count: 5}\nstrategies: [{name: a, limiter: {kind: window}}]\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	args := []string{"run", "--clock", "real", "--target", server.URL, "--every", "0s", "-o", dir, path}
	if code := execute(args, &stdout, &stderr); code != exitFailure {
		t.Errorf("exit code %d, want %d", code, exitFailure)
	}
	why := regexp.MustCompile(`(?i)no request succeeded: ([1-9][0-9]*) of ([1-9][0-9]*) answers were 401 \(unknown key\)`)
	report, err := os.ReadFile(filepath.Join(dir, "real", "stranger", "report.html"))
	if err != nil {
		t.Fatal(err)
	}
	for what, text := range map[string]string{"the table": stdout.String(), "the error": stderr.String(), "the page": string(report)} {
		if m := why.FindStringSubmatch(text); m == nil || m[1] != m[2] {
			t.Errorf("%s does not say why nothing succeeded: %q", what, m)
		}
	}
	if !strings.Contains(stderr.String(), "the ceilings are those of the scenario's server") {
		t.Errorf("nothing says whose the ceilings are:\n%s", stderr.String())
	}
	table := stdout.String()
	if at := why.FindStringIndex(table); at != nil && at[0] > strings.Index(table, "strategy") {
		t.Errorf("the reason comes after the figures:\n%s", table)
	}
	if _, zero, _ := strings.Cut(table, "Zero throughout:"); strings.Contains(strings.SplitN(zero, "\n", 2)[0], "401") {
		t.Errorf("401 is called zero:\n%s", table)
	}
	var summary struct {
		Strategies []struct {
			Responses map[string]float64 `json:"responses"`
		} `json:"strategies"`
	}
	content, err := os.ReadFile(filepath.Join(dir, "real", "stranger", "summary.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(content, &summary); err != nil || summary.Strategies[0].Responses["401"] == 0 {
		t.Errorf("%v: responses %v", err, summary.Strategies)
	}
}

// In virtual time a scenario may be about a server that answers nothing.
func TestVirtualRunWithoutSuccess(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "down.yaml")
	const scenario = "version: 1\nduration: 2s\nruns: 2\nserver: {faults: {error_500: 1}}\nstrategies: [{name: a, limiter: {kind: window}}]\nexpect: [{strategy: a, metric: tps, between: [0, 0]}]\n"
	if err := os.WriteFile(path, []byte(scenario), 0o644); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	if code := execute([]string{"run", "-o", dir, path}, &stdout, &stderr); code != exitOK {
		t.Errorf("exit code %d, want %d", code, exitOK)
	}
	why := regexp.MustCompile(`(?i)no request succeeded: per run, [0-9.]+ of [0-9.]+ answers were other failures`)
	if n := len(why.FindAllString(stdout.String()+stderr.String(), -1)); n != 1 {
		t.Errorf("why is said %d times, want once:\n%s\n%s", n, stdout.String(), stderr.String())
	}
	stdout.Reset()
	stderr.Reset()
	execute([]string{"run", "--format", "csv", "-o", dir, path}, &stdout, &stderr)
	if !why.MatchString(stderr.String()) {
		t.Errorf("nothing says why beside a table for programs:\n%s", stderr.String())
	}
}
