package limiter_test

import (
	"flag"
	"testing"
	"time"

	. "ratebench/clients/limiter"
	"ratebench/clients/limiter/bucket"
	"ratebench/clients/limiter/limitertest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// What each machine says on long walks is what it has been, to the nanosecond.
func TestRecordedWalks(t *testing.T) {
	const s = time.Second
	six := Quota{Limit: 6, Window: s, Resolution: ms}
	odd := Quota{Limit: 7, Window: s, Drift: 1000}
	limitertest.Recorded(t, "testdata/walks.golden", *update, []limitertest.Kind{
		{"fixed-interval", &FixedInterval{Interval: 50 * ms, Headroom: 20 * ms}, six},
		{"window", &Window{}, six},
		{"adaptive, of creation", &Adaptive{Headroom: AdaptiveHeadroom{Start: 40 * ms, Min: 30 * ms, Max: 60 * ms, Factor: 1.1, Samples: 3}, Measure: MeasureCreation}, six},
		{"sliding-log", &SlidingLog{Limit: Rate{N: 3, Per: 400 * ms}}, six},
		{"none", &None{}, six},
		{"paced", &Paced{Spread: 50 * ms}, six},
		{"paced, with a large spread", &Paced{Spread: 900 * ms}, odd},
		{"ack-clocked", &AckClocked{Latency: 50 * ms}, six},
		{"ack-clocked, blind", &AckClocked{}, odd},
		{"ack-clocked, with a shortest latency", &AckClocked{Latency: 80 * ms, Shortest: 10 * ms}, six},
		{"server-time", &ServerTime{Latency: 50 * ms}, six},
		{"server-time, blind", &ServerTime{}, odd},
		{"jitter", &Jitter{Start: 50 * ms, Fraction: 1, Samples: 3}, six},
		{"guarded", guardedBy(&AckClocked{Latency: 50 * ms}, Guards{InFlight: 3, Order: true, Latency: 30 * ms, Penalty: 40 * ms}), six},
		{"ordered, blind", guardedBy(&Paced{Spread: 20 * ms}, Guards{Order: true}), six},
		{"a set", limitertest.Built(setOf), six},
		{"a guarded set", limitertest.Built(func(q Quota) (Limiter, error) {
			l, err := setOf(q)
			if err != nil {
				return nil, err
			}
			return Guards{Order: true, Penalty: 20 * ms}.Guard(l)
		}), six},
	})
}

func guardedBy(c Config, g Guards) Config {
	return limitertest.Built(func(q Quota) (Limiter, error) { return New(c, q, g) })
}

// setOf is two logs, of which one is settled, and a bucket, where each request
// costs the same of the first and the last, and 0 or 1 of the other.
func setOf(q Quota) (Limiter, error) {
	other := Quota{Limit: 3, Window: 400 * ms, Resolution: ms}
	s, err := NewSet(
		Part{Limiter: limitertest.New(&AckClocked{Latency: 50 * ms}, q), Settled: true, Budget: "a"},
		Part{Limiter: limitertest.New(&AckClocked{}, other)},
		Part{Limiter: limitertest.New(&bucket.Acked{Latency: 50 * ms}, Quota{Limit: 6, Window: time.Second, Burst: 4}), Settled: true, Budget: "b"})
	return &each{Set: s}, err
}

type each struct{ *Set }

func (e *each) Next(now time.Time, cost int64) time.Time {
	return NextEach(e.Set, now, []int64{cost, cost % 2, cost})
}

func (e *each) Sent(now time.Time, cost int64) Ticket {
	return SentEach(e.Set, now, []int64{cost, cost % 2, cost})
}
