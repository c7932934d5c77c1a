package run

import (
	"strings"
	"testing"

	"ratebench/harness/kinds"
	"ratebench/harness/metrics"
	"ratebench/harness/scenario"
)

// A part whose runs are in another order, or are there twice, is none of the whole.
func TestMisplaced(t *testing.T) {
	sc, err := scenario.Loader{Kinds: kinds.All()}.Parse("x.yaml", []byte(`version: 1
duration: 1s
runs: 2
seed: 7
strategies: [{name: a, limiter: {kind: none}}]
sweep: [{name: keys, set: server.keys, to: [1, 5]}]
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	whole := []metrics.Run{{Strategy: "a/1", Seed: 7}, {Strategy: "a/1", Seed: 8}, {Strategy: "a/5", Seed: 7}, {Strategy: "a/5", Seed: 8}}
	if _, err := misplaced(sc, whole); err != nil {
		t.Error(err)
	}
	for want, runs := range map[string][]metrics.Run{
		`found a run of "a/1" with seed 8, expected one of "a/1" with seed 7`: {whole[1], whole[0], whole[2], whole[3]},
		`found a run of "a/1" with seed 7, expected one of "a/1" with seed 8`: {whole[0], whole[0], whole[2], whole[3]},
		`found a run of "a/1" with seed 8, expected one of "a/5" with seed 7`: {whole[0], whole[1], whole[1], whole[3]},
		"found a part of 3 runs, expected 4":                                  whole[:3],
	} {
		if _, err := misplaced(sc, runs); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
