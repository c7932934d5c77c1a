package kinds

import (
	"time"

	"ratebench/clients/backoff"
	"ratebench/clients/limiter"
	"ratebench/clients/limiter/bucket"
	"ratebench/clients/limiter/feedback"
	"ratebench/clients/peers"
)

// All is every kind that comes with the benchmark, in the order in which they
// are explained. The caller may change what it gets.
func All() []Kind {
	return []Kind{
		{
			Name:    "fixed-interval",
			Summary: "a minimum interval between departures, and a sliding-window log",
			Formula: "max(last + interval, log[N back] + window + headroom)",
			Source:  "the reference's original client",
			Polls:   true,
			New: func() (limiter.Config, []Parameter) {
				c := &limiter.FixedInterval{Interval: 50 * time.Millisecond}
				return c, []Parameter{
					{Name: "interval", Help: "least time between two departures", Value: &c.Interval, Scale: Interval},
					{Name: "headroom", Help: "added to the window, as for kind window", Value: &c.Headroom, Scale: Spread},
				}
			},
		},
		{
			Name:    "window",
			Summary: "a sliding-window log of departures, with an optional fixed headroom",
			Formula: "log[N back] + window + headroom",
			Source:  "the reference's circular buffer (\"buffer only\")",
			New: func() (limiter.Config, []Parameter) {
				c := &limiter.Window{}
				return c, []Parameter{
					{Name: "headroom", Help: "added to the window against requests that travel faster than earlier ones", Value: &c.Headroom, Scale: Spread},
				}
			},
		},
		{
			Name:    "adaptive",
			Summary: "a sliding-window log with a headroom that follows the mean latency",
			Formula: "log[N back] + window + clamp(min, max, factor · mean latency)",
			Source:  "the reference's adaptive buffering",
			New: func() (limiter.Config, []Parameter) {
				c := &limiter.Adaptive{
					Headroom: limiter.AdaptiveHeadroom{
						Start: 40 * time.Millisecond, Min: 30 * time.Millisecond, Max: 50 * time.Millisecond,
						Factor: 1.1, Samples: 100,
					},
					Measure: limiter.MeasureCreation,
				}
				h := &c.Headroom
				return c, []Parameter{
					{Name: "headroom", Value: []Parameter{
						{Name: "start", Help: "until the first success", Value: &h.Start},
						{Name: "min", Help: "lower clamp", Value: &h.Min, Scale: Spread},
						{Name: "max", Help: "upper clamp; 0 is none", Value: &h.Max, Scale: Spread},
						{Name: "factor", Help: "times the mean latency", Value: &h.Factor},
						{Name: "samples", Help: "latencies in the mean", Value: &h.Samples},
					}},
					{
						Name: "measure", Help: "what a latency is counted from: creation or send", Value: &c.Measure,
						Words: []string{limiter.MeasureCreation, limiter.MeasureSend},
					},
				}
			},
		},
		{
			Name:    "sliding-log",
			Summary: "a sliding-window log without margin for ticks or latency",
			Formula: "log[N back] + window",
			Source:  "rolling-window limiter of ccxt 4",
			New: func() (limiter.Config, []Parameter) {
				c := &limiter.SlidingLog{}
				return c, []Parameter{
					{Name: "limit", Help: "departures in any such time, as 20/1051ms; the server's quota when not set", Value: &c.Limit, Scale: Pace},
				}
			},
		},
		{
			Name:    "reservation",
			Summary: "N departures in each cycle of a fixed grid",
			Formula: "now while departures in this cycle < N, else the next cycle",
			Source:  "AtomicRateLimiter of resilience4j 2, reservoir of bottleneck 2",
			New: func() (limiter.Config, []Parameter) {
				c := &bucket.Reservation{}
				return c, []Parameter{
					{Name: "limit", Help: "departures per cycle and its length, as 20/1051ms; the server's quota when not set", Value: &c.Limit, Scale: Pace},
				}
			},
		},
		{
			Name:    "token-bucket",
			Summary: "a bucket of b tokens that starts full and fills steadily",
			Formula: "now while tokens ≥ 1, else when there is a whole one; tokens grow by ρ up to b",
			Source:  "Turner, \"New directions in communications\", 1986",
			New: func() (limiter.Config, []Parameter) {
				c := &bucket.TokenBucket{}
				return c, []Parameter{
					{Name: "limit", Help: "tokens added per time, as 20/1051ms; the server's quota when not set", Value: &c.Limit, Scale: Pace},
					{Name: "burst", Help: "tokens the bucket holds, and starts with; 0 is as many as the limit adds", Value: &c.Burst, Scale: Burst},
				}
			},
		},
		{
			Name:    "token-bucket-tutorial",
			Summary: "a bucket of N tokens that is filled in equal portions on a fixed grid",
			Formula: "now while there are tokens, else the next refill",
			Source:  "\"Python SDK Tutorial, part 4\" (Suarez, 2019)",
			Polls:   true,
			New: func() (limiter.Config, []Parameter) {
				c := &bucket.TokenBucketTutorial{}
				return c, []Parameter{
					{Name: "rate", Help: "tokens added per time and held at most, as 20/1s; the server's quota when not set", Value: &c.Rate, Scale: Pace},
				}
			},
		},
		{
			Name:    "x-time-rate",
			Summary: "the token bucket of Go's x/time/rate",
			Formula: "last + (1 − tokens left by it) / limit",
			Source:  "golang.org/x/time/rate v0.16.0",
			New: func() (limiter.Config, []Parameter) {
				c := &peers.XTimeRate{}
				return c, []Parameter{
					{Name: "limit", Help: "tokens added per time, as 20/1051ms; the server's quota when not set", Value: &c.Limit, Scale: Pace},
					{Name: "burst", Help: "tokens the bucket holds, and starts with; 0 is as many as the limit adds", Value: &c.Burst, Scale: Burst},
				}
			},
		},
		{
			Name:    "gcra",
			Summary: "the generic cell rate algorithm of throttled: an even pace with a burst ahead of it",
			Formula: "tat − burst · T; each departure makes tat = max(tat, now) + T, T = window/N",
			Source:  "github.com/throttled/throttled v2.15.0; ITU-T I.371",
			New: func() (limiter.Config, []Parameter) {
				c := &peers.GCRA{Burst: 5}
				return c, []Parameter{
					{Name: "limit", Help: "requests per time, as 20/1051ms; the server's quota when not set", Value: &c.Limit, Scale: Pace},
					{Name: "burst", Help: "requests that may leave ahead of the even pace; 0 is none", Value: &c.Burst, Scale: Burst},
				}
			},
		},
		{
			Name:    "uber-ratelimit",
			Summary: "the leaky bucket of Uber's ratelimit: an even pace that makes good what was not used",
			Formula: "max(now, issue); issue = max(issue + T, now − slack · T), T = window/N",
			Source:  "go.uber.org/ratelimit v0.3.1",
			New: func() (limiter.Config, []Parameter) {
				c := &peers.UberRatelimit{Slack: 10}
				return c, []Parameter{
					{Name: "limit", Help: "requests per time, as 20/1051ms; the server's quota when not set", Value: &c.Limit, Scale: Pace},
					{Name: "slack", Help: "unused requests that may be made good in a burst; 0 is none", Value: &c.Slack, Scale: Burst},
				}
			},
		},
		{
			Name:    "aimd",
			Summary: "a pace that rises steadily with successes and drops by a share at a 429",
			Formula: "last + 1/rate; 2xx: rate + gain/rate, 429: max(least, beta · rate)",
			Source:  "Chiu and Jain, \"Analysis of the increase and decrease algorithms\", 1989",
			New: func() (limiter.Config, []Parameter) {
				c := &feedback.AIMD{Increase: 0.05, Beta: 0.9, Min: 0.05}
				return c, []Parameter{
					{Name: "start", Help: "rate at first, as 20/1s; the server's quota when not set", Value: &c.Start},
					{Name: "increase", Help: "what the rate gains per window of successes, as a part of the start rate; 0 never raises it", Value: &c.Increase, Scale: Fraction},
					{Name: "beta", Help: "what a refusal multiplies the rate by; 1 never lowers it", Value: &c.Beta, Scale: Fraction},
					{Name: "min", Help: "lowest rate, as a part of the start rate", Value: &c.Min},
				}
			},
		},
		{
			Name:    "cubic",
			Summary: "a token bucket whose rate drops at a 429 and climbs back along a cubic curve",
			Formula: "now while tokens ≥ 1; 429: rate = beta · w, else steepness · (t − K)³ + w",
			Source:  "adaptive retry mode of the AWS SDKs; RFC 9438",
			New: func() (limiter.Config, []Parameter) {
				c := &feedback.CUBIC{Beta: 0.7, Scale: 0.02, Smooth: 0.8, Min: 0.025}
				return c, []Parameter{
					{Name: "beta", Help: "part of the refused rate to go back to", Value: &c.Beta, Scale: Fraction},
					{Name: "scale", Help: "steepness of the cubic curve, in quotas per cubic window", Value: &c.Scale},
					{Name: "smooth", Help: "weight of the latest half window in the measured rate", Value: &c.Smooth},
					{Name: "min", Help: "lowest rate, as a part of the quota", Value: &c.Min},
				}
			},
		},
		{
			Name:    "backoff",
			Summary: "no pacing, but everything waits exponentially longer after each 429 in a row",
			Formula: "latest of (429 + delay(429s in a row))",
			Source:  "Brooker, \"Exponential backoff and jitter\", AWS Architecture Blog, 2015",
			New: func() (limiter.Config, []Parameter) {
				c := &feedback.BackoffOnly{Base: 50 * time.Millisecond, Cap: 2 * time.Second, Jitter: backoff.JitterFull}
				return c, []Parameter{
					{Name: "base", Help: "delay after a first 429, before jitter; doubles with each in a row", Value: &c.Base},
					{Name: "cap", Help: "longest delay; 0 is no bound", Value: &c.Cap},
					{
						Name: "jitter", Help: "how the delay is spread: none, full, equal or decorrelated", Value: &c.Jitter,
						Words: backoff.Jitters(),
					},
					{Name: "seed", Help: "key of the jitter's random numbers", Value: &c.Seed},
				}
			},
		},
		{
			Name:    "none",
			Summary: "no pacing at all, for comparison",
			Formula: "now",
			Source:  "what a client does that has not heard of the limit",
			New: func() (limiter.Config, []Parameter) {
				return &limiter.None{}, nil
			},
		},
		{
			Name:    "paced",
			Summary: "even spacing, wide enough for the server's window and the spread of the latency",
			Formula: "last + (W' + spread) / N",
			Source:  "leaky bucket as a meter without burst (Turner 1986); no 429, ever, and no overtaking",
			New: func() (limiter.Config, []Parameter) {
				c := &limiter.Paced{}
				return c, []Parameter{
					{Name: "spread", Help: "longest less shortest incoming latency (J)", Value: &c.Spread, Scale: Spread},
				}
			},
		},
		{
			Name:    "bucket-paced",
			Summary: "the burst of the server's bucket, less what the latency varies, and then an even pace",
			Formula: "now while tokens ≥ 1; 1 per T = window/N, up to burst − (spread + tick + refill)/T; if that is less than 1, 1 per (T + spread + tick + refill)/burst",
			Source:  "token bucket and jitter (Cruz 1991); no refusal by a bucket, ever; paced where the limit is a window",
			New: func() (limiter.Config, []Parameter) {
				c := &bucket.Paced{}
				return c, []Parameter{
					{Name: "spread", Help: "longest less shortest incoming latency (J)", Value: &c.Spread, Scale: Spread},
				}
			},
		},
		{
			Name:    "bucket-acked",
			Summary: "the server's bucket as it is if each request came as late as it may have: the answer tells",
			Formula: "max(bound + (costs from it on − b) · T), T = window/N, bound = min(sent + latency, answered); a window: ack-clocked",
			Source:  "ack clocking (Jacobson 1988) on the virtual scheduling of ITU-T I.371; no refusal, ever, and the most that can be had without",
			New: func() (limiter.Config, []Parameter) {
				c := &bucket.Acked{}
				return c, []Parameter{
					{Name: "latency", Help: "longest incoming latency (J); 0 is not known", Value: &c.Latency, Scale: Longest},
					{Name: "shortest", Help: "shortest incoming latency; 0 is always right", Value: &c.Shortest, Scale: Shortest},
				}
			},
		},
		{
			Name:    "counter-paced",
			Summary: "even spacing that a sliding-window counter never refuses, whenever its windows begin",
			Formula: "last + cost · (W' + spread) / (N + 1 − most)",
			Source:  "sliding-window counter (Cloudflare 2017, Upstash); no refusal by windows of any kind, ever",
			New: func() (limiter.Config, []Parameter) {
				c := &bucket.CounterPaced{Most: 1}
				return c, []Parameter{
					{Name: "spread", Help: "longest less shortest incoming latency (J)", Value: &c.Spread, Scale: Spread},
					{Name: "most", Help: "what a request costs at most", Value: &c.Most},
					{Name: "exact", Help: "whether the counter does not round down the share of the window before", Value: &c.Exact},
				}
			},
		},
		{
			Name:    "ack-clocked",
			Summary: "a sliding-window log that counts a request from its answer, or from the longest latency",
			Formula: "min(sent + latency, answered)[N back] + W' − shortest; without latency, answered[N back] + W' − shortest",
			Source:  "ack clocking (Jacobson 1988) on the slots of a sliding window; no 429, ever",
			New: func() (limiter.Config, []Parameter) {
				c := &limiter.AckClocked{}
				return c, []Parameter{
					{Name: "latency", Help: "longest incoming latency (J); 0 is not known", Value: &c.Latency, Scale: Longest},
					{Name: "shortest", Help: "shortest incoming latency; 0 is always right", Value: &c.Shortest, Scale: Shortest},
				}
			},
		},
		{
			Name:    "server-time",
			Summary: "ack-clocked, counting from when the server says it received a request",
			Formula: "received[N back] − o + W' − shortest, o = max(received − answered) over all answers",
			Source:  "NTP's offset bound (RFC 5905); needs the server's received_at header; no 429, ever",
			New: func() (limiter.Config, []Parameter) {
				c := &limiter.ServerTime{}
				return c, []Parameter{
					{Name: "latency", Help: "longest incoming latency (J); 0 is not known", Value: &c.Latency, Scale: Longest},
					{Name: "shortest", Help: "shortest incoming latency; 0 is always right", Value: &c.Shortest, Scale: Shortest},
				}
			},
		},
		{
			Name:    "jitter",
			Summary: "a sliding-window log with a headroom that follows the spread of the round trip",
			Formula: "log[N back] + window + fraction · (longest − shortest round trip of late)",
			Source:  "delay and jitter are two things (RFC 3393); moving extremes as in BBR (2016)",
			New: func() (limiter.Config, []Parameter) {
				c := &limiter.Jitter{Start: 50 * time.Millisecond, Fraction: 1, Samples: 100}
				return c, []Parameter{
					{Name: "start", Help: "headroom until two round trips have been seen", Value: &c.Start, Scale: Spread},
					{Name: "fraction", Help: "part of the round trip's spread that is the way in: 1 is safe", Value: &c.Fraction, Scale: Fraction},
					{Name: "samples", Help: "round trips in a block; extremes are those of the last one to two blocks", Value: &c.Samples},
				}
			},
		},
		{
			Name:    "header",
			Summary: "spends what RateLimit-Remaining leaves, then waits for the reset or for Retry-After",
			Formula: "now while departures < remaining, else answered + reset",
			Source:  "IETF draft RateLimit header fields; RFC 9110; needs the server's rate_limit headers",
			New: func() (limiter.Config, []Parameter) {
				return &feedback.Header{}, nil
			},
		},
		{
			Name:    "headers",
			Summary: "ack-clocked, kept to the limit that the server states, and to what others leave of it",
			Formula: "bound[limit back] + W' − shortest, limit = min(quota, stated); what others have used counts as a departure",
			Source:  "ack-clocked with the IETF draft RateLimit header fields; needs the server's rate_limit headers",
			New: func() (limiter.Config, []Parameter) {
				c := &feedback.Headers{}
				return c, []Parameter{
					{Name: "latency", Help: "longest incoming latency (J); 0 is not known", Value: &c.Latency, Scale: Longest},
					{Name: "shortest", Help: "shortest incoming latency; 0 is always right", Value: &c.Shortest, Scale: Shortest},
					{Name: "budget", Help: "name of the limit in what the server states; \"\" is the first", Value: &c.Budget},
				}
			},
		},
		{
			Name:    "learn",
			Summary: "ack-clocked at a level that it finds by being refused, no more often than it may be",
			Formula: "bound[level back] + W' − shortest; a probe more passes: level + 1, one is refused: level/2",
			Source:  "what a 429 and a success prove of the limit; AIMD; no more 429s than spend, ever",
			New: func() (limiter.Config, []Parameter) {
				c := &feedback.Learn{Spend: 9, Retry: 5 * time.Second}
				return c, []Parameter{
					{Name: "latency", Help: "longest incoming latency (J); 0 is not known", Value: &c.Latency, Scale: Longest},
					{Name: "shortest", Help: "shortest incoming latency; 0 is always right", Value: &c.Shortest, Scale: Shortest},
					{Name: "start", Help: "level at first, in requests per window; 0 is the quota's limit, above which it never goes", Value: &c.Start},
					{Name: "spend", Help: "refusals that there may be in all; then nothing leaves any more", Value: &c.Spend},
					{Name: "retry", Help: "time until a probe asks for more than was refused; doubles each time", Value: &c.Retry},
				}
			},
		},
		{
			Name:    "sre",
			Summary: "turns attempts away before they leave, the more of them the fewer are accepted",
			Formula: "last + m · every, m attempts turned away with p = max(0, (requests − k · accepts) / (requests + 1))",
			Source:  "adaptive throttling, \"Site Reliability Engineering\", 2016, chapter 21",
			New: func() (limiter.Config, []Parameter) {
				c := &feedback.SRE{K: 2, Over: 2 * time.Minute}
				return c, []Parameter{
					{Name: "k", Help: "requests for one that is accepted, before any is turned away", Value: &c.K},
					{Name: "over", Help: "time over which requests are counted", Value: &c.Over},
					{Name: "every", Help: "time between two attempts; 0 is the quota's window/N", Value: &c.Every},
					{Name: "seed", Help: "key of the random numbers", Value: &c.Seed},
				}
			},
		},
		{
			Name:    "atb",
			Summary: "a token bucket whose rate grows by a factor with success, a greater one below what was refused, and is halved at a 429",
			Formula: "now while tokens ≥ 1; 2xx: rate · first, or · second above the refused rate; 429, 5xx: rate/2, no tokens",
			Source:  "adaptive token bucket of Farkiani et al., arXiv 2510.04516, 2025",
			New: func() (limiter.Config, []Parameter) {
				c := &feedback.ATB{Burst: 4, First: 1.5, Second: 1.2, Min: 0.01, Every: time.Second}
				return c, []Parameter{
					{Name: "start", Help: "rate at first, as 20/1s; the server's quota when not set", Value: &c.Start},
					{Name: "burst", Help: "tokens the bucket holds", Value: &c.Burst},
					{Name: "first", Help: "what a success multiplies the rate by, below the rate that was refused", Value: &c.First},
					{Name: "second", Help: "the same from that rate on", Value: &c.Second},
					{Name: "min", Help: "lowest rate, and the least step up, as a part of the start rate", Value: &c.Min},
					{Name: "every", Help: "how often the rate is raised at most; 0 is with each success", Value: &c.Every},
				}
			},
		},
		{
			Name:    "aatb",
			Summary: "atb whose processes tell an aggregator what they send, and pause when any of them is refused",
			Formula: "now while tokens ≥ 1; a report: rate · first, or · second for who sent most; 429, 5xx: rate/2 or /3, and a pause",
			Source:  "assisted adaptive token bucket of Farkiani et al., arXiv 2510.04516, 2025, and their code",
			New: func() (limiter.Config, []Parameter) {
				c := &feedback.AATB{
					Burst: 4, First: 1.5, Second: 1.2, Min: 0.01,
					Every: time.Second, Over: 3 * time.Second, Jitter: 100 * time.Millisecond,
				}
				return c, []Parameter{
					{Name: "start", Help: "rate at first, as 20/1s; the server's quota when not set", Value: &c.Start},
					{Name: "burst", Help: "tokens the bucket holds", Value: &c.Burst},
					{Name: "first", Help: "what a report multiplies the rate by, of one who sent less than others", Value: &c.First},
					{Name: "second", Help: "the same of one who did not", Value: &c.Second},
					{Name: "min", Help: "lowest rate, and the least step up, as a part of the start rate", Value: &c.Min},
					{Name: "every", Help: "time between two reports", Value: &c.Every},
					{Name: "over", Help: "time over which the aggregator adds up", Value: &c.Over},
					{Name: "jitter", Help: "random part of the pause after a refusal", Value: &c.Jitter},
					{Name: "seed", Help: "key of the random numbers", Value: &c.Seed},
				}
			},
		},
	}
}
