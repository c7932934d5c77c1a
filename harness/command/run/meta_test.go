package run

import (
	"testing"
	"time"

	"ratebench/harness/metrics"
	"ratebench/harness/scenario"
	"ratebench/harness/scenario/api"
	"ratebench/harness/theory"
)

// What was cut short is measured by the ceilings of the time that it had.
func TestCeilingsOfInterruptedRuns(t *testing.T) {
	sc := *scenario.Reference()
	sc.Duration = 30 * time.Second
	sc.Server.Stages = []api.Stage{{At: 10 * time.Second, Limit: scenario.Limit{N: 1, Window: time.Second}}}
	r := &runner{}
	cut := r.meta(&sc, []metrics.Run{{Duration: 3 * time.Second}, {Duration: 5 * time.Second}}, true).Ceilings
	sc.Server.Stages = nil
	if want := theory.Of(&sc); cut != want {
		t.Errorf("%+v, want those before the first stage, %+v", cut, want)
	}
}
