// Package serving makes a service of the rate-limited API: beside the API it
// answers whether it is healthy and what it has counted, it can log each
// request, and it ends without cutting requests off.
package serving

import (
	"context"
	"log/slog"
	"net/http"
	"sync/atomic"

	"ratebench/harness/faults"
	"ratebench/harness/internal/hostguard"
	"ratebench/server"
)

// Paths beside that of the API.
const (
	HealthPath  = "/healthz"
	MetricsPath = "/metrics"
)

// A Config describes a Site. The zero value is valid.
type Config struct {
	// MaxConcurrent is that of [server.APIConfig].
	MaxConcurrent int
	// API is how the API is put on HTTP in other respects. Its MaxConcurrent
	// and Observe are left out.
	API server.APIConfig
	// Log gets a line for each request to the API. Nil: none.
	Log *slog.Logger
	// Keys are the API keys of the server. Log shows their indices in their
	// place, wherever in a request they turn up.
	Keys []string
	// Hosts are names by which the site is known, beside those of the
	// loopback and the address that a connection came to: without a port. A
	// request for another host is refused, and so is one that a browser sends
	// for a page from elsewhere. HealthPath tells nothing, and is for all.
	Hosts []string
	// Observe is told of each request to the API, as in [server.APIConfig].
	// Nil: nobody is told.
	Observe func(server.Handled)
	// Break puts the faults of a scenario in front of the API. While the site
	// drains there are none. Nil: there are never any.
	Break func(api http.Handler) http.Handler
	// Tally is what Break counts, for the metrics. Nil: they say nothing of it.
	Tally *faults.Tally
}

// A Site is the handler of everything that is served. Paths other than
// [HealthPath] and [MetricsPath] go to the API.
type Site struct {
	api      *server.API
	broken   http.Handler // the API with faults in front of it, if any
	metrics  http.Handler
	guarded  http.Handler // all but health
	path     string       // that of the API; "": any
	draining atomic.Bool
}

// New builds a site around srv. The error names the field of c that is out of
// range.
func New(srv *server.Server, clock server.Clock, c Config) (*Site, error) {
	m := newMetrics()
	observers := []func(server.Handled){m.observe}
	if c.Log != nil {
		observers = append(observers, newRequestLog(c.Log, c.Keys).observe)
	}
	if c.Observe != nil {
		observers = append(observers, c.Observe)
	}
	c.API.MaxConcurrent = c.MaxConcurrent
	c.API.Observe = func(h server.Handled) {
		for _, observe := range observers {
			observe(h)
		}
	}
	api, err := server.NewAPI(srv, clock, c.API)
	if err != nil {
		return nil, err
	}
	s := &Site{api: api, broken: api, metrics: m.handler(srv, api, c.Tally), path: server.Path}
	if c.API.Front != nil {
		s.path = ""
	}
	if c.Break != nil {
		s.broken = c.Break(api)
	}
	s.guarded = hostguard.New(http.HandlerFunc(s.serveGuarded), c.Hosts)
	return s, nil
}

// ServeHTTP implements http.Handler.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.draining.Load() {
		w.Header().Set("Connection", "close")
	}
	if r.URL.Path == HealthPath {
		readOnly(w, r, s.health)
		return
	}
	s.guarded.ServeHTTP(w, r)
}

// serveGuarded serves what no web page is to have. The API has no faults any more
// while the site is draining: then everybody is told so.
func (s *Site) serveGuarded(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == MetricsPath:
		readOnly(w, r, s.metrics.ServeHTTP)
	case s.draining.Load():
		s.api.ServeHTTP(w, r)
	default:
		s.broken.ServeHTTP(w, r)
	}
}

// readOnly passes GET and HEAD on.
func readOnly(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	next(w, r)
}

// health says whether requests are welcome.
func (s *Site) health(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if s.draining.Load() {
		http.Error(w, "draining", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok\n")) // fails only if the client has gone away
}

// Drain makes the site unhealthy, refuses requests to the API from now on and
// waits for those under way, or until ctx is done, whose cause it then
// returns.
func (s *Site) Drain(ctx context.Context) error {
	s.draining.Store(true)
	return s.api.Drain(ctx)
}
