package pace

import (
	"fmt"
	"time"

	"ratebench/clients/backoff"
	"ratebench/clients/pace/internal/tries"
)

// Retry is how a Transport sends requests again that have failed. The zero value
// does not.
//
// A refusal, that is a 429 or its like or a status from 400 with a Retry-After,
// has carried nothing out: after it every request is sent again whose body can be
// had again (http.Request.GetBody). After a 502, 503 or 504, or a connection that
// broke, only those are which may be carried out twice: GET, HEAD, OPTIONS,
// TRACE, PUT, DELETE, and what has an Idempotency-Key or X-Idempotency-Key in
// its header.
//
// Each time a request waits at the gate, and is a departure of its own. If it
// runs out of time, or is known to (see Gate.Wait), the last answer is returned,
// or the last error.
type Retry struct {
	// Times is how often a request is sent again at most; 0 is never.
	Times int
	// Backoff is how long to wait after the n-th failure of a request, before it
	// stands in line again. A refusal holds up the whole key instead, unless
	// Refusals.Ignore is set: then the request waits for what was asked for, or
	// for this if that is longer. The zero value is 100 ms, doubled up to 10 s,
	// with full jitter.
	Backoff backoff.Rule
}

// Validate names the field whose value is out of range.
func (r Retry) Validate() error {
	if r.Times < 0 {
		return fmt.Errorf("Retry.Times is %d, want 0 or more", r.Times)
	}
	if err := r.rule().Validate(); err != nil {
		return fmt.Errorf("Retry.Backoff: %w", err)
	}
	return nil
}

func (r Retry) rule() backoff.Rule {
	if r.Backoff == (backoff.Rule{}) {
		return backoff.Rule{Base: 100 * time.Millisecond, Cap: 10 * time.Second, Jitter: backoff.JitterFull}
	}
	return r.Backoff
}

// tries are the rules of a Transport's retries.
func (t *Transport) tries() tries.Rules {
	return tries.Rules{Times: t.Retry.Times, Backoff: t.Retry.rule(), Held: !t.Refusals.Ignore}
}
