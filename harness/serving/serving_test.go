package serving_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ratebench/harness/serving"
	"ratebench/server"
)

// newSite serves the reference's rules with 30ms of latency in and 20ms out.
func newSite(t *testing.T, log *slog.Logger, change func(*server.Config)) *serving.Site {
	t.Helper()
	c := server.ReferenceConfig()
	c.Latency = func(int, uint64) (in, out time.Duration) { return 30 * time.Millisecond, 20 * time.Millisecond }
	if change != nil {
		change(&c)
	}
	srv, err := server.New(c)
	if err != nil {
		t.Fatal(err)
	}
	site, err := serving.New(srv, server.WallClock(t.Context()), serving.Config{MaxConcurrent: 2, Log: log, Keys: c.Keys})
	if err != nil {
		t.Fatal(err)
	}
	return site
}

func send(h http.Handler, method, target string) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	r := httptest.NewRequest(method, target, nil)
	r.Host = "localhost"
	h.ServeHTTP(rec, r)
	return rec
}

func request(key int, nonce string) string {
	return server.Path + "?api_key=" + server.DefaultKeys()[key] + "&nonce=" + nonce
}

func TestNewRefuses(t *testing.T) {
	srv, err := server.New(server.ReferenceConfig())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := serving.New(srv, server.WallClock(t.Context()), serving.Config{MaxConcurrent: -1}); err == nil {
		t.Error("MaxConcurrent -1 was accepted")
	}
}

func TestPaths(t *testing.T) {
	site := newSite(t, nil, func(c *server.Config) { c.Latency = nil })
	for _, tt := range []struct {
		method, target string
		status         int
		body           string // what it contains
	}{
		{"GET", "/healthz", 200, "ok\n"},
		{"HEAD", "/healthz", 200, ""},
		{"POST", "/healthz", 405, "method not allowed"},
		{"GET", "/metrics", 200, "ratebench_build_info{"},
		{"HEAD", "/metrics", 200, ""},
		{"DELETE", "/metrics", 405, "method not allowed"},
		{"GET", request(0, "1"), 200, `"status":"OK"`},
		{"GET", "/", 404, `"error_msg":"not found"`},
		{"GET", "/healthz/", 404, `"error_msg":"not found"`},
		{"POST", server.Path, 405, `"error_msg":"method not allowed"`},
	} {
		rec := send(site, tt.method, tt.target)
		if rec.Code != tt.status || !strings.Contains(rec.Body.String(), tt.body) {
			t.Errorf("%s %s: %d %s, want %d with %q", tt.method, tt.target, rec.Code, rec.Body, tt.status, tt.body)
		}
	}
}

// A page whose name has been made to point here reads neither answers nor
// metrics, and spends nothing.
func TestOtherHostsGetNothing(t *testing.T) {
	site := newSite(t, nil, func(c *server.Config) { c.Latency = nil })
	for target, want := range map[string]int{request(0, "1"): 421, "/metrics": 421, "/healthz": 200, "/": 421} {
		rec := httptest.NewRecorder()
		site.ServeHTTP(rec, httptest.NewRequest("GET", "http://evil.example:9999"+target, nil))
		if rec.Code != want {
			t.Errorf("%s: status %d, want %d", target, rec.Code, want)
		}
	}
	if rec := send(site, "GET", request(0, "1")); rec.Code != http.StatusOK {
		t.Errorf("afterwards the same nonce is answered %d, want 200", rec.Code)
	}
}

// While the last request finishes, the site says that it is not healthy, and
// takes no more.
func TestDrain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		site := newSite(t, nil, nil)
		var under sync.WaitGroup
		under.Go(func() {
			if rec := send(site, "GET", request(0, "1")); rec.Code != http.StatusOK {
				t.Errorf("the request under way: status %d, want 200", rec.Code)
			}
		})
		synctest.Wait()
		begin := time.Now()
		drained := make(chan error)
		go func() { drained <- site.Drain(context.Background()) }()
		synctest.Wait()
		for target, want := range map[string]int{"/healthz": 503, "/metrics": 200, request(1, "1"): 503} {
			if rec := send(site, "GET", target); rec.Code != want {
				t.Errorf("%s while draining: status %d, want %d", target, rec.Code, want)
			}
		}
		if err := <-drained; err != nil || time.Since(begin) != 50*time.Millisecond {
			t.Errorf("drained after %v, %v; want 50ms", time.Since(begin), err)
		}
		under.Wait()
	})
}
