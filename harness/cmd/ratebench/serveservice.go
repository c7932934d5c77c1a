package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"

	"ratebench/harness"
	"ratebench/harness/scenario"
	"ratebench/harness/serving"
	"ratebench/server"
)

// A service is the backend of a scenario with what serve puts around it.
type service struct {
	log     *slog.Logger
	backend *harness.Backend
	site    serving.Config
}

func newService(log *slog.Logger, sc *scenario.Scenario, f serveFlags) (*service, error) {
	b, err := harness.NewBackend(sc, f.seed)
	if err != nil {
		return nil, err
	}
	s := &service{log: log, backend: b, site: serving.Config{MaxConcurrent: f.maxConcurrent, Hosts: f.hosts()}}
	if faults := sc.Server.Faults; faults.Any() {
		s.site.Tally = b.Tally
		log.Info(fmt.Sprintf("%.4g%% of the requests will be broken on purpose, and there will be %d outages", 100*faults.Total(), len(faults.Outages)))
	}
	if f.verbose {
		s.site.Log, s.site.Keys = log, server.Keys(sc.Server.Keys)
	}
	return s, nil
}

// run serves on ln, which it closes, until ctx is done, and then drains.
func (s *service) run(ctx context.Context, ln net.Listener) error {
	defer ln.Close()
	// The clock outlives ctx, so that requests under way get their answers.
	clockCtx, stopClock := context.WithCancel(context.WithoutCancel(ctx))
	clock := server.WallClock(clockCtx)
	s.site.Break = func(api http.Handler) http.Handler { return s.backend.Handler(api, clock) }
	site, err := serving.New(s.backend.Server, clock, s.site)
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
