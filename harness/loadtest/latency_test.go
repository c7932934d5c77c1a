package loadtest_test

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"ratebench/harness/loadtest"
	"ratebench/server"
)

// Latencies injected: half before the verdict and half after it.
const (
	oneWay   = 25 * time.Millisecond
	injected = 2 * oneWay
)

// However many requests there are at a time, each takes as long as was drawn
// for it. On a machine that has nothing else to do, and as long as that keeps
// up, 99 of 100 are expected to be at most 5ms late. To have n requests at a
// time it has to keep up with 20 n in a second, which for 5000 over TCP is more
// than two processors can do.
func TestInjectedLatency(t *testing.T) {
	const most = 1.5 // times the latency injected, for half the requests
	clients, overTCP, length := 5000, 500, 300*time.Millisecond
	if long() {
		overTCP, length = affordable(t, clients), 4*time.Second
	}
	late := new(lateness)
	site := newSite(t, clients, oneWay, oneWay, late.observe)
	inProcess := func(t *testing.T) []loadtest.Sender { return calls(site, clients) }
	connections := func(t *testing.T) []loadtest.Sender {
		return connect(t, listen(t, server.HTTPServer(site)), overTCP)
	}
	for i, tt := range []struct {
		name    string
		clients func(*testing.T) []loadtest.Sender
		every   time.Duration // injected: there is always a request under way
		keepsUp bool
	}{
		{"in process, all at a time", inProcess, injected, true},
		{"over TCP, a tenth at a time", connections, 10 * injected, true},
		{"over TCP, all at a time", connections, injected, !long()},
	} {
		t.Run(tt.name, func(t *testing.T) {
			clients := tt.clients(t)
			first := int64(2*i+1) << 32 // nonce
			warmUp := loadtest.Load{Length: injected, Every: tt.every}
			if _, err := warmUp.Run(clients, first); err != nil {
				t.Fatal(err)
			}
			late.reset()
			r, err := loadtest.Load{Length: length, Every: tt.every}.Run(clients, first+1<<32)
			if err != nil {
				t.Fatal(err)
			}
			inside := late.all()
			t.Logf("%d clients, %.0f requests/s, %.0f under way on average", len(clients), r.Rate(), r.InFlight())
			t.Logf("late inside the server: %s", quantiles(inside))
			t.Logf("late for the client:    %s", quantiles(r.Excess(injected)))
			if got := float64(median(inside)+injected) / float64(injected); tt.keepsUp && got > most {
				t.Errorf("the server takes %.2f times the latency it injects, want 1", got)
			}
		})
	}
}

// lateness keeps by how much requests took longer than was drawn, as many as
// it has room for.
type lateness struct {
	n    atomic.Int64
	late [1 << 20]time.Duration
}

func (l *lateness) observe(h server.Handled) {
	if i := l.n.Add(1) - 1; i < int64(len(l.late)) {
		l.late[i] = h.Took - h.Injected
	}
}

func (l *lateness) reset() { l.n.Store(0) }

func (l *lateness) all() []time.Duration {
	return l.late[:min(l.n.Load(), int64(len(l.late)))]
}

// quantiles puts them in order and tells the usual ones.
func quantiles(values []time.Duration) string {
	slices.Sort(values)
	at := func(q float64) time.Duration {
		return values[int(q*float64(len(values)-1))].Round(10 * time.Microsecond)
	}
	return fmt.Sprintf("p50 %v, p90 %v, p99 %v, max %v", at(0.5), at(0.9), at(0.99), at(1))
}
