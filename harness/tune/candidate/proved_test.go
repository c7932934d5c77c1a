package candidate

import (
	"strings"
	"testing"

	"ratebench/harness/kinds"
	"ratebench/harness/scenario"
)

// What is proved of a limiter depends on the limits that it faces and on what it is
// told of the latency, 20 ms at most.
func TestProved(t *testing.T) {
	window := "server: {keys: 1, nonces: false, limits: [{window: 10/500ms}], latency: {incoming: \"uniform(0ms, 20ms)\"}}"
	bucket := strings.Replace(window, "window: 10/500ms", "bucket: 10, refill: 4/1s", 1)
	counter := strings.Replace(window, "10/500ms", "10/500ms, count: counter", 1)
	both := strings.Replace(window, "10/500ms}", "10/500ms}, {concurrency: 3}", 1)
	const costs = "\nload: {mix: [{route: a, share: 100%, cost: 2, settled: 3}]}"
	for _, tt := range []struct {
		server, limiter string
		want            bool
	}{
		{window, "{kind: paced, spread: 20ms}", true},
		{window, "{kind: paced, spread: 19ms}", false},
		{window, "{kind: ack-clocked, latency: 20ms}", true},
		{window, "{kind: ack-clocked, latency: 19ms}", false},
		{window, "{kind: ack-clocked}", true}, // nobody gives up before a second has passed
		{window, "{kind: token-bucket}", false},
		{window, "{kind: learn, latency: 20ms}", false},
		{bucket, "{kind: bucket-paced, spread: 20ms}", true},
		{bucket, "{kind: bucket-paced, spread: 10ms}", false},
		{counter, "{kind: ack-clocked, latency: 20ms}", false},
		{counter, "{kind: counter-paced, spread: 20ms}", true},
		{bucket + costs, "{kind: bucket-paced, spread: 20ms}", true},
		{bucket + costs, "{kind: paced, spread: 20ms}", false},
		{strings.Replace(window, "10/500ms", "10/500ms, settle: true", 1) + costs, "{kind: ack-clocked, latency: 20ms}", false},
		{both, "{kind: paced, spread: 20ms}", false}, // of what is under way it knows nothing
	} {
		sc, err := scenario.Loader{Kinds: kinds.All()}.Parse("x.yaml", []byte("version: 1\nduration: 5s\n"+tt.server+
			"\nclient: {workers_per_key: 5}\nstrategies: [{name: a, limiter: "+tt.limiter+"}]\n"), nil)
		if err != nil {
			t.Fatalf("%s: %v", tt.server, err)
		}
		if got := proved(sc, &sc.Strategies[0]); got != tt.want {
			t.Errorf("%s of %s: proved %v, want %v", tt.limiter, tt.server, got, tt.want)
		}
	}
}
