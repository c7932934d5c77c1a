// Package resulttest has results to test with, and golden files.
package resulttest

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"ratebench/harness/metrics"
	"ratebench/harness/result"
	"ratebench/harness/scenario"
	"ratebench/harness/theory"

	"github.com/google/go-cmp/cmp"
)

// A Profile is how a made-up strategy behaves, in figures per second.
type Profile struct {
	Name        string
	TPS         float64
	noise       float64       // of tps, relative
	refused     float64       // 429s
	expire      float64       // expirations
	Latency     time.Duration // median
	queue       float64       // length it tends to
	blockedFrom time.Duration // when keys begin to be blocked; 0: never
	deadLetters float64       // length of the dead letter queue
}

// Profiles are modelled on what the strategies of the scenarios do.
var Profiles = []Profile{
	{Name: "fixed-interval+buffer", TPS: 84.7, noise: .012, expire: 8.5, Latency: 720 * time.Millisecond, queue: 78},
	{Name: "buffer-only", TPS: 91.0, noise: .02, refused: 2.6, expire: .3, Latency: 260 * time.Millisecond, queue: 21, blockedFrom: 9 * time.Second},
	{Name: "fixed-headroom", TPS: 91.0, noise: .015, expire: 2.7, Latency: 430 * time.Millisecond, queue: 38},
	{Name: "spaced+3-workers", TPS: 94.6, noise: .02, Latency: 150 * time.Millisecond, queue: 6},
	{Name: "ack-clocked", TPS: 95.4, noise: .02, Latency: 95 * time.Millisecond, queue: 2},
	{Name: "server-time", TPS: 96.4, noise: .02, Latency: 88 * time.Millisecond, queue: 1.4},
	{Name: "aimd", TPS: 63, noise: .09, refused: 6, expire: 21, Latency: 830 * time.Millisecond, queue: 92, deadLetters: 12},
	{Name: "token-bucket", TPS: 88, noise: .03, refused: .4, expire: 4, Latency: 510 * time.Millisecond, queue: 44},
	{Name: "gcra", TPS: 93.9, noise: .02, Latency: 170 * time.Millisecond, queue: 9},
	{Name: "leaky-bucket", TPS: 90.1, noise: .01, expire: 3, Latency: 480 * time.Millisecond, queue: 40},
	{Name: "sliding-window-log", TPS: 92, noise: .02, refused: .05, expire: 1, Latency: 300 * time.Millisecond, queue: 24},
	{Name: "cubic", TPS: 70, noise: .08, refused: 4, expire: 16, Latency: 790 * time.Millisecond, queue: 85},
	{Name: "full-jitter backoff without a limiter", TPS: 40, noise: .2, refused: 55, expire: 40, Latency: 900 * time.Millisecond, queue: 96, blockedFrom: 2 * time.Second},
	{Name: "per-worker", TPS: 55, noise: .1, refused: 30, expire: 25, Latency: 640 * time.Millisecond, queue: 70, blockedFrom: 5 * time.Second},
	{Name: "split", TPS: 89, noise: .02, expire: 2, Latency: 350 * time.Millisecond, queue: 30},
	{Name: "uber", TPS: 87, noise: .02, refused: .8, expire: 5, Latency: 520 * time.Millisecond, queue: 47},
	{Name: "x/time/rate", TPS: 86, noise: .02, refused: 1.1, expire: 6, Latency: 540 * time.Millisecond, queue: 50},
	{Name: "throttled", TPS: 85, noise: .03, refused: .9, expire: 7, Latency: 600 * time.Millisecond, queue: 60},
	{Name: "unlimited", TPS: 12, noise: .5, refused: 80, expire: 60, Latency: 60 * time.Millisecond, queue: 1, blockedFrom: time.Second},
	{Name: "pacing-52.55ms", TPS: 95.1, noise: .01, Latency: 120 * time.Millisecond, queue: 4},
}

var SomeCeilings = theory.Ceilings{ServerCap: 99.9001, ServerTime: 97.4659, Provable: 95.9141, FixedHeadroom: 95.1475, Offered: 95.2381}

// SomeSteps are those of a server that is down from one time on, and comes back
// at another with half of its limit.
func SomeSteps(down, back time.Duration) []theory.Step {
	half := theory.Ceilings{
		ServerCap: SomeCeilings.ServerCap / 2, ServerTime: SomeCeilings.ServerTime / 2, Provable: SomeCeilings.Provable / 2,
		FixedHeadroom: SomeCeilings.FixedHeadroom / 2, Offered: SomeCeilings.Offered,
	}
	return []theory.Step{
		{Ceilings: SomeCeilings},
		{From: down, Down: true, Ceilings: theory.Ceilings{Offered: SomeCeilings.Offered}},
		{From: back, Ceilings: half},
	}
}

// Synthetic makes up the runs of strategies that behave as in the profiles.
func Synthetic(profiles []Profile, runs int, duration time.Duration) result.Data {
	meta := result.Meta{
		Scenario: "blog",
		Question: "Does removing the fixed interval raise throughput from 74 to 85 TPS?",
		SHA256:   "5a0c1e", Clock: "virtual", Seed: 1, Runs: runs, Duration: duration, TTL: time.Second,
		Ceilings: SomeCeilings, Bound: someBound,
	}
	var all []metrics.Run
	for i, p := range profiles {
		meta.Strategies = append(meta.Strategies, p.Name)
		for n := range runs {
			all = append(all, p.run(rand.New(rand.NewPCG(uint64(i), uint64(n))), uint64(n+1), duration))
		}
	}
	return result.Build(meta, all)
}

// Many returns n profiles: all there are, then copies.
func Many(n int) []Profile {
	var out []Profile
	for i := range n {
		p := Profiles[i%len(Profiles)]
		if i >= len(Profiles) {
			p.Name += fmt.Sprintf("-%d", i/len(Profiles)+1)
		}
		out = append(out, p)
	}
	return out
}

func (p Profile) run(rng *rand.Rand, seed uint64, duration time.Duration) metrics.Run {
	r := metrics.Run{Strategy: p.Name, Seed: seed, Duration: duration}
	keys, queue := 5, 0.0
	for at := time.Duration(0); at < duration; at += time.Second {
		if p.blockedFrom > 0 && keys > 0 && at >= p.blockedFrom && rng.Float64() < .25 {
			keys--
			if r.KeysBlocked++; r.FirstBlock == nil {
				first := at + time.Duration(rng.IntN(1000))*time.Millisecond
				r.FirstBlock = &first
			}
		}
		alive := float64(keys) / 5
		length := min(time.Second, duration-at).Seconds()
		queue += (p.queue + 60*(1-alive) - queue) * .35 * (1 + .3*rng.NormFloat64())
		p.second(&r, rng, alive, length, max(0, queue))
	}
	return r
}

// second adds a second of the given length, with a share of the keys alive.
func (p Profile) second(r *metrics.Run, rng *rand.Rand, alive, length, queue float64) {
	some := func(rate float64) int {
		return int(max(0, rate*length*(1+.2*rng.NormFloat64())+rng.Float64()*min(rate, .99)))
	}
	s := metrics.Second{
		OK:          int(max(0, alive*p.TPS*length*(1+p.noise*rng.NormFloat64())+rng.Float64()*min(p.TPS, .99))),
		RateLimited: some(p.refused * alive),
		Blocked:     some(p.TPS * (1 - alive)),
		Expirations: some(p.expire),
		Retries:     some(p.deadLetters),
		Main:        queue,
		DLQ:         p.deadLetters * rng.Float64(),
		InFlight:    5,
	}
	s.Generated = s.OK + s.RateLimited + s.Blocked + s.Expirations
	for range s.OK {
		l := time.Duration(float64(p.Latency) * math.Exp(.3*rng.NormFloat64()) * (.4 + .6*queue/(p.queue+1)))
		r.Latency.Record(l)
		r.Service.Record(50 * time.Millisecond)
		s.LatencyMean += l / time.Duration(s.OK)
		s.LatencyP50, s.LatencyP99 = p.Latency, max(s.LatencyP99, l)
	}
	r.Series = append(r.Series, s)
	r.Ledger.Generated += s.Generated
	r.Ledger.Succeeded += s.OK
	r.Ledger.Expired += s.Expirations
	r.Ledger.Failed += s.RateLimited + s.Blocked
	r.Responses.OK += s.OK
	r.Responses.RateLimited += s.RateLimited
	r.Responses.Blocked += s.Blocked
	r.Expirations += s.Expirations
	r.Retries += s.Retries
	r.Main.Peak = max(r.Main.Peak, int(queue*1.3)+1)
	r.DLQ.Peak = max(r.DLQ.Peak, int(s.DLQ))
	n := float64(len(r.Series))
	r.Main.Mean += (s.Main - r.Main.Mean) / n
	r.DLQ.Mean += (s.DLQ - r.DLQ.Mean) / n
}

var update = flag.Bool("update", false, "write the golden files in testdata anew")

// Golden compares got with a file in testdata.
func Golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs; if that is intended, run the test with -update (-want +got):\n%s", path, diff)
	}
}

// GoldenData is small, and has an example of everything that a file can hold.
func GoldenData() result.Data {
	d := Synthetic([]Profile{Profiles[0], Profiles[1], Profiles[6], {Name: "never | heard, of 5"}}, 3, 2500*time.Millisecond)
	for _, e := range []scenario.Expectation{
		{Strategy: "buffer-only", Metric: "tps", Over: "fixed-interval+buffer", Ratio: &[2]float64{1.05, 1.25}},
		{Strategy: "aimd", Metric: "429", Between: &[2]float64{0, 0}},
		{Strategy: "never | heard, of 5", Metric: "latency_p99_ms", Between: &[2]float64{0, 100}},
	} {
		d.Summary.Expectations = append(d.Summary.Expectations, d.Summary.Check(e))
	}
	d.Summary.CeilingSteps = result.NewCeilingSteps(SomeSteps(time.Second, 2*time.Second), d.Summary.Ceilings)
	d.Blocks = []result.RunBlocks{{Strategy: "buffer-only", Seed: 2, At: []time.Duration{1200 * time.Millisecond, 2 * time.Second}}}
	return d
}

// ChartData are the data that every chart has to cope with.
func ChartData() map[string]result.Data {
	data := map[string]result.Data{
		"one strategy":     Synthetic(Many(1), 5, 25*time.Second),
		"five strategies":  Synthetic(Many(5), 5, 25*time.Second),
		"seven strategies": Synthetic(Many(7), 5, time.Minute),
		"20 strategies":    Synthetic(Many(20), 3, 20*time.Second),
		"25 strategies":    Synthetic(Many(25), 1, 2*time.Second),
		"one run":          Synthetic(Many(3), 1, 25*time.Second),
		"one second":       Synthetic(Many(4), 3, time.Second),
		"part of a second": Synthetic(Many(2), 3, 300*time.Millisecond),
		"an hour":          Synthetic([]Profile{{Name: "slow", TPS: 1, Latency: time.Second}}, 1, time.Hour),
		"two runs":         Synthetic(Many(6), 2, 10*time.Second),
		"no ceilings":      Synthetic(Many(5), 5, 5*time.Second),
		"overload":         Synthetic(Many(5), 5, 5*time.Second),
		"ceilings apart":   Synthetic(Many(5), 5, 5*time.Second),
		"nothing happens":  result.Build(result.Meta{Scenario: "idle", Runs: 2, Strategies: []string{"a", "b"}}, idleRuns("a", "b")),
		"no seconds":       result.Build(result.Meta{Scenario: "cut", Runs: 1, Strategies: []string{"a"}}, []metrics.Run{{Strategy: "a"}}),
		"long names":       Synthetic(longNames(6), 3, 10*time.Second),
		"stages":           Synthetic(Many(8), 3, 90*time.Second),
		"stages, one":      Synthetic(Many(1), 3, 90*time.Second),
		"stages, not all":  Synthetic(Many(4), 1, 40*time.Second), // interrupted
		"other answers":    Refused(),
	}
	for name, d := range data {
		if strings.HasPrefix(name, "stages") {
			d.Summary.CeilingSteps = result.NewCeilingSteps(SomeSteps(30*time.Second, 60*time.Second), d.Summary.Ceilings)
			data[name] = d
		}
	}
	set := func(name string, c theory.Ceilings) {
		d := data[name]
		d.Summary.Ceilings = result.NewCeilings(c)
		data[name] = d
	}
	set("no ceilings", theory.Ceilings{})
	set("overload", theory.Ceilings{ServerCap: 99.9, Provable: 95.9, Offered: 142.86})
	set("ceilings apart", theory.Ceilings{ServerCap: 99.9, ServerTime: 80, Provable: 60, FixedHeadroom: 33, Offered: 98})
	return data
}

func idleRuns(names ...string) []metrics.Run {
	var runs []metrics.Run
	for _, name := range names {
		for range 2 {
			runs = append(runs, metrics.Run{Strategy: name, Duration: 3 * time.Second, Series: make([]metrics.Second, 3)})
		}
	}
	return runs
}

func longNames(n int) []Profile {
	out := Many(n)
	for i := range out {
		out[i].Name = strings.Repeat("a very long name ", 8) + strings.Repeat("Wort", 40) + strconv.Itoa(i) + " <&日本\">"
	}
	return out
}

func Histogram(latencies ...time.Duration) metrics.Histogram {
	var h metrics.Histogram
	for _, l := range latencies {
		h.Record(l)
	}
	return h
}

func Number(v float64) *float64 { return &v }

// TwoRuns are small enough to work their figures out by hand.
func TwoRuns() (result.Meta, []metrics.Run) {
	meta := result.Meta{
		Scenario: "pair", Question: "Is it\n so?", SHA256: "ab12", Clock: "virtual",
		Seed: 7, Runs: 2, Duration: 2500 * time.Millisecond, TTL: time.Second,
		Strategies: []string{"steady", "banned", "absent"},
		Ceilings:   theory.Ceilings{ServerCap: 10.00004, Provable: 8, Offered: 9.5},
	}
	blocked := 1500 * time.Millisecond
	steady := metrics.Run{
		Strategy: "steady", Seed: 7, Duration: meta.Duration,
		Ledger:      metrics.Ledger{Generated: 25, Succeeded: 20, Expired: 3, Queued: 1, InFlight: 1},
		Responses:   metrics.Responses{OK: 20, RateLimited: 1},
		Expirations: 4, Retries: 1,
		Latency: Histogram(10*time.Millisecond, 30*time.Millisecond),
		Service: Histogram(5 * time.Millisecond),
		Main:    metrics.Depth{Mean: 1.23456, Peak: 4},
		Series: []metrics.Second{
			{OK: 8, Generated: 10, Expirations: 1, LatencyMean: 20 * time.Millisecond, LatencyP50: 10 * time.Millisecond, LatencyP99: 30 * time.Millisecond, Main: 2},
			{OK: 10, Generated: 10, LatencyMean: time.Millisecond, LatencyP50: time.Millisecond, LatencyP99: time.Millisecond},
			{OK: 2, Generated: 5, RateLimited: 1},
		},
	}
	second := steady
	second.Seed = 8
	second.Ledger.Succeeded, second.Ledger.Queued = 15, 6
	second.Main.Peak = 9
	second.Series = []metrics.Second{{OK: 6, Generated: 10, LatencyMean: 40 * time.Millisecond}, {}, {OK: 1}}
	banned := metrics.Run{
		Strategy: "banned", Seed: 7, Duration: meta.Duration, Interrupted: true,
		Ledger:      metrics.Ledger{Generated: 2, Failed: 2},
		Responses:   metrics.Responses{Blocked: 2},
		KeysBlocked: 1, FirstBlock: &blocked,
		Series: []metrics.Second{{}, {Blocked: 2}, {}},
	}
	return meta, []metrics.Run{steady, second, banned}
}

// Refused are the results of two strategies, all of whose kinds of answers
// differ, and of one whose key nobody knows.
func Refused() result.Data {
	run := func(name string, r metrics.Responses) metrics.Run {
		run := metrics.Run{Strategy: name, Seed: 1, Duration: 2 * time.Second, Responses: r, Series: make([]metrics.Second, 2)}
		run.Ledger = metrics.Ledger{Generated: 9000, Succeeded: r.OK, Failed: 9000 - r.OK}
		for range r.OK {
			run.Latency.Record(30 * time.Millisecond)
			run.Service.Record(20 * time.Millisecond)
		}
		return run
	}
	meta := result.Meta{
		Scenario: "refused", Clock: "real", Seed: 1, Runs: 1, Duration: 2 * time.Second, Keys: 5, Ceilings: SomeCeilings,
		Strategies: []string{"mixed", "clean", "stranger"},
	}
	return result.Build(meta, []metrics.Run{
		run("mixed", metrics.Responses{OK: 101, BadNonce: 12, Unauthorized: 23, RateLimited: 34, Blocked: 45, Timeout: 56, Error: 67}),
		run("clean", metrics.Responses{OK: 150}),
		run("stranger", metrics.Responses{Unauthorized: 2344}),
	})
}

// someBound is what made-up runs cannot get above: what the server admits, or, of
// some strategies, a ceiling that is theirs.
func someBound(strategy string, _ uint64, _ time.Duration) theory.Bound {
	switch strategy {
	case "fixed-headroom":
		return theory.Bound{Ceiling: theory.FixedHeadroom, TPS: SomeCeilings.FixedHeadroom}
	case "ack-clocked", "steady":
		return theory.Bound{Ceiling: theory.Provable, TPS: SomeCeilings.Provable}
	}
	return theory.Bound{Ceiling: theory.ServerCap, TPS: SomeCeilings.ServerCap}
}

// SweepOf are made-up results of two strategies at every point of some axes; the
// first is hit the harder, the further along the axes.
func SweepOf(axes ...result.Axis) result.Data {
	meta := result.Meta{
		Scenario: "swept", Question: "Which client, where?", SHA256: "5a0c1e", Clock: "virtual",
		Seed: 1, Runs: 3, Duration: 5 * time.Second, TTL: time.Second, Keys: 5,
		Axes: axes, Rows: map[string]result.Row{}, Bound: someBound,
	}
	points := [][]string{nil}
	for _, a := range axes {
		var longer [][]string
		for _, p := range points {
			for _, v := range a.Values {
				longer = append(longer, append(slices.Clone(p), v))
			}
		}
		points = longer
	}
	var runs []metrics.Run
	for i, name := range []string{"a", "b"} {
		for k, at := range points {
			p := Profile{Name: name, TPS: 95 - 3*float64(i), noise: .02, Latency: 100 * time.Millisecond, queue: 5}
			if i == 0 {
				p.TPS, p.refused = 95/(1+.2*float64(k)), 4*float64(k)
			}
			for d, a := range axes {
				p.Name = a.Row(p.Name, at[d])
			}
			meta.Strategies = append(meta.Strategies, p.Name)
			meta.Rows[p.Name] = result.Row{Strategy: name, At: at}
			for n := range meta.Runs {
				runs = append(runs, p.run(rand.New(rand.NewPCG(uint64(k), uint64(n))), uint64(n+1), meta.Duration))
			}
		}
	}
	for _, at := range points {
		meta.Points = append(meta.Points, result.Point{At: at, Ceilings: result.NewCeilings(SomeCeilings), CapTPS: Number(99.9)})
	}
	return result.Build(meta, runs)
}
