package pace

import (
	"net/http"

	"ratebench/clients/dialect"
	"ratebench/clients/limiter"
	"ratebench/clients/pace/internal/wire"
)

// ErrBroken is returned by Gate.Send when the connection broke while the
// request was on its way, and base was about to send it again by itself. The
// server may have counted it.
var ErrBroken = wire.ErrBroken

// Send sends the request of a permit through base, and returns the answer, with
// what Done is to be told of it: Send does not call Done itself.
//
// It tells the gate when the request is on the wire, as base reports through
// net/http/httptrace: the time in which it waits for a connection is not taken
// for latency. A base that does not report takes the request to have left only
// by the time that it ends, which is safe, and slower.
//
// What net/http repeats by itself, because a connection that it kept was closed
// by the server meanwhile, would be a second request on one permit: Send
// prevents that, and returns ErrBroken. Over HTTP/2, where only requests are
// repeated that the server has refused to look at, it does not.
func (g *Gate) Send(p Permit, base http.RoundTripper, req *http.Request) (*http.Response, limiter.Outcome, error) {
	resp, err := wire.RoundTrip(base, req, func() { g.Left(p) })
	if err != nil {
		return nil, limiter.Outcome{Err: err}, err
	}
	return resp, ReadOutcome(resp), nil
}

// ReadOutcome is what the status and the header of an answer say, in any of the
// dialects that APIs have: see dialect.Reader. A 200 that has an error in its body
// is taken for a success.
func ReadOutcome(resp *http.Response) limiter.Outcome { return new(dialect.Reader).Answer(resp) }
