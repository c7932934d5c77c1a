package harness

import (
	"fmt"
	"testing"

	"ratebench/harness/kinds"
	"ratebench/harness/scenario"
	"ratebench/scenarios/apis"
)

// suitable is a client for each preset that is refused nothing: one that keeps an
// exact log of what it sent, but where that is not what the API counts.
func suitable(preset string) string {
	switch preset {
	case "kong", "upstash": // a counter lets no burst through that a log allows
		return "{kind: paced, spread: 50ms}"
	case "slack": // nor does a bucket of one request
		return "{kind: paced, spread: 50ms}"
	}
	return "{kind: ack-clocked}"
}

// A suitable client of each preset gets its requests through, and nobody refuses
// it; one without a limiter, and with more to send, is refused.
func TestPresetsHaveASuitableClient(t *testing.T) {
	t.Parallel()
	for _, name := range apis.Names() {
		t.Run(name, func(t *testing.T) {
			with := func(duration, load, limiter string) *scenario.Scenario {
				t.Helper()
				text := fmt.Sprintf("version: 1\nduration: %s\nruns: 1\napi: %s\nserver: {keys: 2}\n", duration, name)
				sc, err := scenario.Loader{Kinds: kinds.All()}.Parse("x.yaml", []byte(text+load+"client: {workers_per_key: 40, nonce: increasing}\nstrategies: [{name: a, limiter: "+limiter+"}]\n"), nil)
				if err != nil {
					t.Fatal(err)
				}
				return sc
			}
			d := "1m"
			if testing.Short() {
				d = "20s"
			}
			r := runsOf(t, with(d, "", suitable(name)))[0]
			if n := r.Responses.RateLimited + r.Responses.Blocked; n > 0 || r.Responses.OK == 0 {
				t.Errorf("%s has %d requests refused, and %d accepted", suitable(name), n, r.Responses.OK)
			}
			r = runsOf(t, with("15s", "load: {every: 4ms}\n", "{kind: none}"))[0]
			if n := r.Responses.RateLimited + r.Responses.Blocked; n == 0 {
				t.Errorf("without a limiter %d requests were accepted, and none refused", r.Responses.OK)
			}
		})
	}
}
