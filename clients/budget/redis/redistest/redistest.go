// Package redistest starts a real redis-server for tests.
package redistest

import (
	"errors"
	"testing"

	"ratebench/clients/budget/redis/localredis"
)

// A Server is a redis-server without a disk, on a port of the loopback.
type Server struct {
	*localredis.Server
	t testing.TB
}

// Start starts a server that runs until the test ends, with more arguments if need
// be. Where none is installed it skips the test, and says so.
func Start(t testing.TB, args ...string) *Server {
	t.Helper()
	s, err := localredis.Start(args...)
	switch {
	case errors.Is(err, localredis.ErrNotInstalled):
		t.Skipf("skipped: %v", err)
	case err != nil:
		t.Fatal(err)
	}
	t.Cleanup(s.Kill)
	return &Server{s, t}
}

// Restart starts the server again, with nothing in it, and returns when it is
// ready.
func (s *Server) Restart() {
	s.t.Helper()
	if err := s.Server.Restart(); err != nil {
		s.t.Fatal(err)
	}
}
