package pace

import (
	"fmt"

	"ratebench/clients/backoff"
	"ratebench/clients/pace/internal/pausing"
	"ratebench/clients/pace/internal/tries"
)

// Refusals is how a gate takes refusals. The zero value pauses: after a refusal
// because of a limit (limiter.Outcome.Limited) as long as the server asks for,
// and not less than Pause says; after another status from 400 that asks for a
// pause in Retry-After, as 503 and 403 do, as long as that.
//
// All requests of the gate are held meanwhile. A pause is never made shorter.
type Refusals struct {
	// Ignore leaves refusals to the limiter.
	Ignore bool
	// Pause is how long to pause after the n-th refusal in a row; what was under
	// way when the pause began counts with the refusal that began it. A success
	// starts over. Its jitter is random. The zero value is 1 s, doubled up to a
	// minute.
	Pause backoff.Rule
}

// Validate names the field whose value is out of range.
func (r Refusals) Validate() error {
	if err := pausing.Rules(r).Rule().Validate(); err != nil {
		return fmt.Errorf("Refusals.Pause: %w", err)
	}
	return nil
}

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
	if err := tries.Rule(r.Backoff).Validate(); err != nil {
		return fmt.Errorf("Retry.Backoff: %w", err)
	}
	return nil
}
