package serving

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"

	"ratebench/harness/backend"
	"ratebench/harness/scenario"
	"ratebench/server"
)

// A ServiceConfig says how the server of a scenario is served.
type ServiceConfig struct {
	// Log gets what happens to the service. Required.
	Log *slog.Logger
	// Seed is that of the injected latencies. Any number, 0 too.
	Seed uint64
	// MaxConcurrent is that of [server.APIConfig].
	MaxConcurrent int
	// Hosts is that of [Config].
	Hosts []string
	// Strict refuses keys that are not the server's. It takes an API that asks
	// for no nonces, as Body does: others are the reference's in this.
	Strict bool
	// Body of the answer to a request that is accepted. Empty: {}.
	Body []byte
	// Observe is told of each request to the API. Nil: nobody is.
	Observe func(server.Handled)
	// LogRequests puts a line for each request to the API into Log.
	LogRequests bool
}

// A Service is the backend of a scenario on a [Site] of its own.
type Service struct {
	log     *slog.Logger
	backend *backend.Backend
	site    Config
}

// NewService builds the service of a scenario. An API that asks for no nonces is
// served at any path, to any client: see [backend.NewOpen].
func NewService(sc *scenario.Scenario, c ServiceConfig) (*Service, error) {
	newBackend := backend.New
	if sc.Server.NoNonces {
		newBackend = func(sc *scenario.Scenario, seed uint64) (*backend.Backend, error) {
			return backend.NewOpen(sc, seed, c.Strict)
		}
	} else if c.Strict || len(c.Body) > 0 {
		return nil, errors.New("an API that asks for nonces is strict about its keys, and its answers have the reference's body")
	}
	b, err := newBackend(sc, c.Seed)
	if err != nil {
		return nil, err
	}
	b.API.Body = c.Body
	s := &Service{log: c.Log, backend: b, site: Config{API: b.API, MaxConcurrent: c.MaxConcurrent, Hosts: c.Hosts, Observe: c.Observe}}
	if faults := sc.Server.Faults; faults.Any() {
		s.site.Tally = b.Tally
		c.Log.Info(fmt.Sprintf("%.4g%% of the requests will be broken on purpose, and there will be %d outages", 100*faults.Total(), len(faults.Outages)))
	}
	if c.LogRequests {
		s.site.Log, s.site.Keys = c.Log, server.Keys(sc.Server.Keys)
	}
	return s, nil
}

// Serve serves on ln, which it closes, until ctx is done, and then drains. What
// the scenario has scheduled counts from now.
func (s *Service) Serve(ctx context.Context, ln net.Listener) error {
	defer ln.Close()
	// The clock outlives ctx, so that requests under way get their answers.
	clockCtx, stopClock := context.WithCancel(context.WithoutCancel(ctx))
	clock := server.WallClock(clockCtx)
	s.site.Break = func(api http.Handler) http.Handler { return s.backend.Handler(api, clock) }
	site, err := New(s.backend.Server, clock, s.site)
	if err != nil {
		stopClock()
		return err
	}
	var scheduled sync.WaitGroup
	start := clock.Now()
	scheduled.Go(func() { s.backend.Follow(clock, start, func(what string) { s.log.Info(what) }) })
	defer scheduled.Wait()
	defer stopClock()
	return site.Serve(ctx, ln, s.log)
}
