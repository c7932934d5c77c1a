package serving

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
	"ratebench/server"
)

const (
	// DrainTime is how long requests under way may take to finish once a
	// service is told to end.
	DrainTime = 5 * time.Second
	// hangUpTime is how long the last answers may then take to be sent.
	hangUpTime = time.Second
)

// A ServiceConfig says how the server of a scenario is served.
type ServiceConfig struct {
	// Log gets what happens to the service. Required.
	Log *slog.Logger
	// Seed is that of the injected latencies. Any number, 0 too.
	Seed uint64
	// MaxConcurrent is that of [server.APIConfig].
	MaxConcurrent int
	// LogRequests puts a line for each request to the API into Log.
	LogRequests bool
}

// A Service is the server of a scenario on a [Site] of its own, with the stages
// of the scenario.
type Service struct {
	log    *slog.Logger
	srv    *server.Server
	stages []scenario.Stage
	site   Config
}

// NewService builds the service of a scenario.
func NewService(sc *scenario.Scenario, c ServiceConfig) (*Service, error) {
	srv, err := harness.NewServer(sc, c.Seed)
	if err != nil {
		return nil, err
	}
	s := &Service{log: c.Log, srv: srv, stages: sc.Server.Stages, site: Config{MaxConcurrent: c.MaxConcurrent}}
	if c.LogRequests {
		s.site.Log, s.site.Keys = c.Log, server.Keys(sc.Server.Keys)
	}
	return s, nil
}

// Serve serves on ln, which it closes, until ctx is done, and then drains.
func (s *Service) Serve(ctx context.Context, ln net.Listener) error {
	defer ln.Close()
	// The clock outlives ctx, so that requests under way get their answers.
	afterwards := context.WithoutCancel(ctx)
	clockCtx, stopClock := context.WithCancel(afterwards)
	clock := server.WallClock(clockCtx)
	site, err := New(s.srv, clock, s.site)
	if err != nil {
		stopClock()
		return err
	}
	var stages sync.WaitGroup
	stages.Go(func() { s.runStages(clock) })
	defer stages.Wait()
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

// runStages changes the limit as the scenario says, counted from now.
func (s *Service) runStages(clock server.Clock) {
	start := clock.Now()
	for _, stage := range s.stages {
		if clock.Sleep(start.Add(stage.At).Sub(clock.Now())) != nil {
			return // the server has stopped
		}
		if err := s.srv.SetLimit(server.Limit{N: stage.Limit.N, Window: stage.Limit.Window}); err != nil {
			s.log.Error("the limit stays as it is: " + err.Error())
			continue
		}
		s.log.Info("the limit is now " + stage.Limit.String())
	}
}

// drain lets the requests under way finish. Until they have, connections are
// still accepted, to be told that the server takes no more.
func drain(ctx context.Context, h *http.Server, site *Site) error {
	drainCtx, cancel := context.WithTimeout(ctx, DrainTime)
	defer cancel()
	if site.Drain(drainCtx) != nil {
		return errors.Join(fmt.Errorf("requests were still under way after %v", DrainTime), h.Close())
	}
	hangUpCtx, cancel := context.WithTimeout(ctx, hangUpTime)
	defer cancel()
	err := h.Shutdown(hangUpCtx)
	if errors.Is(err, context.DeadlineExceeded) {
		return h.Close() // what is left are connections on which nothing was asked
	}
	return err
}
