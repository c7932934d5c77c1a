package feedback_test

import (
	"flag"
	"testing"
	"time"

	"ratebench/clients/backoff"
	. "ratebench/clients/limiter"
	. "ratebench/clients/limiter/feedback"
	"ratebench/clients/limiter/limitertest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// What each machine says on long walks is what it has been, to the nanosecond.
func TestRecordedWalks(t *testing.T) {
	const s = time.Second
	six := Quota{Limit: 6, Window: s, Resolution: ms}
	bucket := Quota{Limit: 6, Window: s, Burst: 4}
	limitertest.Recorded(t, "testdata/walks.golden", *update, []limitertest.Kind{
		{"aimd", &AIMD{Increase: 0.5, Beta: 0.5, Min: 0.05}, six},
		{"cubic", &CUBIC{Beta: 0.7, Scale: 0.02, Smooth: 0.8, Min: 0.025}, six},
		{"backoff", &BackoffOnly{Base: 50 * ms, Cap: s, Jitter: backoff.JitterFull}, six},
		{"header", &Header{}, six},
		{"headers", &Headers{Latency: 50 * ms}, six},
		{"headers, of one budget, in a bucket", &Headers{Budget: "b"}, bucket},
		{"headers, of one budget", &Headers{Budget: "b"}, six},
		{"learn", &Learn{Latency: 50 * ms, Start: 3, Spend: 1000, Retry: 300 * ms}, six},
		{"learn with few refusals", &Learn{Spend: 4, Retry: 20 * ms}, six},
		{"sre", &SRE{K: 1, Over: s}, six},
		{"sre, every", &SRE{K: 2, Over: 3 * s, Every: 10 * ms, Seed: 1}, six},
		{"atb", &ATB{Burst: 3, First: 1.5, Second: 1.2, Min: 0.2, Every: 100 * ms}, six},
		{"atb, with each", &ATB{Burst: 1, First: 2, Second: 1.1, Min: 0.01}, six},
		{"aatb", &AATB{Burst: 4, First: 1.5, Second: 1.2, Min: 0.01, Every: 200 * ms, Over: s, Jitter: 50 * ms}, six},
		{"aatb, together", together(AATB{Burst: 2, First: 2, Second: 1.1, Min: 0.2, Every: 100 * ms, Over: 300 * ms, Seed: 3, Jitter: 10 * ms}), six},
	})
}

// together is two clients of one aggregator, which take turns.
func together(c AATB) Config {
	return limitertest.Built(func(q Quota) (Limiter, error) {
		both := c.Together()
		return &turns{clients: [2]Limiter{limitertest.New(both, q), limitertest.New(both, q)}}, nil
	})
}

type turns struct {
	clients [2]Limiter
	sent    Ticket
}

func (p *turns) Next(now time.Time, cost int64) time.Time { return p.clients[p.sent%2].Next(now, cost) }

func (p *turns) Sent(now time.Time, cost int64) Ticket {
	p.clients[p.sent%2].Sent(now, cost)
	p.sent++
	return p.sent - 1
}

func (p *turns) Done(now time.Time, t Ticket, o Outcome) { p.clients[t%2].Done(now, t/2, o) }
