package harness

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ratebench/clients"
	"ratebench/clients/limiter"
	"ratebench/clients/nonce"
	"ratebench/harness/virtual"
	"ratebench/server"
)

// What the doc comments of the limiters claim, tried on the real server core:
// whatever the incoming latencies within 0..J, no 429, and in order no 400.

// adversary is a small world with latencies of rapid's choosing. A quota of
// three in 100 ms makes the same collisions as the reference's, in timelines
// that can be read.
type adversary struct {
	in, out []time.Duration // of the n-th request, over and over
	pauses  []time.Duration // of the generator
	workers int
}

// shortest is the least latency in, where a claim builds on one.
const shortest = 20 * time.Millisecond

const (
	longest = 50 * time.Millisecond // J
	horizon = 2 * time.Second
)

var smallQuota = limiter.Quota{Limit: 3, Window: 100 * time.Millisecond, Resolution: time.Millisecond}

func drawAdversary(rt *rapid.T, least time.Duration) adversary {
	durations := func(label string, most time.Duration) []time.Duration {
		ms := rapid.SliceOfN(rapid.IntRange(0, int(most/time.Millisecond)), 1, 24).Draw(rt, label)
		ds := make([]time.Duration, len(ms))
		for i, v := range ms {
			ds[i] = time.Duration(v) * time.Millisecond
		}
		return ds
	}
	in := durations("in", longest-least)
	for i := range in {
		in[i] += least
	}
	return adversary{
		in:      in,
		out:     durations("out", 3*longest),
		pauses:  append(durations("pauses", 40*time.Millisecond), time.Millisecond),
		workers: rapid.IntRange(1, 8).Draw(rt, "workers"),
	}
}

// A trip is one request as its client saw it.
type trip struct {
	sent, answered time.Duration
	status         int
}

// run lets one key's client meet the adversary.
func (a adversary) run(newLimiter func() (limiter.Limiter, error)) ([]trip, error) {
	srv, err := server.New(server.Config{
		Keys:       []string{"key"},
		Limit:      server.Limit{N: smallQuota.Limit, Window: smallQuota.Window},
		Resolution: smallQuota.Resolution,
		Statements: server.Statements{Received: true},
		Latency: func(_ int, n uint64) (in, out time.Duration) {
			return a.in[n%uint64(len(a.in))], a.out[n%uint64(len(a.out))]
		},
	})
	if err != nil {
		return nil, err
	}
	k := virtual.New()
	log := &tripLog{}
	caller := &virtualCaller{kernel: k, server: srv}
	err = clients.Start(k, caller, clients.Config{
		Keys:          1,
		NewLimiter:    newLimiter,
		WorkersPerKey: a.workers,
		Nonces:        nonce.Increasing,
		Timeout:       time.Second,
		TTL:           time.Second,
		Pause:         func(n uint64) time.Duration { return a.pauses[n%uint64(len(a.pauses))] },
	}, log)
	if err == nil {
		err = k.Run(horizon)
	}
	return log.trips, err
}

type tripLog struct{ trips []trip }

func (l *tripLog) Observe(e *clients.Event) {
	if e.Kind == clients.Answered {
		l.trips = append(l.trips, trip{
			sent: e.Outcome.Sent.Sub(virtual.Epoch), answered: e.Time.Sub(virtual.Epoch), status: e.Outcome.Status,
		})
	}
}

func timelineOf(trips []trip) string {
	var b strings.Builder
	for _, t := range trips {
		fmt.Fprintf(&b, "\n\tsent %v, answered %v: %d", t.sent, t.answered, t.status)
	}
	return b.String()
}

// A claim is that a limiter is never answered with certain statuses.
type claim struct {
	name    string
	config  limiter.Config
	guards  limiter.Guards
	never   []int
	least   time.Duration // shortest latency in
	refuted bool          // the claim is false, and a counterexample must turn up
}

func claims() []claim {
	inOrder := limiter.Guards{Order: true, Latency: longest}
	byAnswers := limiter.Guards{Order: true}
	return []claim{
		{"headroom J", &limiter.Window{Headroom: longest}, limiter.Guards{}, []int{429}, 0, false},
		{"headroom J, in order", &limiter.Window{Headroom: longest}, inOrder, []int{429, 400}, 0, false},
		{"headroom J, spaced by J", &limiter.FixedInterval{Interval: longest, Headroom: longest}, limiter.Guards{}, []int{429, 400}, 0, false},
		{"paced", &limiter.Paced{Spread: longest}, limiter.Guards{}, []int{429, 400}, 0, false},
		{"ack-clocked", &limiter.AckClocked{Latency: longest}, limiter.Guards{}, []int{429}, 0, false},
		{"ack-clocked, in order", &limiter.AckClocked{Latency: longest}, inOrder, []int{429, 400}, 0, false},
		{"ack-clocked without J", &limiter.AckClocked{}, limiter.Guards{}, []int{429}, 0, false},
		{"ack-clocked without J, in order", &limiter.AckClocked{}, byAnswers, []int{429, 400}, 0, false},
		{"server-time", &limiter.ServerTime{Latency: longest}, limiter.Guards{}, []int{429}, 0, false},
		{"server-time, in order", &limiter.ServerTime{Latency: longest}, inOrder, []int{429, 400}, 0, false},
		{"server-time without J, in order", &limiter.ServerTime{}, byAnswers, []int{429, 400}, 0, false},

		{"ack-clocked, not from 0", &limiter.AckClocked{Latency: longest, Shortest: shortest}, inOrder, []int{429, 400}, shortest, false},
		{"server-time, not from 0", &limiter.ServerTime{Latency: longest, Shortest: shortest}, inOrder, []int{429, 400}, shortest, false},

		{"ack-clocked, 1 ms too near", &limiter.AckClocked{Shortest: shortest + time.Millisecond}, byAnswers, []int{429}, shortest, true},
		{"no headroom", &limiter.Window{}, limiter.Guards{}, []int{429}, 0, true},
		{"1 ms short of J", &limiter.Window{Headroom: longest - time.Millisecond}, limiter.Guards{}, []int{429}, 0, true},
		{"headroom J, out of order", &limiter.Window{Headroom: longest}, limiter.Guards{}, []int{400}, 0, true},
	}
}

func TestClaims(t *testing.T) {
	for _, c := range claims() {
		t.Run(c.name, func(t *testing.T) {
			if c.refuted {
				seekCounterexample(t, c)
				return
			}
			rapid.Check(t, func(rt *rapid.T) {
				trips, bad := c.try(rt, drawAdversary(rt, c.least))
				if bad {
					rt.Fatalf("refused:%s", timelineOf(trips))
				}
			})
		})
	}
}

// try runs an adversary up to the first status that the claim rules out.
func (c claim) try(t rapid.TB, a adversary) (trips []trip, bad bool) {
	trips, err := a.run(func() (limiter.Limiter, error) { return limiter.New(c.config, smallQuota, c.guards) })
	if err != nil {
		t.Fatal(err)
	}
	for i, trip := range trips {
		for _, status := range c.never {
			if trip.status == status {
				return trips[:i+1], true
			}
		}
	}
	return trips, false
}

// seekCounterexample shows that the adversary is strong enough: it must break
// a limiter that falls short of its proof, if only by a millisecond.
func seekCounterexample(t *testing.T, c claim) {
	for seed := range 20000 {
		a := rapid.Custom(func(rt *rapid.T) adversary { return drawAdversary(rt, c.least) }).Example(seed)
		if _, bad := c.try(t, a); bad {
			return
		}
	}
	t.Error("no counterexample found: the adversary is too weak to prove anything")
}
