package harness

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ratebench/clients/limiter"
	"ratebench/harness/dist"
	"ratebench/harness/kinds"
	"ratebench/harness/metrics"
	"ratebench/harness/scenario"
	"ratebench/harness/scenario/client"
	"ratebench/harness/theory"
)

// checkBound checks that a run is not above the bound of its strategy.
func checkBound(t failer, sc *scenario.Scenario, bounds *theory.Bounds, r metrics.Run) {
	t.Helper()
	for _, row := range sc.Rows() {
		if st := row.Strategy; row.Name == r.Strategy {
			if row.Scenario != sc {
				bounds = theory.NewBounds(row.Scenario)
			}
			bound := bounds.Of(st, r.Seed, r.Duration)
			if math.IsNaN(bound.TPS) || r.TPS() > bound.TPS*(1+1e-12) {
				t.Errorf("%s, seed %d, %v: %d succeeded, which is %v requests/s, above %v by %s",
					r.Strategy, r.Seed, r.Duration, r.Ledger.Succeeded, r.TPS(), bound.TPS, bound.Ceiling)
			}
		}
	}
}

type failer interface {
	Helper()
	Errorf(format string, args ...any)
}

// No run of any scenario of this repository is above its bound, however short.
func TestNoRunIsAboveItsBound(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("../scenarios/*.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			sc, err := scenario.Loader{Kinds: kinds.All()}.Load(path)
			if err != nil {
				t.Fatal(err)
			}
			long := 20 * time.Second
			if testing.Short() {
				long = 5 * time.Second
			}
			for _, d := range []time.Duration{long, 500 * time.Millisecond} {
				sc, err := sc.Override(scenario.Overrides{Duration: min(d, sc.Duration), Runs: 1})
				if err != nil {
					t.Fatal(err)
				}
				bounds := theory.NewBounds(sc)
				for _, r := range runsOf(t, sc) {
					checkBound(t, sc, bounds, r)
				}
			}
		})
	}
}

// Strategies that never risk a 429 keep below the ceiling that is theirs alone,
// whatever the server, and come close to it when there is always more to send.
func TestCarefulStrategiesKeepTheirBounds(t *testing.T) {
	saturated, err := scenario.Loader{Kinds: kinds.All()}.Load("../scenarios/saturated.yaml")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		number := func(name string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(rt, name) }
		milliseconds := func(name string, lo, hi int) time.Duration {
			return time.Duration(number(name, lo, hi)) * time.Millisecond
		}
		law := func(name string) dist.Dist {
			low := milliseconds(name+" min", 0, 200)
			text := fmt.Sprintf("uniform(%v, %v)", low, low+milliseconds(name+" spread", 0, 60))
			d, err := dist.Parse(text, rapid.SampledFrom([]time.Duration{0, time.Millisecond}).Draw(rt, name+" step"), nil)
			if err != nil {
				rt.Fatal(err)
			}
			return d
		}
		sc := *saturated
		sc.Duration, sc.Runs, sc.Seed = milliseconds("duration", 1, 5000), 1, uint64(number("seed", 0, 1000))
		s := &sc.Server
		s.Keys, s.Incoming, s.Outgoing = number("keys", 1, 3), law("in"), law("out")
		s.Limit = scenario.Limit{N: number("limit", 1, 25), Window: rapid.SampledFrom([]time.Duration{100 * time.Millisecond, time.Second}).Draw(rt, "window")}
		s.Resolution = rapid.SampledFrom([]time.Duration{time.Microsecond, time.Millisecond, 10 * time.Millisecond}).Draw(rt, "resolution")
		sc.Load.Count = number("count", 0, 1) * number("requests", 1, 200)
		shortest, latest := s.Incoming.Support()
		sc.Strategies = nil
		for i, config := range []limiter.Config{
			&limiter.Paced{Spread: latest - shortest},
			&limiter.Window{Headroom: latest - shortest + s.Resolution},
			&limiter.AckClocked{Latency: latest, Shortest: shortest},
			&limiter.AckClocked{},
			&limiter.ServerTime{Latency: latest, Shortest: shortest},
			&limiter.ServerTime{},
		} {
			st, name := saturated.Strategies[0], fmt.Sprintf("%d: %T", i, config)
			st.Name, st.Limiter = name, client.Limiter{Kind: name, Scope: client.ScopeKey, Share: client.ShareWhole, Config: config}
			st.Guard = limiter.Guards{Order: rapid.Bool().Draw(rt, "order"), InFlight: number("in flight", 0, 2)}
			st.Client.WorkersPerKey = number("workers", 1, 30)
			sc.Strategies = append(sc.Strategies, st)
		}
		bounds := theory.NewBounds(&sc)
		runs, err := Run(context.Background(), &sc, Options{})
		if err != nil {
			rt.Fatal(err)
		}
		for _, r := range runs {
			checkBound(rt, &sc, bounds, r)
		}
	})
	saturated.Runs = 1
	bounds := theory.NewBounds(saturated)
	for _, r := range runsOf(t, saturated) {
		if name := r.Strategy; name == "ack-clocked" || name == "server-time" || name == "paced" || name == "ack-clocked.alone" {
			bound := bounds.Of(strategy(t, saturated, name), r.Seed, r.Duration)
			if share := r.TPS() / bound.TPS; share < .98 {
				t.Errorf("%s gets %v of its bound %+v", name, share, bound)
			}
		}
	}
}
