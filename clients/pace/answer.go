package pace

import (
	"net/http"

	"ratebench/clients/dialect"
	"ratebench/clients/limiter"
)

// ReadOutcome is what the status and the header of an answer say, in any of the
// dialects that APIs have: see dialect.Reader. A 200 that has an error in its body
// is taken for a success.
func ReadOutcome(resp *http.Response) limiter.Outcome { return new(dialect.Reader).Answer(resp) }
