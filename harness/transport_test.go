package harness

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ratebench/clients/limiter"
	"ratebench/clients/pace"
	"ratebench/harness/backend"
	"ratebench/harness/scenario"
	"ratebench/server"
	"ratebench/server/memnet"
)

// pace.Transport against the reference's server: more is asked for than the
// limit allows, all keys in turn, and whoever has no answer in time gives up.

const (
	apiSenders = 8   // goroutines that make requests
	apiRate    = 143 // requests per second, of all senders together
	apiTTL     = time.Second
	apiWait    = apiTTL - 150*time.Millisecond // leaves time for an answer: twice 50 ms, and some for the machine
)

// bubbleTime is how long senders ask on a clock of its own.
func bubbleTime() time.Duration {
	if testing.Short() { // with the race detector
		return 10 * time.Second
	}
	return 30 * time.Second
}

// An apiLoad asks a server for more than it grants.
type apiLoad struct {
	client *http.Client
	base   string
	keys   []string
	ttl    time.Duration // within which a request wants its answer
}

// A tally counts how the requests of an apiLoad ended.
type tally struct {
	mu       sync.Mutex
	end      time.Time   // of the asking
	inTime   int         // answered with 200 by then
	answers  map[int]int // by status, later ones too
	expired  int         // never left
	cutOff   int         // left, and had no answer in time
	failures []error
}

func (c *tally) count(status int, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch _, waiting := errors.AsType[*pace.WaitError](err); {
	case err == nil:
		c.answers[status]++
		if status == http.StatusOK && !time.Now().After(c.end) {
			c.inTime++
		}
	case waiting:
		c.expired++
	case errors.Is(err, context.DeadlineExceeded):
		c.cutOff++
	default:
		c.failures = append(c.failures, err)
	}
}

func (c *tally) String() string {
	return fmt.Sprintf("answers %v, %d expired at the gate, %d without an answer in time, %d failures",
		c.answers, c.expired, c.cutOff, len(c.failures))
}

// run asks for as long as d, and returns when every request has ended. Each is
// made in a goroutine of its own, so that a sender does not wait for answers.
func (l apiLoad) run(d time.Duration) *tally {
	start := time.Now()
	counts := &tally{end: start.Add(d), answers: map[int]int{}}
	requests := int(d.Seconds() * apiRate)
	var wg sync.WaitGroup
	for sender := range apiSenders {
		wg.Go(func() {
			for i := sender; i < requests; i += apiSenders {
				due := time.Duration(i) * time.Second / apiRate
				time.Sleep(time.Until(start.Add(due)))
				wg.Go(func() { counts.count(l.request(i)) })
			}
		})
	}
	wg.Wait()
	return counts
}

func (l apiLoad) request(i int) (status int, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), l.ttl)
	defer cancel()
	url := fmt.Sprintf("%s%s?req_id=%d&api_key=%s", l.base, server.Path, i, l.keys[i%len(l.keys)])
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	resp, err := l.client.Do(req)
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, resp.Body.Close()
}

// pacedTransport puts guarded limiters of one kind before base.
func pacedTransport(base http.RoundTripper, c limiter.Config, g limiter.Guards) *pace.Transport {
	quota := scenario.Reference().Server.Quota()
	return &pace.Transport{
		Base:       base,
		Key:        func(r *http.Request) string { return r.URL.Query().Get("api_key") },
		NewLimiter: func(string) (limiter.Limiter, error) { return limiter.New(c, quota, g) },
		Prepare: func(r *http.Request, p pace.Permit) (*http.Request, error) {
			r.URL.RawQuery += "&nonce=" + strconv.FormatInt(p.Nonce, 10)
			return r, nil
		},
		AnswerTime: apiTTL - apiWait,
	}
}

// An apiPace is a way to pace requests that is never refused.
type apiPace struct {
	name   string
	config limiter.Config
	guards limiter.Guards
	least  float64 // successes/s that it must reach
}

// On the clock of a bubble nothing takes time but the latencies, so that what
// each limiter is proved to do has to show to the letter.
func TestTransportInOrderInABubble(t *testing.T) {
	const j = 50 * time.Millisecond
	for _, p := range []apiPace{
		{"ack-clocked", &limiter.AckClocked{Latency: j}, limiter.Guards{Order: true, Latency: j}, 94.5},
		{"ack-clocked without J", &limiter.AckClocked{}, limiter.Guards{Order: true}, 90},
		{"paced", &limiter.Paced{Spread: j}, limiter.Guards{}, 94.5},
		{"server-time", &limiter.ServerTime{Latency: j}, limiter.Guards{Order: true, Latency: j}, 95.5},
	} {
		t.Run(p.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ln := memnet.Listen()
				stop, keys := serveReference(t, ln)
				transport := pacedTransport(&http.Transport{DialContext: ln.Dial, MaxIdleConnsPerHost: 100}, p.config, p.guards)
				counts := apiLoad{&http.Client{Transport: transport}, "http://server", keys, apiTTL}.run(bubbleTime())
				transport.CloseIdleConnections()
				stop()
				p.check(t, counts, bubbleTime())
			})
		})
	}
}

// Nobody leaves time for the answer, so that most requests are given up on
// their way. The server counts them all the same, wherever they were by then.
func TestTransportGivenUpRequestsCount(t *testing.T) {
	t.Parallel()
	const j = 50 * time.Millisecond
	for _, p := range []apiPace{
		{"ack-clocked", &limiter.AckClocked{Latency: j}, limiter.Guards{Order: true, Latency: j}, 0},
		{"server-time", &limiter.ServerTime{Latency: j}, limiter.Guards{Order: true, Latency: j}, 0},
		{"paced", &limiter.Paced{Spread: j}, limiter.Guards{}, 0},
	} {
		t.Run(p.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ln := memnet.Listen()
				stop, keys := serveReference(t, ln)
				transport := pacedTransport(&http.Transport{DialContext: ln.Dial, MaxIdleConnsPerHost: 100}, p.config, p.guards)
				transport.AnswerTime = 0
				counts := apiLoad{&http.Client{Transport: transport}, "http://server", keys, apiTTL}.run(bubbleTime())
				transport.CloseIdleConnections()
				stop()
				p.check(t, counts, bubbleTime())
				if float64(counts.cutOff) < 33*bubbleTime().Seconds() {
					t.Errorf("%d requests given up prove little", counts.cutOff)
				}
			})
		})
	}
}

// check wants successes and nothing else, but for requests that never left.
func (p apiPace) check(t *testing.T, c *tally, d time.Duration) {
	t.Helper()
	rate := float64(c.inTime) / d.Seconds()
	t.Logf("%.2f successes/s in %v; %v", rate, d, c)
	if c.answers[http.StatusOK] == 0 || len(c.answers) != 1 || len(c.failures) > 0 {
		t.Errorf("not only successes: answers %v, failures %v", c.answers, c.failures)
	}
	if rate < p.least {
		t.Errorf("%.2f successes/s, want at least %.2f", rate, p.least)
	}
}

// serveReference serves what the reference does, but for telling when requests
// arrived.
func serveReference(t *testing.T, ln net.Listener) (stop func(), keys []string) {
	t.Helper()
	sc := scenario.Reference()
	sc.Server.Headers.ReceivedAt = true
	b, err := backend.New(sc, 1)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	h := server.HTTPServer(server.Handler(b.Server, server.WallClock(ctx)))
	var wg sync.WaitGroup
	wg.Go(func() { _ = h.Serve(ln) }) // ends with http.ErrServerClosed, by Close below
	return func() {
		cancel()
		_ = h.Close()
		wg.Wait()
	}, server.Keys(sc.Server.Keys)
}

// apiTimeVar names an environment variable with the time that
// TestTransportInRealTime takes for each pace, such as 20s. By default it has
// 3 s for one, which is never refused however slow this machine is: it counts
// on no longest latency, and waits for every answer.
const apiTimeVar = "RATEBENCH_TRANSPORT_TIME"

// Over the loopback the network and the scheduler add to the latencies. The
// limiters that count on a longest latency get 5 ms more for that.
func TestTransportInRealTime(t *testing.T) {
	t.Parallel()
	const j = 55 * time.Millisecond
	d, ttl, paces := 3*time.Second, time.Minute, []apiPace{
		{"ack-clocked without J", &limiter.AckClocked{}, limiter.Guards{Order: true}, 0},
	}
	if text := os.Getenv(apiTimeVar); text != "" {
		var err error
		if d, err = time.ParseDuration(text); err != nil {
			t.Fatalf("%s: %v", apiTimeVar, err)
		}
		ttl, paces = apiTTL, []apiPace{
			{"ack-clocked without J", &limiter.AckClocked{}, limiter.Guards{Order: true}, 88},
			{"ack-clocked", &limiter.AckClocked{Latency: j}, limiter.Guards{Order: true, Latency: j}, 94},
			{"paced", &limiter.Paced{Spread: j}, limiter.Guards{Order: true, Latency: j}, 90},
			{"server-time", &limiter.ServerTime{Latency: j}, limiter.Guards{Order: true, Latency: j}, 94},
		}
	}
	for _, p := range paces {
		t.Run(p.name, func(t *testing.T) {
			ln, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			stop, keys := serveReference(t, ln)
			defer stop()
			transport := pacedTransport(&http.Transport{MaxIdleConnsPerHost: 100}, p.config, p.guards)
			transport.AnswerTime = ttl - apiWait
			defer transport.CloseIdleConnections()
			p.check(t, apiLoad{&http.Client{Transport: transport}, "http://" + ln.Addr().String(), keys, ttl}.run(d), d)
		})
	}
}
