package limiter

import "time"

// A Kind is a limiter that a scenario can ask for by name.
type Kind struct {
	Name    string // as in the scenario file
	Summary string // one line: what it does
	Formula string // when the next request may leave
	Source  string // where the algorithm comes from
	Polls   bool   // the original waits by polling every millisecond
	Default func() Config
}

// Kinds lists every limiter, in the order in which they are explained.
func Kinds() []Kind {
	return []Kind{
		{
			Name:    "fixed-interval",
			Summary: "a minimum interval between departures, and a sliding-window log",
			Formula: "max(last + interval, log[N back] + window + headroom)",
			Source:  "the reference's original client",
			Polls:   true,
			Default: func() Config { return &FixedInterval{Interval: 50 * time.Millisecond} },
		},
		{
			Name:    "window",
			Summary: "a sliding-window log of departures, with an optional fixed headroom",
			Formula: "log[N back] + window + headroom",
			Source:  "the reference's circular buffer (\"buffer only\")",
			Default: func() Config { return &Window{} },
		},
		{
			Name:    "adaptive",
			Summary: "a sliding-window log with a headroom that follows the mean latency",
			Formula: "log[N back] + window + clamp(min, max, factor · mean latency)",
			Source:  "the reference's adaptive buffering",
			Default: func() Config {
				return &Adaptive{
					Headroom: AdaptiveHeadroom{
						Start: 40 * time.Millisecond, Min: 30 * time.Millisecond, Max: 50 * time.Millisecond,
						Factor: 1.1, Samples: 100,
					},
					Measure: fromCreation,
				}
			},
		},
		{
			Name:    "sliding-log",
			Summary: "a sliding-window log without margin for ticks or latency",
			Formula: "log[N back] + window",
			Source:  "rolling-window limiter of ccxt 4",
			Default: func() Config { return &SlidingLog{} },
		},
		{
			Name:    "reservation",
			Summary: "N departures in each cycle of a fixed grid",
			Formula: "now while departures in this cycle < N, else the next cycle",
			Source:  "AtomicRateLimiter of resilience4j 2, reservoir of bottleneck 2",
			Default: func() Config { return &Reservation{} },
		},
		{
			Name:    "token-bucket",
			Summary: "a bucket of b tokens that starts full and fills steadily",
			Formula: "now while tokens ≥ 1, else when there is a whole one; tokens grow by ρ up to b",
			Source:  "Turner, \"New directions in communications\", 1986",
			Default: func() Config { return &TokenBucket{} },
		},
		{
			Name:    "token-bucket-tutorial",
			Summary: "a bucket of N tokens that is filled in equal portions on a fixed grid",
			Formula: "now while there are tokens, else the next refill",
			Source:  "\"Python SDK Tutorial, part 4\" (Suarez, 2019)",
			Polls:   true,
			Default: func() Config { return &TokenBucketTutorial{} },
		},
		{
			Name:    "x-time-rate",
			Summary: "the token bucket of Go's x/time/rate",
			Formula: "last + (1 − tokens left by it) / limit",
			Source:  "golang.org/x/time/rate v0.16.0",
			Default: func() Config { return &XTimeRate{} },
		},
		{
			Name:    "gcra",
			Summary: "the generic cell rate algorithm of throttled: an even pace with a burst ahead of it",
			Formula: "tat − burst · T; each departure makes tat = max(tat, now) + T, T = window/N",
			Source:  "github.com/throttled/throttled v2.15.0; ITU-T I.371",
			Default: func() Config { return &GCRA{Burst: 5} },
		},
		{
			Name:    "uber-ratelimit",
			Summary: "the leaky bucket of Uber's ratelimit: an even pace that makes good what was not used",
			Formula: "max(now, issue); issue = max(issue + T, now − slack · T), T = window/N",
			Source:  "go.uber.org/ratelimit v0.3.1",
			Default: func() Config { return &UberRatelimit{Slack: 10} },
		},
		{
			Name:    "aimd",
			Summary: "a pace that rises steadily with successes and drops by a share at a 429",
			Formula: "last + 1/rate; 200: rate + increase/rate, 429: max(min, beta · rate)",
			Source:  "Chiu and Jain, \"Analysis of the increase and decrease algorithms\", 1989",
			Default: func() Config { return &AIMD{Increase: 1, Beta: 0.9, Min: 1} },
		},
		{
			Name:    "cubic",
			Summary: "a token bucket whose rate drops at a 429 and climbs back along a cubic curve",
			Formula: "now while tokens ≥ 1; 429: rate = beta · w, else scale · (t − K)³ + w",
			Source:  "adaptive retry mode of the AWS SDKs; RFC 9438",
			Default: func() Config { return &CUBIC{Beta: 0.7, Scale: 0.4, Smooth: 0.8, Min: 0.5} },
		},
		{
			Name:    "backoff",
			Summary: "no pacing, but everything waits exponentially longer after each 429 in a row",
			Formula: "latest of (429 + delay(429s in a row))",
			Source:  "Brooker, \"Exponential backoff and jitter\", AWS Architecture Blog, 2015",
			Default: func() Config {
				return &BackoffOnly{Base: 50 * time.Millisecond, Cap: 2 * time.Second, Jitter: JitterFull}
			},
		},
		{
			Name:    "none",
			Summary: "no pacing at all, for comparison",
			Formula: "now",
			Source:  "what a client does that has not heard of the limit",
			Default: func() Config { return &None{} },
		},
		{
			Name:    "paced",
			Summary: "even spacing, wide enough for the server's window and the spread of the latency",
			Formula: "last + (W' + spread) / N",
			Source:  "leaky bucket as a meter without burst (Turner 1986); no 429, ever, and no overtaking",
			Default: func() Config { return &Paced{} },
		},
		{
			Name:    "ack-clocked",
			Summary: "a sliding-window log that counts a request from its answer, or from the longest latency",
			Formula: "min(sent + latency, answered)[N back] + W' − shortest; without latency, answered[N back] + W' − shortest",
			Source:  "ack clocking (Jacobson 1988) on the slots of a sliding window; no 429, ever",
			Default: func() Config { return &AckClocked{} },
		},
		{
			Name:    "server-time",
			Summary: "ack-clocked, counting from when the server says it received a request",
			Formula: "received[N back] − o + W' − shortest, o = max(received − answered) over all answers",
			Source:  "NTP's offset bound (RFC 5905); needs the server's received_at header; no 429, ever",
			Default: func() Config { return &ServerTime{} },
		},
		{
			Name:    "jitter",
			Summary: "a sliding-window log with a headroom that follows the spread of the round trip",
			Formula: "log[N back] + window + fraction · (longest − shortest round trip of late)",
			Source:  "delay and jitter are two things (RFC 3393); moving extremes as in BBR (2016)",
			Default: func() Config { return &Jitter{Start: 50 * time.Millisecond, Fraction: 1, Samples: 100} },
		},
		{
			Name:    "header",
			Summary: "spends what RateLimit-Remaining leaves, then waits for the reset or for Retry-After",
			Formula: "now while departures < remaining, else answered + reset",
			Source:  "IETF draft RateLimit header fields; RFC 9110; needs the server's rate_limit headers",
			Default: func() Config { return &Header{} },
		},
	}
}
