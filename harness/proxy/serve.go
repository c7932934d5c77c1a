package proxy

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Serve serves on ln, which it closes, until ctx is done, and then drains: nobody
// is let in any more, and requests that wait or are under way may finish, for
// DrainTime at most. What is left then is told that the proxy stops.
func (p *Proxy) Serve(ctx context.Context, ln net.Listener) error {
	life, stop := context.WithCancelCause(context.WithoutCancel(ctx))
	defer stop(nil)
	h := &http.Server{
		Handler:           p,
		BaseContext:       func(net.Listener) context.Context { return life },
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    p.config.MaxHeader,
		ErrorLog:          slog.NewLogLogger(p.config.Log.Handler(), slog.LevelWarn),
	}
	defer p.transport.CloseIdleConnections()
	p.config.Log.Info("serving http://" + ln.Addr().String() + " in place of " + p.config.Upstream.Redacted())
	served := make(chan error, 1)
	go func() { served <- h.Serve(ln) }()
	select {
	case err := <-served:
		return fmt.Errorf("proxy stopped: %w", err)
	case <-ctx.Done():
	}
	p.config.Log.Info("draining", "requests", p.inside.Load())
	p.draining.Store(true)
	return errors.Join(p.drain(context.WithoutCancel(ctx), h, stop), ignoreClosed(<-served))
}

// drain lets requests finish, and cuts short what takes too long.
func (p *Proxy) drain(ctx context.Context, h *http.Server, stop context.CancelCauseFunc) error {
	const lastWords = time.Second // for those that are told
	limit, cancel := context.WithTimeout(ctx, p.config.DrainTime)
	defer cancel()
	if h.Shutdown(limit) == nil {
		return nil
	}
	left := p.inside.Load()
	stop(errStopping)
	last, cancel := context.WithTimeout(ctx, lastWords)
	defer cancel()
	if h.Shutdown(last) != nil {
		_ = h.Close() // whoever does not even take that
	}
	return fmt.Errorf("%d requests were still under way after %v", left, p.config.DrainTime)
}

func ignoreClosed(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}
