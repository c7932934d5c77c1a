package harness

import (
	"context"
	"strings"
	"testing"
)

// A target at a port where nobody listens is found before the run, which would
// take an hour.
func TestDeadTarget(t *testing.T) {
	const dead = "http://127.0.0.1:1"
	sc := parse(t, "duration: 1h\nruns: 3\n")
	sc.Strategies = sc.Strategies[:1]
	runs, err := Run(context.Background(), sc, Options{Real: true, Target: dead})
	if len(runs) > 0 || err == nil || !strings.Contains(err.Error(), "no server answers at "+dead) {
		t.Errorf("%d runs, %v", len(runs), err)
	}
}
