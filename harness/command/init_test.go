package command

import (
	"strings"
	"testing"

	"ratebench/harness/kinds"
	"ratebench/harness/scenario"
	"ratebench/harness/theory"
	"ratebench/scenarios/apis"
)

// Every starter can be run as it is, with what it claims in comments too, and none of
// its strategies leaves a kind of request behind for ever.
func TestStarters(t *testing.T) {
	for _, api := range apis.Names() {
		text, err := starter(api)
		if err != nil {
			t.Fatal(err)
		}
		text = strings.ReplaceAll(text, "# expect:\n#   -", "expect:\n  -")
		sc, err := scenario.Loader{Kinds: kinds.All()}.Parse(api+".yaml", []byte(text), nil)
		if err != nil {
			t.Error(err)
			continue
		}
		if len(sc.Expect) != 1 || len(sc.Strategies) < 3 {
			t.Errorf("%s: %d claims, %d strategies", api, len(sc.Expect), len(sc.Strategies))
		}
		for _, u := range theory.UnsentOf(sc) {
			t.Errorf("%s: %s", api, u)
		}
	}
}
