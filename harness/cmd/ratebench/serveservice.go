package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"ratebench/harness"
	"ratebench/harness/scenario"
	"ratebench/harness/serving"
	"ratebench/server"
)

const (
	// drainTime is how long requests under way may take to finish after a
	// signal.
	drainTime = 5 * time.Second
	// hangUpTime is how long the last answers may then take to be sent.
	hangUpTime = time.Second
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
	s := &service{log: log, backend: b, site: serving.Config{MaxConcurrent: f.maxConcurrent}}
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
	afterwards := context.WithoutCancel(ctx)
	clockCtx, stopClock := context.WithCancel(afterwards)
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

	h := server.HTTPServer(site)
	h.ErrorLog = slog.NewLogLogger(s.log.Handler(), slog.LevelWarn)
	s.log.Info("serving http://" + ln.Addr().String() + server.Path)
	served := make(chan error, 1)
	go func() { served <- h.Serve(ln) }()
	select {
	case err := <-served:
		return fmt.Errorf("server stopped: %w", err)
	case <-ctx.Done():
	}
	s.log.Info("draining")
	err = drain(afterwards, h, site)
	if serveErr := <-served; !errors.Is(serveErr, http.ErrServerClosed) {
		err = errors.Join(err, serveErr)
	}
	return err
}

// drain lets the requests under way finish. Until they have, connections are
// still accepted, to be told that the server takes no more.
func drain(ctx context.Context, h *http.Server, site *serving.Site) error {
	drainCtx, cancel := context.WithTimeout(ctx, drainTime)
	defer cancel()
	if site.Drain(drainCtx) != nil {
		return errors.Join(fmt.Errorf("requests were still under way after %v", drainTime), h.Close())
	}
	hangUpCtx, cancel := context.WithTimeout(ctx, hangUpTime)
	defer cancel()
	err := h.Shutdown(hangUpCtx)
	if errors.Is(err, context.DeadlineExceeded) {
		return h.Close() // what is left are connections on which nothing was asked
	}
	return err
}
