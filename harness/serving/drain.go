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

	"ratebench/server"
)

const (
	// DrainTime is how long requests under way may take to finish once a
	// site drains.
	DrainTime = 5 * time.Second
	// HangUpTime is how long connections may then take to close: the last
	// answers are sent, and whoever asks on one that is kept is told that the
	// server takes no more.
	HangUpTime = time.Second
)

// Serve serves the site on ln, which it closes, until ctx is done, and then
// drains: requests under way may finish, for DrainTime at most, and any others
// are answered 503 until HangUpTime after that, or until nobody is connected.
func (s *Site) Serve(ctx context.Context, ln net.Listener, log *slog.Logger) error {
	defer ln.Close()
	var open connections
	h := server.HTTPServer(s)
	h.ErrorLog = slog.NewLogLogger(log.Handler(), slog.LevelWarn)
	h.ConnState = open.observe
	log.Info("serving http://" + ln.Addr().String() + s.path)
	served := make(chan error, 1)
	go func() { served <- h.Serve(ln) }()
	select {
	case err := <-served:
		return fmt.Errorf("server stopped: %w", err)
	case <-ctx.Done():
	}
	log.Info("draining")
	err := s.hangUp(context.WithoutCancel(ctx), &open)
	err = errors.Join(err, h.Close())
	if serveErr := <-served; !errors.Is(serveErr, http.ErrServerClosed) {
		err = errors.Join(err, serveErr)
	}
	return err
}

// hangUp waits for requests under way to finish and for connections to close.
// Every answer by now says that its connection will not be kept.
func (s *Site) hangUp(ctx context.Context, open *connections) error {
	drain, cancel := context.WithTimeout(ctx, DrainTime)
	defer cancel()
	if s.Drain(drain) != nil {
		return fmt.Errorf("requests were still under way after %v", DrainTime)
	}
	last, cancel := context.WithTimeout(ctx, HangUpTime)
	defer cancel()
	open.wait(last) // what is left then are connections on which nothing was asked
	return nil
}

// connections counts those of an http.Server that are open. The zero value has
// none.
type connections struct {
	mu      sync.Mutex
	open    int
	changed chan struct{} // closed at the next change; nil if nobody waits for it
}

// observe is for http.Server.ConnState.
func (c *connections) observe(_ net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch state {
	case http.StateNew:
		c.open++
	case http.StateClosed, http.StateHijacked:
		c.open--
	default:
		return
	}
	if c.changed != nil {
		close(c.changed)
		c.changed = nil
	}
}

// wait returns when none is open, or ctx is done.
func (c *connections) wait(ctx context.Context) {
	for {
		c.mu.Lock()
		if c.open == 0 {
			c.mu.Unlock()
			return
		}
		if c.changed == nil {
			c.changed = make(chan struct{})
		}
		changed := c.changed
		c.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}
