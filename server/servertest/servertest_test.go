package servertest_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ratebench/server"
	"ratebench/server/servertest"
)

const ms = time.Millisecond

// threePerSecond is an API with two keys and a latency of 10 ms each way.
func threePerSecond() server.Config {
	return server.Config{
		Keys:    []string{"a", "b"},
		Limit:   server.Limit{N: 3, Window: time.Second},
		Latency: func(int, uint64) (in, out time.Duration) { return 10 * ms, 10 * ms },
	}
}

// get asks base for something on a key, and returns the status.
func get(t *testing.T, c *http.Client, base, path, key string, nonce int) int {
	t.Helper()
	resp, err := c.Get(fmt.Sprintf("%s%s?api_key=%s&nonce=%d", base, path, url.QueryEscape(key), nonce))
	if err != nil {
		t.Error(err)
		return 0
	}
	if err := resp.Body.Close(); err != nil {
		t.Error(err)
	}
	return resp.StatusCode
}

// The log says what arrived when, whose key it was and what became of it.
func TestLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := servertest.NewInMemory(t, threePerSecond())
		for i, key := range []string{"a", "a", "b", "a", "a", "?", "a"} {
			nonce := i + 1
			if i == 1 {
				nonce = 0 // a bad one, which takes a place all the same
			}
			get(t, api.Client(), api.URL, server.Path, key, nonce)
		}
		get(t, api.Client(), api.URL, "/elsewhere", "a", 1)
		route := "GET " + server.Path
		want := servertest.Log{
			{At: 10 * ms, Key: "a", Route: route, Status: 200, Verdict: server.OK},
			{At: 30 * ms, Key: "a", Route: route, Status: 400, Verdict: server.BadNonce},
			{At: 50 * ms, Key: "b", Route: route, Status: 200, Verdict: server.OK},
			{At: 70 * ms, Key: "a", Route: route, Status: 200, Verdict: server.OK},
			{At: 90 * ms, Key: "a", Route: route, Status: 429, Verdict: server.RateLimited},
			{At: 110 * ms, Route: route, Status: 401, Verdict: server.Unauthorized}, // after its answer's latency alone
			{At: 120 * ms, Key: "a", Route: route, Status: 429, Verdict: server.RateLimited},
			{At: 130 * ms, Route: "GET /elsewhere", Status: 404},
		}
		got := api.Log()
		if !slices.Equal(got, want) {
			t.Errorf("got\n%+v\nwant\n%+v", got, want)
		}
		for name, tt := range map[string]struct {
			log  servertest.Log
			want int
		}{
			"all":              {got, 8},
			"key a":            {got.Key("a"), 5},
			"no key":           {got.Key(""), 2},
			"accepted of a":    {got.Key("a").Accepted(), 2},
			"refused of a":     {got.Key("a").Refused(), 2},
			"refused of b":     {got.Key("b").Refused(), 0},
			"of a route":       {got.Route(route), 7},
			"of no such route": {got.Route("POST " + server.Path), 0},
			"of a status":      {got.Where(func(r servertest.Request) bool { return r.Status == 400 }), 1},
		} {
			if len(tt.log) != tt.want {
				t.Errorf("%s: %d requests, want %d", name, len(tt.log), tt.want)
			}
		}
	})
}

func TestMostIn(t *testing.T) {
	log := func(at ...time.Duration) (l servertest.Log) {
		for _, a := range at {
			l = append(l, servertest.Request{At: a * ms})
		}
		return l
	}
	for _, tt := range []struct {
		log    servertest.Log
		window time.Duration
		want   int
	}{
		{nil, time.Hour, 0},
		{log(5), 0, 1},
		{log(5, 5, 6), 0, 2},             // at one instant
		{log(0, 10, 20, 30), 20 * ms, 3}, // both ends are included
		{log(0, 10, 20, 30), 20*ms - 1, 2},
		{log(0, 10, 50, 51, 52, 90), 10 * ms, 3}, // in the middle
		{log(0, 1, 2, 50, 99, 100, 101), 2 * ms, 3},
		{log(0, 1, 2), time.Hour, 3},
	} {
		if got := tt.log.MostIn(tt.window); got != tt.want {
			t.Errorf("%v: at most %d in %v, want %d", tt.log, got, tt.window, tt.want)
		}
	}
}

// Whatever arrives, no key is let through more often than its limit says, as the
// log shows it.
func TestLimitHoldsInTheLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := servertest.NewInMemory(t, threePerSecond())
		for i := range 200 {
			go get(t, api.Client(), api.URL, server.Path, "a", i+1)
			time.Sleep(time.Duration(i*7919%90) * ms)
		}
		time.Sleep(time.Second)
		log := api.Log()
		if len(log) != 200 || !slices.IsSortedFunc(log, func(a, b servertest.Request) int { return int(a.At - b.At) }) {
			t.Errorf("%d requests, in order or not, want 200 in order", len(log))
		}
		log.Accepted().WantAtMost(t, 3, time.Second)
		if most := log.MostIn(time.Second); most < 15 {
			t.Errorf("%d requests at most in a second prove little", most)
		}
	})
}

// A day's quota is over in no time, and back the next day.
func TestDailyQuotaInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := servertest.NewInMemory(t, server.Config{Keys: []string{"a"}, Limit: server.Limit{N: 1000, Window: 24 * time.Hour}})
		for i := range 1001 {
			get(t, api.Client(), api.URL, server.Path, "a", i+1)
		}
		time.Sleep(24*time.Hour + 1)
		if got := get(t, api.Client(), api.URL, server.Path, "a", 5000); got != http.StatusOK {
			t.Errorf("the next day: %d, want 200", got)
		}
		api.Log().WantAccepted(t, 1001)
		api.Log().WantRefused(t, 1)
	})
}

// A client with the URL of the real API meets this one, on a socket and without.
func TestClientReachesTheAPIWhateverTheURL(t *testing.T) {
	check := func(t *testing.T, api *servertest.API) {
		for i, base := range []string{api.URL, "http://api.example.com", "https://api.example.com:8443"} {
			if got := get(t, api.Client(), base, server.Path, "b", i+1); got != http.StatusOK {
				t.Errorf("%s: %d, want 200", base, got)
			}
		}
		api.Log().Key("b").WantAccepted(t, 3)
	}
	t.Run("socket", func(t *testing.T) { check(t, servertest.New(t, threePerSecond())) })
	t.Run("memory", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) { check(t, servertest.NewInMemory(t, threePerSecond())) })
	})
}

// Any client finds the one on a socket.
func TestSocket(t *testing.T) {
	api := servertest.New(t, threePerSecond())
	c := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	if got := get(t, c, api.URL, server.Path, "a", 1); got != http.StatusOK {
		t.Errorf("%d, want 200", got)
	}
	api.Log().WantAccepted(t, 1)
}

// A request whose client has gone away counts, as soon as it would have been
// answered.
func TestCancelledRequestCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := servertest.NewInMemory(t, threePerSecond())
		ctx, cancel := context.WithTimeout(t.Context(), 5*ms)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, api.URL+server.Path+"?api_key=a&nonce=1", nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := api.Client().Do(req); err == nil {
			t.Error("an answer, want none in time")
		}
		api.Log().WantAccepted(t, 0)
		time.Sleep(15 * ms)
		synctest.Wait()
		api.Log().WantAccepted(t, 1)
	})
}

// An API ends with its test, whatever is under way, and leaves no goroutine in
// the bubble; nor does a client's own transport.
func TestEndsWithItsTest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := threePerSecond()
		c.Latency = func(int, uint64) (in, out time.Duration) { return time.Hour, time.Hour }
		api := servertest.NewInMemory(t, c)
		mine := &http.Client{Transport: &http.Transport{DialContext: api.Dial}}
		for range 3 {
			go func() {
				if resp, err := mine.Get(api.URL + server.Path + "?api_key=a&nonce=1"); err == nil {
					_ = resp.Body.Close()
				}
			}()
		}
		time.Sleep(ms)
	})
}

// A recorder is a test that fails on paper.
type recorder struct {
	testing.TB
	helper bool
	errors []string
}

func (r *recorder) Helper() { r.helper = true }
func (r *recorder) Errorf(format string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}

// fatalled is what a recorder panics with to end a test that cannot go on.
type fatalled string

func (r *recorder) Fatalf(format string, args ...any) {
	panic(fatalled(fmt.Sprintf(format, args...)))
}

func TestWants(t *testing.T) {
	log := servertest.Log{
		{At: 10 * ms, Key: "a", Route: "GET /x", Status: 200, Verdict: server.OK},
		{At: 20 * ms, Key: "b", Route: "GET /x", Status: 429, Verdict: server.RateLimited},
		{At: 1500 * ms, Key: "a", Route: "GET /x", Status: 429, Verdict: server.Blocked},
	}
	for _, tt := range []struct {
		want func(t testing.TB)
		say  string // "" is nothing
	}{
		{func(t testing.TB) { log.WantAccepted(t, 1) }, ""},
		{func(t testing.TB) { log.WantRefused(t, 2) }, ""},
		{func(t testing.TB) { log.WantAtMost(t, 2, time.Second) }, ""},
		{func(t testing.TB) { log.WantRefused(t, 0) },
			`2 of 3 requests were refused, want 0; the first was GET /x with key "b" at 20ms, answered 429 rate limited`},
		{func(t testing.TB) { log.WantAccepted(t, 2) },
			`1 of 3 requests were accepted, want 2; the first was GET /x with key "a" at 10ms, answered 200 ok`},
		{func(t testing.TB) { log.Key("c").WantAccepted(t, 1) }, `none of 0 requests was accepted, want 1`},
		{func(t testing.TB) { log.WantAtMost(t, 1, 10*ms) }, `2 of 3 requests came within 10ms, want at most 1: from 10ms to 20ms`},
	} {
		r := &recorder{TB: t}
		tt.want(r)
		if got := strings.Join(r.errors, "\n"); got != tt.say {
			t.Errorf("says %q\nwant %q", got, tt.say)
		}
		if !r.helper {
			t.Error("does not name the line of its caller")
		}
	}
}

func TestBadConfigFailsTheTest(t *testing.T) {
	for _, start := range []func(testing.TB, server.Config) *servertest.API{servertest.New, servertest.NewInMemory} {
		func() {
			defer func() {
				want := fatalled("servertest: server config: got no Keys, want at least one")
				if got := recover(); got != want {
					t.Errorf("failed with %v, want %v", got, want)
				}
			}()
			start(&recorder{TB: t}, server.Config{})
		}()
	}
}

// The limit can change, and the server lose its memory, in the middle of a test.
func TestServerCanBeChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := servertest.NewInMemory(t, threePerSecond())
		if err := api.Server.SetLimit(server.Limit{N: 1, Window: time.Hour}); err != nil {
			t.Fatal(err)
		}
		for i, want := range []int{200, 429} {
			if got := get(t, api.Client(), api.URL, server.Path, "a", i+1); got != want {
				t.Errorf("request %d: %d, want %d", i, got, want)
			}
		}
		api.Server.Forget()
		if got := get(t, api.Client(), api.URL, server.Path, "a", 1); got != http.StatusOK {
			t.Errorf("afterwards %d, want 200", got)
		}
	})
}
