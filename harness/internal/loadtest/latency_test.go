package loadtest_test

import (
	"fmt"
	"math"
	"net/http"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"ratebench/harness/internal/loadtest"
	"ratebench/server"
)

// Latencies injected: half before the verdict and half after it.
const (
	oneWay   = 25 * time.Millisecond
	injected = 2 * oneWay
)

// However many requests there are at a time, each takes as long as was drawn
// for it. On a machine that has nothing else to do, and as long as that keeps
// up, 99 of 100 are expected to be at most 5ms late; the sleepers tell what
// the machine does to goroutines that only sleep.
//
// To have n requests at a time it has to keep up with 20 n in a second. For
// 5000 that is within reach of two processors in one process, but not over
// TCP, where even an empty handler answers fewer.
func TestInjectedLatency(t *testing.T) {
	const (
		most   = 1.5 // times the latency injected, for half the requests
		onTime = 1.1 // times as long as they should have slept, for half the sleepers

		// What comes in between on a machine that was punctual a moment ago does not
		// come each time; what the server adds does.
		attempts = 3
	)
	clients, overTCP, length := 5000, 500, 300*time.Millisecond
	if testing.Short() {
		clients, overTCP = 1500, 150
	}
	if long() {
		overTCP, length = affordable(t, clients), 4*time.Second
	}
	late := new(lateness)
	// A tenth of the clients have their answer and wait for their next turn. If
	// all were always under way, those that were late together once would stay
	// together.
	clients += clients / 10
	const every = injected + injected/10
	site := newSite(t, clients, oneWay, oneWay, late.observe)
	allOverTCP := float64(overTCP) / every.Seconds() // requests per second
	connections := func(t *testing.T) []loadtest.Sender {
		return connect(t, listen(t, server.HTTPServer(site)), overTCP)
	}
	// Whether the sleepers are: nothing is on a machine on which they are not, or are
	// not any more.
	punctual := false
	still := func(t *testing.T) bool {
		return late.of(t, sleepers(clients, oneWay, oneWay), 0, every, length) < onTime
	}
	always := func() bool { return true }
	var answered float64 // requests per second, when nothing but the machine holds them up
	spare := func(needed float64) func() bool {
		return func() bool { return answered > 3*needed }
	}
	for i, tt := range []struct {
		name    string
		clients func(*testing.T) []loadtest.Sender
		every   time.Duration
		keepsUp func() bool
	}{
		{"sleeping only", func(*testing.T) []loadtest.Sender { return sleepers(clients, oneWay, oneWay) }, every, always},
		{"in process, all at a time", func(t *testing.T) []loadtest.Sender {
			answered = capacity(t, "in process, without latency", func(t *testing.T) []loadtest.Sender {
				return calls(newSite(t, clients, 0, 0, nil), clients)
			})
			return calls(site, clients)
		}, every, spare(float64(clients) / every.Seconds())},
		{"over TCP, a tenth at a time", connections, 10 * every, always},
		{"over TCP, all at a time", func(t *testing.T) []loadtest.Sender {
			answered = capacity(t, "over TCP, an empty handler", func(t *testing.T) []loadtest.Sender {
				return connect(t, listen(t, &http.Server{Handler: empty()}), overTCP)
			})
			return connections(t)
		}, every, spare(allOverTCP)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			clients := tt.clients(t)
			first := int64(i+1) << 36 // nonce
			got := math.Inf(1)
			for range attempts {
				if got = min(got, late.of(t, clients, first, tt.every, length)); got <= most || i == 0 {
					break
				}
				first += 1 << 33
			}
			if i == 0 {
				punctual = got < onTime
			}
			if got > most && punctual && tt.keepsUp() && still(t) {
				t.Errorf("it takes %.2f times the latency injected, want 1", got)
			}
		})
	}
}

// of is how many times the latency injected half the requests of a load take.
func (l *lateness) of(t *testing.T, clients []loadtest.Sender, first int64, every, length time.Duration) float64 {
	t.Helper()
	warmUp := loadtest.Load{Length: injected, Every: every}
	if _, err := warmUp.Run(clients, first); err != nil {
		t.Fatal(err)
	}
	runtime.GC() // the next one is then as far away as it is in the long run
	l.reset()
	r, err := loadtest.Load{Length: length, Every: every}.Run(clients, first+1<<32)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d clients, %.0f requests/s, %.0f under way on average", len(clients), r.Rate(), r.InFlight())
	excess := r.Excess(injected)
	t.Logf("late for the client:    %s", quantiles(excess))
	if inside := l.all(); len(inside) > 0 {
		t.Logf("late inside the server: %s", quantiles(inside))
		excess = inside
	}
	return float64(median(excess)+injected) / float64(injected)
}

// capacity is how many requests per second clients get answered as fast as the
// machine can. What shares it with others keeps no promise of latencies.
func capacity(t *testing.T, name string, clients func(*testing.T) []loadtest.Sender) (answered float64) {
	t.Helper()
	load := loadtest.Load{Length: 100 * time.Millisecond}
	if long() {
		load.Length = 4 * time.Second
	}
	t.Run(name, func(t *testing.T) { // which closes them in the end
		all := clients(t)
		answered = rate(t, load, all, 0)
		t.Logf("%.0f requests/s for %d clients, so that at most %.0f can take %v at a time",
			answered, len(all), answered*injected.Seconds(), injected)
	})
	return answered
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
