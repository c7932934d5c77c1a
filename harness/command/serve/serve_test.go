package serve

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"ratebench/harness/scenario"
)

// Whoever listens beyond the loopback is warned.
func TestServeWarnsOfOtherMachines(t *testing.T) {
	const warning = "can be reached from other machines"
	for listen, want := range map[string]bool{"127.0.0.1:0": false, "localhost:0": false, "0.0.0.0:0": true, ":0": true} {
		ctx, cancel := context.WithCancel(t.Context())
		log := &trigger{text: "serving", fire: cancel}
		f := flags{listen: listen, maxConcurrent: 1}
		if err := serve(ctx, Logger(log, "text"), io.Discard, scenario.Reference(), f); err != nil {
			t.Error(err)
		}
		if got := log.written.String(); strings.Contains(got, warning) != want {
			t.Errorf("listening on %s logs\n%s", listen, got)
		}
	}
}

// A host that --listen names is one to answer for; an address that stands for
// all is none.
func TestServedHosts(t *testing.T) {
	for listen, want := range map[string][]string{
		"127.0.0.1:9999":     {"127.0.0.1", "also.example"},
		"bench.example:9999": {"bench.example", "also.example"},
		"[2001:db8::1]:9999": {"2001:db8::1", "also.example"},
		":9999":              {"also.example"},
		"0.0.0.0:9999":       {"also.example"},
		"[::]:9999":          {"also.example"},
	} {
		if got := Hosts(listen, []string{"also.example"}); !slices.Equal(got, want) {
			t.Errorf("listening on %s: hosts %q, want %q", listen, got, want)
		}
	}
}

// trigger calls fire once, when what is written to it contains text.
type trigger struct {
	mu      sync.Mutex
	written bytes.Buffer
	text    string
	fire    func()
}

func (w *trigger) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.written.Write(p)
	if w.fire != nil && strings.Contains(w.written.String(), w.text) {
		w.fire()
		w.fire = nil
	}
	return len(p), nil
}
