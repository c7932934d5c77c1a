package harness

import (
	"fmt"
	"net"

	"ratebench/clients"
	"ratebench/harness/faults"
	"ratebench/harness/scenario"
)

// A LocalServer is the server of a scenario on a port of the loopback.
type LocalServer struct {
	// URL is its base, such as "http://127.0.0.1:9999".
	URL string

	schedule schedule
	close    func()
}

// StartServer starts the server of a scenario. It serves until it is closed.
func StartServer(sc *scenario.Scenario, seed uint64) (*LocalServer, error) {
	srv, err := NewServer(sc, seed)
	if err != nil {
		return nil, err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("the server needs a port on the loopback: %w", err)
	}
	return &LocalServer{
		URL:      "http://" + ln.Addr().String(),
		schedule: scheduleOf(sc, srv),
		close:    serveOn(ln, srv, faults.NewPlan(sc.Server.Faults, seed)),
	}, nil
}

// Begin begins the run: what is scheduled for the server counts from now.
func (s *LocalServer) Begin(rt clients.Runtime) { s.schedule.run(rt) }

// Close ends the requests that are under way and waits for the server's
// goroutines.
func (s *LocalServer) Close() { s.close() }
