package command

import (
	"context"
	"strings"
	"testing"

	"ratebench/harness/scenario"
)

// Whoever listens beyond the loopback is warned.
func TestServeWarnsOfOtherMachines(t *testing.T) {
	const warning = "can be reached from other machines"
	for listen, want := range map[string]bool{"127.0.0.1:0": false, "localhost:0": false, "0.0.0.0:0": true, ":0": true} {
		ctx, cancel := context.WithCancel(t.Context())
		log := &trigger{text: "serving", fire: cancel}
		f := serveFlags{listen: listen, maxConcurrent: 1}
		if err := serve(ctx, f.logger(log), scenario.Reference(), f); err != nil {
			t.Error(err)
		}
		if got := log.written.String(); strings.Contains(got, warning) != want {
			t.Errorf("listening on %s logs\n%s", listen, got)
		}
	}
}
