package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ratebench/harness"
	"ratebench/harness/scenario"
	"ratebench/server"
)

// drainTime is how long requests under way may take to finish after a signal.
const drainTime = 5 * time.Second

func newServe() *cobra.Command {
	var listen string
	var seed uint64
	c := &cobra.Command{
		Use:   "serve [SCENARIO]",
		Short: "Serve the rate-limited API over HTTP",
		Long: `Serve the rate-limited API over HTTP: the reference server's, or that of a
scenario. It answers GET /api/request with the parameters api_key, nonce and
req_id in the query or in a form body:

  curl -X GET -d 'api_key=` + server.DefaultKeys()[0] + `&nonce=1&req_id=7' http://127.0.0.1:9999/api/request

Keys of the reference server:
  ` + strings.Join(server.DefaultKeys(), "\n  ") + `

SIGINT or SIGTERM lets the requests under way finish, for 5 s at most.`,
		Example: "  ratebench serve\n  ratebench serve scenarios/blog.yaml --listen 127.0.0.1:8080",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			srv, err := serverFor(args, seed)
			if err != nil {
				return err
			}
			return serve(c.Context(), c.ErrOrStderr(), listen, srv)
		},
	}
	c.Flags().StringVar(&listen, "listen", "127.0.0.1:9999", "address to listen on")
	c.Flags().Uint64Var(&seed, "seed", 1, "seed of the injected latencies")
	return c
}

// serverFor builds the server of the scenario named, or else the reference's.
func serverFor(paths []string, seed uint64) (*server.Server, error) {
	sc := scenario.Reference()
	if len(paths) > 0 {
		scenarios, err := loadAll(paths)
		if err != nil {
			return nil, err
		}
		sc = scenarios[0]
	}
	return harness.NewServer(sc, seed)
}

func serve(ctx context.Context, log io.Writer, listen string, srv *server.Server) error {
	ln, err := net.Listen("tcp", listen)
	if err != nil {
		return fmt.Errorf("cannot serve: %w", err)
	}
	if a, ok := ln.Addr().(*net.TCPAddr); ok && !a.IP.IsLoopback() {
		fmt.Fprintf(log, "warning: %s can be reached from other machines\n", a)
	}
	// The clock outlives ctx, so that requests under way get their answers.
	clockCtx, stopClock := context.WithCancel(context.WithoutCancel(ctx))
	defer stopClock()
	h := server.HTTPServer(server.Handler(srv, server.WallClock(clockCtx)))
	fmt.Fprintf(log, "serving http://%s/api/request\n", ln.Addr())

	served := make(chan error, 1)
	go func() { served <- h.Serve(ln) }()
	select {
	case err := <-served:
		return fmt.Errorf("server stopped: %w", err)
	case <-ctx.Done():
	}
	fmt.Fprintln(log, "draining")
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	err = h.Shutdown(drain)
	if errors.Is(err, context.DeadlineExceeded) {
		return errors.Join(fmt.Errorf("requests were still under way after %v", drainTime), h.Close())
	}
	if serveErr := <-served; !errors.Is(serveErr, http.ErrServerClosed) {
		err = errors.Join(err, serveErr)
	}
	return err
}
