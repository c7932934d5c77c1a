package harness

import (
	"bytes"
	"fmt"
	"os"
	"testing"
	"testing/fstest"
	"time"

	"ratebench/clients"
	"ratebench/harness/kinds"
	"ratebench/harness/scenario"
)

// driftTimeVar names an environment variable with the virtual time of
// TestNoRefusalsWhateverTheClocks for each strategy, such as 24h. By default it
// is shorter where a quota lets much through.
const driftTimeVar = "RATEBENCH_DRIFT_TIME"

// Whatever promises that there is no 429 keeps it with clocks that are wrong by
// up to 200 ppm, the drift that limiters allow for, and whatever the tick of the
// server's clock.
func TestNoRefusalsWhateverTheClocks(t *testing.T) {
	for _, quota := range []struct {
		limit, every, resolution string
		short                    time.Duration
	}{
		{"20/1s", "uniform(0ms, 40ms)", "1ms", time.Minute},
		{"20/1s", "uniform(0ms, 40ms)", "0ms", 20 * time.Second},
		{"1/250ms", "uniform(0ms, 100ms)", "1us", 30 * time.Second},
		{"100/1m", "uniform(0ms, 500ms)", "1ms", 15 * time.Minute},
		{"1000/1h", "uniform(0ms, 3s)", "1ms", 3 * time.Hour},
	} {
		rates := []float64{0.9998, 0.99995, 1, 1.00001, 1.00005, 1.0002}
		if testing.Short() {
			rates = []float64{0.9998, 1, 1.0002}
		}
		for _, rate := range rates {
			t.Run(fmt.Sprintf("%s, tick %s, clock %v", quota.limit, quota.resolution, rate), func(t *testing.T) {
				t.Parallel()
				sc := driftScenario(t, quota.limit, quota.resolution, quota.every, rate)
				d := quota.short
				if text := os.Getenv(driftTimeVar); text != "" {
					var err error
					if d, err = time.ParseDuration(text); err != nil {
						t.Fatalf("%s: %v", driftTimeVar, err)
					}
				}
				for i := range sc.Strategies {
					st := &sc.Strategies[i]
					var counts statusCounts
					if _, err := (virtualRun{scenario: sc, strategy: st, seed: 1, observer: &counts, skipIdle: true}).run(d); err != nil {
						t.Fatal(err)
					}
					if counts[429] > 0 || counts[400] > 0 {
						t.Errorf("%s: %d answers 429 and %d 400, beside %d good ones", st.Name, counts[429], counts[400], counts[200])
					}
					limit := sc.Server.Limit
					if least := 0.85 * float64(limit.N) * d.Seconds() / limit.Window.Seconds(); float64(counts[200]) < least {
						t.Errorf("%s: %d good answers prove little, want %.0f", st.Name, counts[200], least)
					}
				}
			})
		}
	}
}

// Where the latency is constant nothing but the window and the drift keeps two
// requests apart: a clock that is fast by all of the drift leaves a nanosecond.
func TestNoRefusalsWithoutAnySlack(t *testing.T) {
	for _, resolution := range []string{"0ms", "1us", "1ms"} {
		text := []byte(driftText("20/1s", resolution, "uniform(0ms, 40ms)", 1.0002))
		for old, constant := range map[string]string{
			`{incoming: "uniform(0ms, 20ms)", outgoing: "uniform(0ms, 20ms)"}`: "{incoming: 10ms, outgoing: 0ms}",
			"spread: 20ms":      "spread: 0ms",
			"latency: 20ms}, g": "latency: 10ms, shortest: 10ms}, g",
		} {
			if !bytes.Contains(text, []byte(old)) {
				t.Fatalf("the scenario has no %s", old)
			}
			text = bytes.ReplaceAll(text, []byte(old), []byte(constant))
		}
		sc, err := scenario.Loader{Kinds: kinds.All()}.Parse("constant.yaml", text, fstest.MapFS{})
		if err != nil {
			t.Fatal(err)
		}
		for i := range sc.Strategies {
			var counts statusCounts
			if _, err := (virtualRun{scenario: sc, strategy: &sc.Strategies[i], seed: 1, observer: &counts, skipIdle: true}).run(2 * time.Minute); err != nil {
				t.Fatal(err)
			}
			if counts[429] > 0 || counts[200] < 2000 {
				t.Errorf("tick %s, %s: %d answers 429 beside %d good ones", resolution, sc.Strategies[i].Name, counts[429], counts[200])
			}
		}
	}
}

func driftScenario(t *testing.T, limit, resolution, every string, rate float64) *scenario.Scenario {
	t.Helper()
	sc, err := scenario.Loader{Kinds: kinds.All()}.Parse("drift.yaml", []byte(driftText(limit, resolution, every, rate)), fstest.MapFS{})
	if err != nil {
		t.Fatal(err)
	}
	return sc
}

func driftText(limit, resolution, every string, rate float64) string {
	return fmt.Sprintf(`version: 1
duration: 24h
step: 0
server:
  keys: 1
  limit: %s
  resolution: %s
  latency: {incoming: "uniform(0ms, 20ms)", outgoing: "uniform(0ms, 20ms)"}
  headers: {received_at: true}
  block_after: 0
load: {every: "%s"}
client: {workers_per_key: 4, nonce: increasing, clock: {rate: %v}}
strategies:
  - {name: paced, limiter: {kind: paced, spread: 20ms}, guard: {order: true, latency: 20ms}}
  - {name: ack-clocked, limiter: {kind: ack-clocked, latency: 20ms}, guard: {order: true, latency: 20ms}}
  - {name: ack-clocked.blind, limiter: {kind: ack-clocked}, guard: {order: true}}
  - {name: server-time, limiter: {kind: server-time, latency: 20ms}, guard: {order: true, latency: 20ms}}
  - {name: server-time.blind, limiter: {kind: server-time}, guard: {order: true}}
`, limit, resolution, every, rate)
}

// statusCounts counts answers by status.
type statusCounts map[int]int

func (c *statusCounts) Observe(e *clients.Event) {
	if *c == nil {
		*c = statusCounts{}
	}
	if e.Kind == clients.Answered {
		(*c)[e.Outcome.Status]++
	}
}
