package server

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"ratebench/server/dialect"
	"ratebench/server/front"
	"ratebench/server/ledger"
)

// Path is the one path that an API serves.
const Path = "/api/request"

// DefaultMaxConcurrent is how many requests an API handles at a time if it is
// not told otherwise.
const DefaultMaxConcurrent = 10_000

// An APIConfig says how an [API] treats requests on their way to the Server.
// The zero value is valid.
type APIConfig struct {
	// MaxConcurrent is the number of requests that are handled at a time; any
	// more are answered 503. A request is handled from when its body is in
	// until its answer is ready to be sent. Defaults to DefaultMaxConcurrent,
	// which 0 stands for; never negative.
	MaxConcurrent int

	// Observe is told what became of each request, just before its answer is
	// written. It is called from many goroutines at once. Nil: nobody is told.
	Observe func(Handled)

	// Front is how requests to another API than the reference are told apart.
	// Nil: it is the reference.
	Front *front.Config

	// Stated: requests may state in [front.StatedField] what limits add them up
	// by, in place of what their path says. One whose field cannot be read is
	// answered 400.
	Stated bool

	// Body is that of the answer to a request that is accepted, where there is
	// a Front. Empty: {}.
	Body []byte

	// Dialect is how the states of limits are told, and refusals. Nil: as the
	// reference does, and what the Server's Statements write. A Dialect wants
	// Statements.Limits.
	Dialect *dialect.Config
}

// Validate names the field that is out of range.
func (c APIConfig) Validate() error {
	if c.MaxConcurrent < 0 {
		return fmt.Errorf("got MaxConcurrent %d, want 0 or more", c.MaxConcurrent)
	}
	if c.Dialect != nil {
		if err := c.Dialect.Validate(); err != nil {
			return fmt.Errorf("dialect: %w", err)
		}
	}
	if c.Front != nil {
		return c.Front.Validate()
	}
	return nil
}

// An API is a Server on HTTP: with a Front a handler of any request, without one
// the reference's, of GET and HEAD requests for [Path]. A HEAD is judged as a GET is, and spends its slot and its nonce; OPTIONS is
// answered 200 with an Allow, and judged by nobody.
//
// The parameters api_key, nonce and req_id are read from the query string
// and from a body of type application/x-www-form-urlencoded; where both give
// one, the query wins, and of several values of one the first. A body of
// another type is not read. Nothing in a query or a form is malformed: what
// cannot be decoded stands for itself. Answers are JSON: those of the
// verdicts, or, without reaching the Server,
//
//   - 400 for a body that cannot be read, or a [front.StatedField] if it is Stated,
//   - 404 for another path, without a Front,
//   - 405 for another method, without a Front,
//   - 408 for a body that takes longer than the HTTP server waits,
//   - 413 for a form of more than 64 KiB, and another body of more than 8 MiB
//     if there is a Front,
//   - 503 with a Retry-After for more than MaxConcurrent at a time, and
//   - 503 while draining or when the Server is stopping (the clock's Sleep
//     fails).
type API struct {
	server    *Server
	clock     Clock
	observe   func(Handled)
	admission *admission
	front     *front.Front // nil: it is the reference
	stated    bool
	body      []byte
	dialect   *dialect.Config // nil: none
}

var _ http.Handler = (*API)(nil)

// NewAPI puts s on HTTP in the time of clock. The error names the field of c
// that is out of range.
func NewAPI(s *Server, clock Clock, c APIConfig) (*API, error) {
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("server API: %w", err)
	}
	a := newAPI(s, clock, c)
	if c.Front != nil {
		f, err := front.New(*c.Front)
		if err != nil {
			return nil, fmt.Errorf("server API: %w", err)
		}
		a.front, a.body = f, c.Body
		if len(a.body) == 0 {
			a.body = []byte("{}")
		}
	}
	return a, nil
}

func newAPI(s *Server, clock Clock, c APIConfig) *API {
	if c.MaxConcurrent == 0 {
		c.MaxConcurrent = DefaultMaxConcurrent
	}
	if c.Observe == nil {
		c.Observe = func(Handled) {}
	}
	return &API{server: s, clock: clock, observe: c.Observe, admission: newAdmission(c.MaxConcurrent), dialect: c.Dialect, stated: c.Stated}
}

// Handler is an [API] with the default configuration.
func Handler(s *Server, clock Clock) http.Handler {
	return newAPI(s, clock, APIConfig{})
}

// InFlight is the number of requests that are being handled: those that are
// in, and whose answer is not ready.
func (a *API) InFlight() int { return a.admission.count() }

// Drain refuses requests from now on and waits until none is being handled,
// or until ctx is done, whose cause it then returns. The last answers may still
// be on their way then. Each tells the client not to use the connection again,
// which is closed when it is out.
func (a *API) Drain(ctx context.Context) error {
	select {
	case <-a.admission.close():
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Handled is what became of one request.
type Handled struct {
	Status  int     // of the answer
	Verdict Verdict // zero: the Server did not judge it
	Full    bool    // it was turned away because of MaxConcurrent

	Method, Path string    // as sent
	Arrived      time.Time // when it was judged; zero: it was not, or its key is unknown

	// Asked is what the limits added the request up by; zero: it was not judged.
	// Its Key is as it was sent, a secret.
	Asked ledger.Request

	Key      int    // index of the API key; -1: unknown, or not read
	Nonce    string // as sent; "": not sent, or not read
	ReqID    string // as sent
	HasReqID bool   // false: not sent, or not read

	Injected time.Duration // the latency that was drawn for it
	Took     time.Duration // since it came in, by the API's clock
}
