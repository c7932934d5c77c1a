package harness

import (
	"testing"

	"ratebench/harness/kinds"
	"ratebench/harness/scenario"
)

// Where all keys share several limits, each limiter goes by the budget of its own,
// and not by the least of all.
func TestSharedLimitersGoByTheirOwnBudgets(t *testing.T) {
	text := `version: 1
duration: 20s
runs: 1
api: binance
client: {workers_per_key: 30}
strategies:
  - {name: ack-clocked, limiter: {kind: ack-clocked}}
  - {name: headers, limiter: {kind: headers}}
`
	sc, err := scenario.Loader{Kinds: kinds.All()}.Parse("x.yaml", []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	runs := runsOf(t, sc)
	if plain, told := runs[0].Responses.OK, runs[1].Responses.OK; told < plain*9/10 || plain == 0 {
		t.Errorf("%d requests of headers are accepted, and %d of ack-clocked, want about as many", told, plain)
	}
}
