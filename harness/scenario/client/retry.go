package client

import (
	"time"

	"ratebench/clients/backoff"
	"ratebench/harness/dist"
	"ratebench/harness/scenario/stream"
	"ratebench/harness/yamlfile"
)

// Retry tries a request again on the spot, its worker waiting meanwhile.
type Retry struct {
	// Max is how often, 1 to 1000. Defaults to 5.
	Max int
	// Backoff is how long to wait before: base, cap and jitter. Defaults to
	// 50ms, 2s and full.
	Backoff backoff.Rule
}

// RetryNotation is how a request is tried again; without it each is tried once.
func RetryNotation(p **Retry) yamlfile.Notation {
	return yamlfile.Optional(p, defaultRetry(), retryFields, func(d *yamlfile.Decoder, at yamlfile.Found) { checkRetry(d, *p, at) })
}

func defaultRetry() *Retry {
	return &Retry{Max: 5, Backoff: backoff.Rule{
		Base: 50 * time.Millisecond, Cap: 2 * time.Second, Jitter: backoff.JitterFull,
	}}
}

// Jitters draw, with a seed, for the n-th time that a request is tried again on
// the spot; n is less than 1024.
func (r *Retry) Jitters(seed uint64) func(id int64, n int) float64 {
	return func(id int64, n int) float64 {
		return dist.U(seed, stream.Retry, uint64(id)<<10|uint64(n))
	}
}

func retryFields(r *Retry) []yamlfile.Field {
	b := &r.Backoff
	return []yamlfile.Field{
		yamlfile.Key("max", "how often a request is tried again", yamlfile.Integer(&r.Max, 1, 1000)),
		yamlfile.Key("base", "delay before the first retry, before jitter; doubles with each, but is never shorter than Retry-After", yamlfile.Duration(&b.Base, 1, yamlfile.MaxDuration)),
		yamlfile.Key("cap", "longest delay, at least base; 0 is no bound", yamlfile.Duration(&b.Cap, 0, yamlfile.MaxDuration)),
		yamlfile.Key("jitter", "how a delay d is spread", yamlfile.OneOf(&b.Jitter,
			yamlfile.Word{Value: backoff.JitterNone, Help: "d itself"},
			yamlfile.Word{Value: backoff.JitterFull, Help: "anything up to d"},
			yamlfile.Word{Value: backoff.JitterEqual, Help: "at least half of d"},
			yamlfile.Word{Value: backoff.JitterDecorrelated, Help: "from base to three times the delay before"})),
	}
}

// checkRetry has the backoff check itself.
func checkRetry(d *yamlfile.Decoder, r *Retry, at yamlfile.Found) {
	if at.OK {
		if err := r.Backoff.Validate(); err != nil {
			d.Errorf(at.Node, "retry: %v", err)
		}
	}
}
