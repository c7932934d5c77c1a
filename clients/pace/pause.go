package pace

import (
	"fmt"

	"ratebench/clients/backoff"
	"ratebench/clients/pace/internal/pausing"
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
