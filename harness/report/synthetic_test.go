package report

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"ratebench/harness/metrics"
	"ratebench/harness/theory"
)

// A profile is how a made-up strategy behaves, in figures per second.
type profile struct {
	name        string
	tps         float64
	noise       float64       // of tps, relative
	refused     float64       // 429s
	expire      float64       // expirations
	latency     time.Duration // median
	queue       float64       // length it tends to
	blockedFrom time.Duration // when keys begin to be blocked; 0: never
	deadLetters float64       // length of the dead letter queue
}

// profiles are modelled on what the strategies of the scenarios do.
var profiles = []profile{
	{name: "fixed-interval+buffer", tps: 84.7, noise: .012, expire: 8.5, latency: 720 * time.Millisecond, queue: 78},
	{name: "buffer-only", tps: 91.0, noise: .02, refused: 2.6, expire: .3, latency: 260 * time.Millisecond, queue: 21, blockedFrom: 9 * time.Second},
	{name: "fixed-headroom", tps: 91.0, noise: .015, expire: 2.7, latency: 430 * time.Millisecond, queue: 38},
	{name: "spaced+3-workers", tps: 94.6, noise: .02, latency: 150 * time.Millisecond, queue: 6},
	{name: "ack-clocked", tps: 95.4, noise: .02, latency: 95 * time.Millisecond, queue: 2},
	{name: "server-time", tps: 96.4, noise: .02, latency: 88 * time.Millisecond, queue: 1.4},
	{name: "aimd", tps: 63, noise: .09, refused: 6, expire: 21, latency: 830 * time.Millisecond, queue: 92, deadLetters: 12},
	{name: "token-bucket", tps: 88, noise: .03, refused: .4, expire: 4, latency: 510 * time.Millisecond, queue: 44},
	{name: "gcra", tps: 93.9, noise: .02, latency: 170 * time.Millisecond, queue: 9},
	{name: "leaky-bucket", tps: 90.1, noise: .01, expire: 3, latency: 480 * time.Millisecond, queue: 40},
	{name: "sliding-window-log", tps: 92, noise: .02, refused: .05, expire: 1, latency: 300 * time.Millisecond, queue: 24},
	{name: "cubic", tps: 70, noise: .08, refused: 4, expire: 16, latency: 790 * time.Millisecond, queue: 85},
	{name: "full-jitter backoff without a limiter", tps: 40, noise: .2, refused: 55, expire: 40, latency: 900 * time.Millisecond, queue: 96, blockedFrom: 2 * time.Second},
	{name: "per-worker", tps: 55, noise: .1, refused: 30, expire: 25, latency: 640 * time.Millisecond, queue: 70, blockedFrom: 5 * time.Second},
	{name: "split", tps: 89, noise: .02, expire: 2, latency: 350 * time.Millisecond, queue: 30},
	{name: "uber", tps: 87, noise: .02, refused: .8, expire: 5, latency: 520 * time.Millisecond, queue: 47},
	{name: "x/time/rate", tps: 86, noise: .02, refused: 1.1, expire: 6, latency: 540 * time.Millisecond, queue: 50},
	{name: "throttled", tps: 85, noise: .03, refused: .9, expire: 7, latency: 600 * time.Millisecond, queue: 60},
	{name: "unlimited", tps: 12, noise: .5, refused: 80, expire: 60, latency: 60 * time.Millisecond, queue: 1, blockedFrom: time.Second},
	{name: "pacing-52.55ms", tps: 95.1, noise: .01, latency: 120 * time.Millisecond, queue: 4},
}

var someCeilings = theory.Ceilings{ServerCap: 99.9001, ServerTime: 97.4659, Provable: 95.9141, FixedHeadroom: 95.1475, Offered: 95.2381}

// someSteps are those of a server that is down from one time on, and comes back
// at another with half of its limit.
func someSteps(down, back time.Duration) []theory.Step {
	half := theory.Ceilings{
		ServerCap: someCeilings.ServerCap / 2, ServerTime: someCeilings.ServerTime / 2, Provable: someCeilings.Provable / 2,
		FixedHeadroom: someCeilings.FixedHeadroom / 2, Offered: someCeilings.Offered,
	}
	return []theory.Step{
		{Ceilings: someCeilings},
		{From: down, Down: true, Ceilings: theory.Ceilings{Offered: someCeilings.Offered}},
		{From: back, Ceilings: half},
	}
}

// synthetic makes up the runs of strategies that behave as in the profiles.
func synthetic(profiles []profile, runs int, duration time.Duration) Data {
	meta := Meta{
		Scenario: "blog",
		Question: "Does removing the fixed interval raise throughput from 74 to 85 TPS?",
		SHA256:   "5a0c1e", Clock: "virtual", Seed: 1, Runs: runs, Duration: duration, TTL: time.Second,
		Ceilings: someCeilings,
	}
	var all []metrics.Run
	for i, p := range profiles {
		meta.Strategies = append(meta.Strategies, p.name)
		for n := range runs {
			all = append(all, p.run(rand.New(rand.NewPCG(uint64(i), uint64(n))), uint64(n+1), duration))
		}
	}
	return Build(meta, all)
}

// many returns n profiles: all there are, then copies.
func many(n int) []profile {
	var out []profile
	for i := range n {
		p := profiles[i%len(profiles)]
		if i >= len(profiles) {
			p.name += fmt.Sprintf("-%d", i/len(profiles)+1)
		}
		out = append(out, p)
	}
	return out
}

func (p profile) run(rng *rand.Rand, seed uint64, duration time.Duration) metrics.Run {
	r := metrics.Run{Strategy: p.name, Seed: seed, Duration: duration}
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
func (p profile) second(r *metrics.Run, rng *rand.Rand, alive, length, queue float64) {
	some := func(rate float64) int {
		return int(max(0, rate*length*(1+.2*rng.NormFloat64())+rng.Float64()*min(rate, .99)))
	}
	s := metrics.Second{
		OK:          int(max(0, alive*p.tps*length*(1+p.noise*rng.NormFloat64())+rng.Float64()*min(p.tps, .99))),
		RateLimited: some(p.refused * alive),
		Blocked:     some(p.tps * (1 - alive)),
		Expirations: some(p.expire),
		Retries:     some(p.deadLetters),
		Main:        queue,
		DLQ:         p.deadLetters * rng.Float64(),
		InFlight:    5,
	}
	s.Generated = s.OK + s.RateLimited + s.Blocked + s.Expirations
	for range s.OK {
		l := time.Duration(float64(p.latency) * math.Exp(.3*rng.NormFloat64()) * (.4 + .6*queue/(p.queue+1)))
		r.Latency.Record(l)
		r.Service.Record(50 * time.Millisecond)
		s.LatencyMean += l / time.Duration(s.OK)
		s.LatencyP50, s.LatencyP99 = p.latency, max(s.LatencyP99, l)
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
