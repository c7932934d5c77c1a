package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"strings"

	"github.com/spf13/cobra"

	"ratebench/harness/scenario"
	"ratebench/harness/serving"
	"ratebench/server"
)

func newServe() *cobra.Command {
	var f serveFlags
	c := &cobra.Command{
		Use:   "serve [SCENARIO]",
		Short: "Serve the rate-limited API over HTTP",
		Long:  serveHelp(),
		Example: `  ratebench serve
  ratebench serve scenarios/blog.yaml --listen 127.0.0.1:8080
  ratebench serve -v --log-format json 2>requests.log`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := f.validate(); err != nil {
				return usageError{err}
			}
			sc, err := servedScenario(args)
			if err != nil {
				return err
			}
			if f.listKeys {
				_, err := fmt.Fprintln(c.OutOrStdout(), strings.Join(server.Keys(sc.Server.Keys), "\n"))
				return err
			}
			return serve(c.Context(), f.logger(c.ErrOrStderr()), sc, f)
		},
	}
	f.register(c.Flags())
	return c
}

// servedScenario is the scenario named, or else the reference's.
func servedScenario(paths []string) (*scenario.Scenario, error) {
	if len(paths) == 0 {
		return scenario.Reference(), nil
	}
	scenarios, err := loadAll(paths)
	if err != nil {
		return nil, err
	}
	return scenarios[0], nil
}

// serve serves until ctx is done, and then drains.
func serve(ctx context.Context, log *slog.Logger, sc *scenario.Scenario, f serveFlags) error {
	s, err := newService(log, sc, f)
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", f.listen)
	if err != nil {
		return fmt.Errorf("cannot serve: %w", err)
	}
	if a, ok := ln.Addr().(*net.TCPAddr); ok && !a.IP.IsLoopback() {
		log.Warn(a.String() + " can be reached from other machines, and its keys are no secret")
	}
	defer serving.TuneGC()()
	return s.run(ctx, ln)
}
