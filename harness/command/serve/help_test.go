package serve

import (
	"context"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"ratebench/harness/internal/snippets"
	"ratebench/harness/scenario"
	"ratebench/harness/serving"
)

// The clients in the help do what they should, as far as their languages are
// installed.
func TestHelpSnippets(t *testing.T) {
	const three = `200 {"req_id":"0","status":"OK"}
200 {"req_id":"1","status":"OK"}
200 {"req_id":"2","status":"OK"}
`
	tests := []struct {
		file    string
		command []string // the file is added
		needs   string
		want    string
	}{
		{"client.sh", []string{"sh"}, "curl", `{"req_id":"7","status":"OK"}` + "\n"},
		{"client.go", []string{"go", "run"}, "go", three},
		{"client.py", []string{"python3"}, "python3", three},
		{"client.mjs", []string{"node"}, "node", three},
	}
	all := snippets.Direct()
	if len(all) != len(tests) {
		t.Fatalf("%d snippets, %d tests", len(all), len(tests))
	}
	for i, tt := range tests {
		t.Run(all[i].Title, func(t *testing.T) {
			if _, err := exec.LookPath(tt.needs); err != nil {
				t.Skip(err)
			}
			code := strings.ReplaceAll(all[i].Code, "127.0.0.1:9999", serveForTest(t))
			file := filepath.Join(t.TempDir(), tt.file)
			if err := os.WriteFile(file, []byte(code), 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), tt.command[0], append(tt.command[1:], file)...)
			cmd.Dir = filepath.Dir(file)
			cmd.Env = append(os.Environ(), "no_proxy=*")
			var stderr strings.Builder
			cmd.Stderr = &stderr
			got, err := cmd.Output()
			if err != nil || string(got) != tt.want {
				t.Errorf("printed %s (%v), want %s; stderr:\n%s", got, err, tt.want, &stderr)
			}
		})
	}
}

// serveForTest serves the reference's API on a port of the loopback for as
// long as the test lasts.
func serveForTest(t *testing.T) (address string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s, err := serving.NewService(scenario.Reference(), serving.ServiceConfig{Log: slog.New(slog.DiscardHandler), MaxConcurrent: 10})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- s.Serve(ctx, ln) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return ln.Addr().String()
}

// What is copied out of the help is what has been tested.
func TestHelpShowsTheSnippets(t *testing.T) {
	help := help()
	for _, s := range snippets.Direct() {
		indented := regexp.MustCompile(`(?m)^(.)`).ReplaceAllString(s.Code, "  $1")
		if !strings.Contains(help, indented) {
			t.Errorf("the help lacks the %s client", s.Title)
		}
	}
}
