package limiter

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// The suite that every limiter has to pass, with its default parameters.

var reference = Quota{Limit: 20, Window: time.Second, Resolution: ms}

func forEachKind(t *testing.T, f func(t *testing.T, k Kind)) {
	for _, k := range Kinds() {
		t.Run(k.Name, func(t *testing.T) { f(t, k) })
	}
}

func TestKindsAreDocumentedAndValid(t *testing.T) {
	seen := map[string]bool{}
	forEachKind(t, func(t *testing.T, k Kind) {
		if seen[k.Name] {
			t.Error("two kinds of this name")
		}
		seen[k.Name] = true
		if k.Summary == "" || k.Formula == "" || k.Source == "" {
			t.Error("summary, formula or source is missing")
		}
		if err := k.Default().Validate(reference); err != nil {
			t.Error(err)
		}
	})
}

// A walk drives a limiter as a gate would, with random pauses and answers in
// between.
func walk(rt *rapid.T, l Limiter) (departures []time.Time) {
	now := epoch
	var flying []Ticket
	sent := map[Ticket]time.Time{}
	for range rapid.IntRange(1, 200).Draw(rt, "steps") {
		now = now.Add(time.Duration(rapid.Int64Range(0, int64(120*ms)).Draw(rt, "pause")))
		switch action := rapid.IntRange(0, 3).Draw(rt, "action"); {
		case action == 0 && len(flying) > 0:
			i := rapid.IntRange(0, len(flying)-1).Draw(rt, "which")
			status := rapid.SampledFrom([]int{200, 200, 200, 429, 400}).Draw(rt, "status")
			k := flying[i]
			l.Done(now, k, Outcome{Status: status, Sent: sent[k], Created: sent[k]})
			flying = append(flying[:i], flying[i+1:]...)
		default:
			if at := l.Next(now); at.After(now) {
				if at.Sub(now) > time.Minute {
					return departures // such as a limiter that waits for an answer
				}
				now = at
			}
			if l.Next(now).After(now) {
				rt.Fatalf("Next(%v) is in the future of the very instant it named", now.Sub(epoch))
			}
			k := l.Sent(now)
			flying, sent[k] = append(flying, k), now
			departures = append(departures, now)
		}
	}
	return departures
}

// Two limiters that are told the same say the same, however often they are asked.
func TestNextIsAQuestion(t *testing.T) {
	forEachKind(t, func(t *testing.T, k Kind) {
		rapid.Check(t, func(rt *rapid.T) {
			plain, asked := k.Default().New(reference), k.Default().New(reference)
			walk(rt, &both{plain: plain, asked: asked, rt: rt, last: epoch})
		})
	})
}

// both tells two limiters the same; the second is asked more often, and at
// other instants.
type both struct {
	plain, asked Limiter
	rt           *rapid.T
	last         time.Time // when anything happened
}

func (b *both) Next(now time.Time) time.Time {
	b.asked.Next(b.last.Add(now.Sub(b.last) / 2))
	b.asked.Next(now)
	b.last = now
	at, again := b.plain.Next(now), b.asked.Next(now)
	if !at.Equal(again) {
		b.rt.Fatalf("asked often, Next says %v, else %v", again.Sub(epoch), at.Sub(epoch))
	}
	return at
}

func (b *both) Sent(now time.Time) Ticket {
	t, u := b.plain.Sent(now), b.asked.Sent(now)
	if t != u {
		b.rt.Fatalf("tickets %d and %d", t, u)
	}
	return t
}

func (b *both) Done(now time.Time, t Ticket, o Outcome) {
	b.last = now
	b.plain.Done(now, t, o)
	b.asked.Done(now, t, o)
}

func TestTicketsCountDepartures(t *testing.T) {
	forEachKind(t, func(t *testing.T, k Kind) {
		l := k.Default().New(reference)
		now := epoch
		for want := range Ticket(100) {
			now = latest(now, l.Next(now))
			if got := l.Sent(now); got != want {
				t.Fatalf("ticket %d, want %d", got, want)
			}
			l.Done(now, want, Outcome{Status: 200, Sent: now, Created: now})
		}
	})
}

// allocates lists the kinds that may: adapters of libraries that do.
var allocates = map[string]bool{"uber-ratelimit": true}

func TestNoAllocations(t *testing.T) {
	forEachKind(t, func(t *testing.T, k Kind) {
		if allocates[k.Name] {
			t.Skip("the library allocates")
		}
		l := k.Default().New(reference)
		now := epoch
		if n := testing.AllocsPerRun(1000, func() {
			now = latest(now, l.Next(now))
			l.Done(now.Add(20*ms), l.Sent(now), Outcome{Status: 200, Sent: now, Created: now})
			now = now.Add(20 * ms)
		}); n != 0 {
			t.Errorf("%v allocations per request", n)
		}
	})
}

// The window limiters against a brute-force count of their own departures.
func TestWindowsNeverExceedTheLimit(t *testing.T) {
	for _, kind := range []string{"fixed-interval", "window", "adaptive"} {
		t.Run(kind, func(t *testing.T) {
			for _, k := range Kinds() {
				if k.Name != kind {
					continue
				}
				rapid.Check(t, func(rt *rapid.T) {
					q := Quota{Limit: rapid.IntRange(1, 6).Draw(rt, "limit"), Window: 300 * ms, Resolution: ms}
					departures := walk(rt, k.Default().New(q))
					for i, from := range departures {
						n := 0
						for _, d := range departures[i:] {
							if d.UnixMilli()-from.UnixMilli() <= 300 {
								n++
							}
						}
						if n > q.Limit {
							rt.Fatalf("%d departures within 300 ms of %v, limit %d", n, from.Sub(epoch), q.Limit)
						}
					}
				})
			}
		})
	}
}

// Rate limiters without a burst and tuned to W' + J: of any N+1 departures the
// last leaves W' + J after the first.
func TestTunedKindsKeepTheirDistance(t *testing.T) {
	tuned := Rate{N: 20, Per: 1051 * ms}
	for name, c := range map[string]Config{
		"sliding-log":    &SlidingLog{Limit: tuned},
		"token-bucket":   &TokenBucket{Limit: tuned, Burst: 1},
		"x-time-rate":    &XTimeRate{Limit: tuned, Burst: 1},
		"gcra":           &GCRA{Limit: tuned},
		"uber-ratelimit": &UberRatelimit{Limit: tuned},
	} {
		t.Run(name, func(t *testing.T) {
			if err := c.Validate(reference); err != nil {
				t.Fatal(err)
			}
			rapid.Check(t, func(rt *rapid.T) {
				sent := walk(rt, c.New(reference))
				for i := tuned.N; i < len(sent); i++ {
					if d := sent[i].Sub(sent[i-tuned.N]); d < tuned.Per {
						rt.Fatalf("departure %d leaves %v after the one %d before it", i, d, tuned.N)
					}
				}
			})
		})
	}
}
