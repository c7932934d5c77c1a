package harness

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ratebench/harness/kinds"
	"ratebench/harness/metrics"
	"ratebench/harness/scenario"
)

// A sweep runs what scenarios run that have its values written out.
func TestSweepIsThePointsWrittenOut(t *testing.T) {
	const text = "version: 1\nduration: 3s\nruns: 2\n%sstrategies:\n- {name: a, limiter: {kind: window}}\n- {name: b, limiter: {kind: paced}}\n"
	swept := parseText(t, fmt.Sprintf(text, "sweep: [{name: cost, set: client.runtime.per_request, to: [0ms, 3ms]}, {name: limit, set: server.limit, to: [10/1s, 20/1s]}]\n"))
	got := runsByName(t, swept)
	want := map[string][]metrics.Run{}
	for _, cost := range []string{"0ms", "3ms"} {
		for _, limit := range []string{"10/1s", "20/1s"} {
			point := parseText(t, fmt.Sprintf(text, fmt.Sprintf("client: {runtime: {per_request: %s}}\nserver: {limit: %s}\n", cost, limit)))
			for name, runs := range runsByName(t, point) {
				name = swept.RowName(name, []string{cost, limit})
				for i := range runs {
					runs[i].Strategy = name
				}
				want[name] = runs
			}
		}
	}
	if diff := cmp.Diff(want, got, sameRun); diff != "" || len(got) != 8 {
		t.Errorf("%d rows (-written out +swept):\n%.2000s", len(got), diff)
	}
}

func parseText(t testing.TB, text string) *scenario.Scenario {
	t.Helper()
	sc, err := scenario.Loader{Kinds: kinds.All()}.Parse("x.yaml", []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	return sc
}

func runsByName(t *testing.T, sc *scenario.Scenario) map[string][]metrics.Run {
	t.Helper()
	runs, err := Run(t.Context(), sc, Options{})
	if err != nil {
		t.Fatal(err)
	}
	byName := map[string][]metrics.Run{}
	for _, r := range runs {
		byName[r.Strategy] = append(byName[r.Strategy], r)
	}
	return byName
}
