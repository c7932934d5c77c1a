package server_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"ratebench/server"
)

const (
	formType = "application/x-www-form-urlencoded"
	validKey = "UT4NHL1J796WCHULA1750MXYF9F5JYA6"
)

// An httpRequest is sent times times (0 means once); the last answer counts.
type httpRequest struct {
	method, target    string // default GET, server.Path
	contentType, body string
	times             int
}

type httpAnswer struct {
	status int
	body   string
}

// exchange sends r over a real connection to a fresh server, which allows
// one request per second and key and blocks after one rejection.
func exchange(t *testing.T, r httpRequest) (httpAnswer, http.Header) {
	t.Helper()
	srv := newServer(t, func(c *server.Config) { c.Limit.N = 1; c.BlockAfter = 1 })
	web := httptest.NewServer(server.Handler(srv, stoppedClock{}))
	defer web.Close()
	var got httpAnswer
	var header http.Header
	for range max(r.times, 1) {
		req, err := http.NewRequest(r.method, web.URL+r.target, strings.NewReader(r.body))
		if err != nil {
			t.Fatal(err)
		}
		if r.contentType != "" {
			req.Header.Set("Content-Type", r.contentType)
		}
		res, err := web.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		got, header = httpAnswer{res.StatusCode, string(body)}, res.Header
	}
	if ct := header.Get("Content-Type"); ct != "application/json" {
		t.Errorf("content type %q, want application/json", ct)
	}
	return got, header
}

const (
	ok7            = `{"req_id":"7","status":"OK"}` + "\n"
	invalidKey     = `{"error_msg":"invalid api key","status":"error"}` + "\n"
	exceeded       = `{"error_msg":"exceeded rate limit","status":"error"}` + "\n"
	blockedForGood = `{"error_msg":"too many rate limit errors: blocked","status":"error"}` + "\n"
	notFound       = `{"error_msg":"not found","status":"error"}` + "\n"
	wrongMethod    = `{"error_msg":"method not allowed","status":"error"}` + "\n"
)

// Over a real connection; TestReferenceByteForByte has the rest.
func TestHandlerVerdicts(t *testing.T) {
	form := httpRequest{target: server.Path, contentType: formType, body: "api_key=" + validKey + "&nonce=1&req_id=7"}
	repeat := func(r httpRequest, times int) httpRequest { r.times = times; return r }
	tests := []struct {
		name    string
		request httpRequest
		want    httpAnswer
	}{
		{"query", httpRequest{target: server.Path + "?" + form.body}, httpAnswer{200, ok7}},
		{"form in the body of a GET", form, httpAnswer{200, ok7}},
		{"nothing at all", httpRequest{target: server.Path}, httpAnswer{401, invalidKey}},
		{"over the limit", repeat(form, 2), httpAnswer{429, exceeded}},
		{"blocked", repeat(form, 3), httpAnswer{429, blockedForGood}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, _ := exchange(t, tt.request); got != tt.want {
				t.Errorf("got  %v\nwant %v", got, tt.want)
			}
		})
	}
}

func TestHandlerRefusals(t *testing.T) {
	tests := []struct {
		name    string
		request httpRequest
		status  int
		body    string // "": see errMsg
		errMsg  string // what the message begins with
	}{
		{"another path", httpRequest{target: "/"}, 404, notFound, ""},
		{"a longer path", httpRequest{target: server.Path + "/"}, 404, notFound, ""},
		{"another path and method", httpRequest{method: "POST", target: "/x"}, 404, notFound, ""},
		{"POST", httpRequest{method: "POST", target: server.Path, contentType: formType, body: "api_key=" + validKey}, 405, wrongMethod, ""},
		{"64KiB are read", httpRequest{target: server.Path, contentType: formType, body: "x=" + strings.Repeat("x", 64<<10-2)}, 401, invalidKey, ""},
		{"64KiB and a byte are not", httpRequest{target: server.Path, contentType: formType, body: "x=" + strings.Repeat("x", 64<<10-1)}, 413, "", "reading the body: http: request body too large"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, header := exchange(t, tt.request)
			if got.status != tt.status {
				t.Errorf("status %d, want %d", got.status, tt.status)
			}
			if tt.body != "" && got.body != tt.body {
				t.Errorf("body %s, want %s", got.body, tt.body)
			}
			if tt.errMsg != "" && !strings.HasPrefix(got.body, `{"error_msg":"`+tt.errMsg) {
				t.Errorf("body %s, want the message %s", got.body, tt.errMsg)
			}
			if allow := header.Get("Allow"); (allow == "GET, HEAD, OPTIONS") != (tt.status == 405) {
				t.Errorf("Allow: %q with status %d", allow, tt.status)
			}
		})
	}
}

// What cannot be read does not reach the server.
func TestUnreadableRequestsSpendNothing(t *testing.T) {
	srv := newServer(t, func(c *server.Config) {
		c.Latency = func(int, uint64) (in, out time.Duration) {
			t.Error("an unreadable request was opened")
			return 0, 0
		}
	})
	rec := httptest.NewRecorder()
	r := httptest.NewRequest("GET", server.Path+"?api_key="+validKey+"&nonce=1", strings.NewReader(strings.Repeat("x", 64<<10+1)))
	r.Header.Set("Content-Type", formType)
	server.Handler(srv, stoppedClock{}).ServeHTTP(rec, r)
	if rec.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("status %d, want 413", rec.Code)
	}
}

func TestHandlerWhileStopping(t *testing.T) {
	clock := newFakeClock()
	clock.err = errors.New("stopping")
	rec := httptest.NewRecorder()
	r := httptest.NewRequest("GET", server.Path+"?api_key="+validKey+"&nonce=1", nil)
	server.Handler(newServer(t, nil), clock).ServeHTTP(rec, r)
	if rec.Code != http.StatusServiceUnavailable {
		t.Errorf("status %d, want 503", rec.Code)
	}
	if rec.Header().Get("Connection") != "close" || rec.Header().Get("Retry-After") != "" {
		t.Errorf("header %v, want that the connection ends", rec.Header())
	}
	if want := `{"error_msg":"server is stopping","status":"error"}` + "\n"; rec.Body.String() != want {
		t.Errorf("body %s, want %s", rec.Body, want)
	}
}

// A gatedClock stands still; its sleeps last until the gate opens. Asleep has room
// for the first sleep to be told of before anyone listens.
type gatedClock struct {
	stoppedClock
	asleep chan<- struct{}
	gate   <-chan struct{}
}

func (c gatedClock) Sleep(time.Duration) error {
	select {
	case c.asleep <- struct{}{}:
	default: // the first has been told of
	}
	<-c.gate
	return nil
}

// A request whose client hangs up during the latency in is counted.
func TestGoneClientIsCounted(t *testing.T) {
	srv := newServer(t, func(c *server.Config) { c.Limit.N = 1 })
	asleep, gate, served := make(chan struct{}, 1), make(chan struct{}), make(chan struct{})
	h := server.Handler(srv, gatedClock{asleep: asleep, gate: gate})
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(served)
		h.ServeHTTP(w, r)
	}))
	defer web.Close()

	ctx, hangUp := context.WithCancel(t.Context())
	gone := make(chan error)
	go func() {
		req, err := http.NewRequestWithContext(ctx, "GET", web.URL+server.Path+"?api_key="+validKey+"&nonce=1", nil)
		if err != nil {
			gone <- err
			return
		}
		res, err := web.Client().Do(req)
		if err == nil {
			_ = res.Body.Close()
		}
		gone <- err
	}()
	<-asleep
	hangUp()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Fatalf("the client got %v, want that it was cancelled", err)
	}
	close(gate)
	<-served

	reply, err := srv.Open(validKey, "2").Serve(stoppedClock{})
	if err != nil || reply.Verdict != server.RateLimited {
		t.Errorf("the next request: %v, %v; want it to find the slot taken", reply.Verdict, err)
	}
}

func TestHTTPServerIsGuarded(t *testing.T) {
	h := server.Handler(newServer(t, nil), stoppedClock{})
	s := server.HTTPServer(h)
	if s.Handler != h {
		t.Error("it serves something else")
	}
	if s.ReadHeaderTimeout <= 0 || s.ReadTimeout <= 0 || s.WriteTimeout <= 0 || s.IdleTimeout <= 0 || s.MaxHeaderBytes <= 0 {
		t.Errorf("a limit is missing: %+v", s)
	}
}
