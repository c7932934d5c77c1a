// Package front makes of any HTTP request what the limits of an API add up: whose
// it is, of what kind, what it is about and what it costs.
package front

import (
	"net"
	"net/http"
	"sync/atomic"

	"ratebench/server/ledger"
)

// A Config says how requests to an API are told apart. Any path and any method is
// one.
//
// The key is what clients of real APIs send: what is in Authorization, or in the
// field or parameter in which they have it, or else the address they send from.
// The address is that of the connection. Limits by account take all keys for
// those of one account.
//
// The zero value is valid.
type Config struct {
	// Routes are the kinds of requests by their method and path. A request
	// that is of none has a route of its own for its method and path, in which
	// whatever looks like an id stands for any.
	Routes []Route
	// Costs is what a request costs that is of none of the Routes.
	Costs []ledger.Cost
}

// Validate names the first field that is out of range.
func (c Config) Validate() error {
	_, err := newRoutes(c.Routes)
	return err
}

// A Front reads requests. It is safe for concurrent use.
type Front struct {
	routes *routes
	costs  []ledger.Cost
	read   atomic.Uint64
}

// New returns a Front. The error is that of c's Validate.
func New(c Config) (*Front, error) {
	r, err := newRoutes(c.Routes)
	if err != nil {
		return nil, err
	}
	return &Front{routes: r, costs: c.Costs}, nil
}

// Read tells what there is to add up of a request. formKey is the key in a form
// that it has for a body; "" if there is none. What is long is told as a digest.
func (f *Front) Read(r *http.Request, formKey string) ledger.Request {
	q := ledger.Request{IP: IP(r)}
	if q.Key = kept(sentKey(r, formKey)); q.Key == "" {
		q.Key = q.IP
	}
	q.Route, q.Resource, q.Costs = f.routes.of(r, f.read.Add(1)-1)
	if q.Costs == nil {
		q.Costs = f.costs
	}
	return q
}

// IP is the address from which a request came.
func IP(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
