package backend

import (
	"context"
	"fmt"
	"net"

	"ratebench/clients"
	"ratebench/harness/faults"
	"ratebench/harness/scenario"
	"ratebench/server"
)

// A Local is the backend of a scenario on a port of the loopback.
type Local struct {
	// URL is its base, such as "http://127.0.0.1:9999".
	URL string

	backend *Backend
	handler *faults.Handler
	close   func()
}

// Start starts the backend of a scenario. It serves until it is closed.
func Start(sc *scenario.Scenario, seed uint64) (*Local, error) {
	b, err := New(sc, seed)
	if err != nil {
		return nil, err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("the server needs a port on the loopback: %w", err)
	}
	s, err := ServeOn(ln, b)
	if err != nil {
		ln.Close()
		return nil, err
	}
	return s, nil
}

// ServeOn serves the backend on ln.
func ServeOn(ln net.Listener, b *Backend) (*Local, error) {
	ctx, cancel := context.WithCancel(context.Background())
	clock := server.WallClock(ctx)
	api, err := server.NewAPI(b.Server, clock, b.API)
	if err != nil {
		cancel()
		return nil, err
	}
	handler := b.Handler(api, clock)
	h := server.HTTPServer(handler)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = h.Serve(ln) // ends with http.ErrServerClosed, by Close below
	}()
	return &Local{
		URL:     "http://" + ln.Addr().String(),
		backend: b,
		handler: handler,
		close: func() {
			cancel()
			_ = h.Close()
			<-done
		},
	}, nil
}

// Begin begins the run: faults and what is scheduled count from now.
func (s *Local) Begin(rt clients.Runtime) {
	s.handler.Begin()
	s.backend.Schedule(rt)
}

// Close ends the requests that are under way and waits for the server's
// goroutines.
func (s *Local) Close() { s.close() }
