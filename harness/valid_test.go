package harness

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ratebench/harness/kinds"
	"ratebench/harness/scenario"
)

// What a scenario may say can be run: nothing that is found valid is refused later,
// when servers and clients are made, however the keys of server are combined.
func TestWhatIsValidRuns(t *testing.T) {
	parsed := func(text string) (*scenario.Scenario, error) {
		return scenario.Loader{Kinds: kinds.All()}.Parse("x.yaml", []byte(text), nil)
	}
	valid := rapid.Custom(func(rt *rapid.T) string {
		return "version: 1\nduration: 1s\nruns: 1\nstep: 0ms\n" + drawServer(rt) + `
load: {every: 20ms, mix: [{route: read, share: 60%, cost: {points: 2}}, {route: write, share: 40%, resource: 3, settled: {points: 3}}]}
strategies: [{name: none, limiter: {kind: none}}, {name: paced, limiter: {kind: paced}}]
`
	}).Filter(func(text string) bool {
		_, err := parsed(text)
		return err == nil // one in six
	})
	rapid.Check(t, func(rt *rapid.T) {
		text := valid.Draw(rt, "scenario")
		sc, err := parsed(text)
		if err != nil {
			rt.Fatal(err)
		}
		if _, err := Run(t.Context(), sc, Options{}); err != nil {
			rt.Fatalf("valid, and then %v:\n%s", err, text)
		}
	})
}

// drawServer combines what can be said of a server and its limits.
func drawServer(rt *rapid.T) string {
	pick := func(what string, of ...string) string { return rapid.SampledFrom(of).Draw(rt, what) }
	var limits []string
	for i := range rapid.IntRange(1, 3).Draw(rt, "limits") {
		keys := []string{
			"name: " + string(rune('a'+i)),
			pick("kind", "window: 5/1s", "window: 1000/1h", "window: 3/100ms, count: aligned", "window: 4/1s, count: first", "window: 4/200ms, count: counter",
				"bucket: 5, refill: 3/1s", "bucket: 1, refill: 2/100ms, every: 100ms", "concurrency: 2", "queue: 9/1s, length: 3"),
			pick("scope", "", "scope: [ip]", "scope: [account, route]", "scope: [key, resource]"),
			pick("routes", "", "", "routes: [write]"),
			pick("cost", "", "cost: points", "cost: other"),
			pick("settle", "", "", "settle: true"),
			pick("counts", "", "counts: all", "counts: failures", "counts: accepted"),
			pick("hidden", "", "hidden: true"),
		}
		limits = append(limits, "{"+joined(keys)+"}")
	}
	return "server: {" + joined([]string{
		"keys: 2",
		"limits: [" + strings.Join(limits, ", ") + "]",
		pick("charge", "", "charge: in-order", "charge: all-or-none"),
		pick("resolution", "", "resolution: 0ms", "resolution: 10ms", "resolution: 1s"),
		pick("penalty", "", "block_after: 0", "block_after: 3", "penalty: {after: 2, within: 1s, ban: [100ms, 1s], scope: ip}", "penalty: {after: 1, ban: [10ms], extend: true, strikes: errors}"),
		pick("nonces", "", "nonces: false"),
		pick("dialect", "", "dialect: none", "dialect: github", "dialect: binance", "dialect: shopify", "dialect: openai", "dialect: riot", "dialect: discord"),
		pick("answers", "", "answers: {status: 200, body: '{\"error\": 1}'}", "answers: {status: 403, retry_after: date}"),
		pick("headers", "", "headers: {received_at: true}"),
		pick("stages", "", "", "stages: [{at: 500ms, limits: [{name: a, window: 9/1s}]}]", "stages: [{at: 500ms, limits: [{name: a, concurrency: 1}]}]",
			"stages: [{at: 500ms, limits: [{name: a, bucket: 7, refill: 9/1s}]}]", "stages: [{at: 500ms, limits: [{name: a, queue: 3/1s}]}]"),
		pick("faults", "", "faults: {error_500: 0.1, hang: 0.05}", "faults: {outages: [{at: 200ms, for: 300ms, lose: true}]}"),
	}) + "}"
}

// joined is a list of keys, of which those that are empty are left out.
func joined(keys []string) string {
	var said []string
	for _, k := range keys {
		if k != "" {
			said = append(said, k)
		}
	}
	return strings.Join(said, ", ")
}
