package server_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"ratebench/server"
	"ratebench/server/ledger"
)

func newAPI(t *testing.T, change func(*server.Config), clock server.Clock, c server.APIConfig) *server.API {
	t.Helper()
	api, err := server.NewAPI(newServer(t, change), clock, c)
	if err != nil {
		t.Fatal(err)
	}
	return api
}

func TestAPIConfigIsChecked(t *testing.T) {
	_, err := server.NewAPI(newServer(t, nil), stoppedClock{}, server.APIConfig{MaxConcurrent: -1})
	if want := "server API: got MaxConcurrent -1, want 0 or more"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

// query sends a GET with that query.
func query(h http.Handler, params string) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest("GET", server.Path+"?"+params, nil))
	return rec
}

// slow lets each request take a second.
func slow(c *server.Config) {
	c.Latency = func(int, uint64) (in, out time.Duration) { return time.Second, 0 }
}

// As many requests as allowed are handled at a time, whatever they are; one
// more is told to come back, and spends nothing.
func TestMaxConcurrent(t *testing.T) {
	const max = 3
	synctest.Test(t, func(t *testing.T) {
		api := newAPI(t, slow, server.WallClock(t.Context()), server.APIConfig{MaxConcurrent: max})
		var all sync.WaitGroup
		for i, key := range server.DefaultKeys()[:max] {
			all.Go(func() {
				if rec := query(api, "api_key="+key+"&nonce="+strconv.Itoa(i+1)); rec.Code != http.StatusOK {
					t.Errorf("request %d: status %d, want 200", i, rec.Code)
				}
			})
		}
		synctest.Wait()
		if got := api.InFlight(); got != max {
			t.Errorf("%d requests under way, want %d", got, max)
		}
		for _, params := range []string{"api_key=" + validKey + "&nonce=9", "%zz"} {
			rec := query(api, params)
			if rec.Code != http.StatusServiceUnavailable || rec.Header().Get("Retry-After") != "1" || rec.Header().Get("Content-Type") != "application/json" {
				t.Errorf("one too many: status %d, header %v", rec.Code, rec.Header())
			}
			if want := `{"error_msg":"too many requests at a time","status":"error"}` + "\n"; rec.Body.String() != want {
				t.Errorf("one too many: body %s, want %s", rec.Body, want)
			}
		}
		all.Wait()
		if rec := query(api, "api_key="+validKey+"&nonce=9"); rec.Code != http.StatusOK {
			t.Errorf("afterwards: status %d, want 200", rec.Code)
		}
	})
}

func TestDrain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := newAPI(t, slow, server.WallClock(t.Context()), server.APIConfig{})
		var all sync.WaitGroup
		all.Go(func() {
			rec := query(api, "api_key="+validKey+"&nonce=1")
			if rec.Code != http.StatusOK || rec.Header().Get("Connection") != "close" {
				t.Errorf("the request under way: status %d, header %v; want 200 and the end of the connection", rec.Code, rec.Header())
			}
		})
		synctest.Wait()

		impatient, cancel := context.WithTimeout(t.Context(), 100*ms)
		defer cancel()
		if err := api.Drain(impatient); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("after 100ms: error %v, want that the time is up", err)
		}
		begin := time.Now()
		if err := api.Drain(t.Context()); err != nil || time.Since(begin) != 900*ms {
			t.Errorf("drained after %v more, %v; want 900ms", time.Since(begin), err)
		}
		rec := query(api, "api_key="+validKey+"&nonce=2")
		if rec.Code != http.StatusServiceUnavailable || rec.Header().Get("Connection") != "close" || rec.Header().Get("Retry-After") != "" {
			t.Errorf("a new request: status %d, header %v", rec.Code, rec.Header())
		}
		if want := `{"error_msg":"server is stopping","status":"error"}` + "\n"; rec.Body.String() != want {
			t.Errorf("a new request: body %s, want %s", rec.Body, want)
		}
		all.Wait()
	})
}

func TestDrainWithNothingUnderWay(t *testing.T) {
	api := newAPI(t, nil, stoppedClock{}, server.APIConfig{})
	for range 2 {
		if err := api.Drain(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

func TestObserve(t *testing.T) {
	keys := server.DefaultKeys()
	asked := func(key string) ledger.Request { return ledger.Request{Key: key, IP: "192.0.2.1"} }
	tests := []struct {
		name   string
		target string
		want   server.Handled
	}{
		{"accepted", server.Path + "?api_key=" + keys[2] + "&nonce=1&req_id=7",
			server.Handled{Status: 200, Verdict: server.OK, Path: server.Path, Arrived: epoch.Add(30 * ms), Asked: asked(keys[2]), Key: 2, Nonce: "1", ReqID: "7", HasReqID: true, Injected: 50 * ms, Took: 50 * ms}},
		{"a bad nonce", server.Path + "?api_key=" + keys[2] + "&nonce=x",
			server.Handled{Status: 400, Verdict: server.BadNonce, Path: server.Path, Arrived: epoch.Add(30 * ms), Asked: asked(keys[2]), Key: 2, Nonce: "x", Injected: 50 * ms, Took: 50 * ms}},
		{"an unknown key", server.Path + "?api_key=x&nonce=1",
			server.Handled{Status: 401, Verdict: server.Unauthorized, Path: server.Path, Asked: asked("x"), Key: -1, Nonce: "1", Injected: 20 * ms, Took: 20 * ms}},
		{"no parameters", server.Path + "?%zz",
			server.Handled{Status: 401, Verdict: server.Unauthorized, Path: server.Path, Asked: asked(""), Key: -1, Injected: 20 * ms, Took: 20 * ms}},
		{"another path", "/?api_key=" + keys[2], server.Handled{Status: 404, Path: "/", Key: -1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []server.Handled
			api := newAPI(t, func(c *server.Config) { c.Latency = fixed }, newFakeClock(),
				server.APIConfig{Observe: func(h server.Handled) { got = append(got, h) }})
			api.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", tt.target, nil))
			tt.want.Method = http.MethodGet
			if diff := cmp.Diff([]server.Handled{tt.want}, got); diff != "" {
				t.Errorf("observed (-want +got):\n%s", diff)
			}
		})
	}
}

func TestObserveTooManyAtATime(t *testing.T) {
	asleep, gate := make(chan struct{}, 1), make(chan struct{})
	var got []server.Handled
	var mu sync.Mutex
	api := newAPI(t, slow, gatedClock{asleep: asleep, gate: gate}, server.APIConfig{MaxConcurrent: 1, Observe: func(h server.Handled) {
		mu.Lock()
		defer mu.Unlock()
		got = append(got, h)
	}})
	var first sync.WaitGroup
	first.Go(func() { query(api, "api_key="+validKey+"&nonce=1") })
	<-asleep
	query(api, "api_key="+validKey+"&nonce=1")
	close(gate)
	first.Wait()
	if diff := cmp.Diff(server.Handled{Status: 503, Full: true, Method: http.MethodGet, Path: server.Path, Key: -1}, got[0]); diff != "" {
		t.Errorf("observed (-want +got):\n%s", diff)
	}
}

func TestBlockedKeysAreCounted(t *testing.T) {
	srv := newServer(t, func(c *server.Config) { c.Limit.N = 1; c.BlockAfter = 2 })
	for key, want := range []int{1, 2, 2} { // blocked keys once each has been tried
		tries := 3 // accepted, rejected, rejected
		if key == 2 {
			tries = 2
		}
		for range tries {
			if _, err := srv.Open(server.DefaultKeys()[key], "1").Serve(stoppedClock{}); err != nil {
				t.Fatal(err)
			}
		}
		if got := srv.Blocked(); got != want {
			t.Errorf("%d keys blocked, want %d", got, want)
		}
	}
}
