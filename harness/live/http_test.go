package live_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"ratebench/clients"
	"ratebench/clients/limiter"
	"ratebench/clients/nonce"
	"ratebench/clients/pace"
	"ratebench/harness/live"
)

// trip answers every request with one function.
type trip func(*http.Request) (*http.Response, error)

func (f trip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func answer(status int, body string, header ...string) trip {
	return func(*http.Request) (*http.Response, error) {
		w := httptest.NewRecorder()
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
		return w.Result(), nil
	}
}

const timeout = time.Second

// newCall is a call that a gate has let go, with the nonce 1700000000123.
// call makes a call and returns what came of it.
func call(t *testing.T, c *live.Caller) (o limiter.Outcome, err error) {
	err = c.Call(newCall(t), &o)
	return o, err
}

func newCall(t *testing.T) *clients.Call {
	t.Helper()
	l, err := (&limiter.None{}).New(limiter.Quota{Limit: 1, Window: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	nonces := nonce.New(nonce.Counter, nil)
	nonces.ContinueAfter(1700000000122)
	gate, err := pace.NewGate(pace.GateConfig{Limiter: l, Nonces: nonces, Delayed: true})
	if err != nil {
		t.Fatal(err)
	}
	permit, err := gate.Wait(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	return &clients.Call{Key: 1, ID: 7, Timeout: timeout, Gate: gate, Permit: permit}
}

// The parameters are in the query, or, on request, in a form as the
// reference's clients send it.
func TestCallSendsQueryOrForm(t *testing.T) {
	const params = "api_key=second&nonce=1700000000123&req_id=7"
	for _, form := range []bool{false, true} {
		rt := live.New(context.Background())
		defer rt.Stop()
		var got []string
		c := live.NewCaller(rt, trip(func(r *http.Request) (*http.Response, error) {
			var b []byte
			if r.Body != nil {
				var err error
				if b, err = io.ReadAll(r.Body); err != nil {
					return nil, err
				}
			}
			got = []string{r.Method, r.URL.String(), r.Header.Get("Content-Type"), string(b)}
			return answer(200, `{"req_id":"7","status":"OK"}`+"\n")(r)
		}), "http://host:9999/", []string{"first", "second"})
		c.Form = form
		o, err := call(t, c)
		if err != nil || !o.OK() {
			t.Fatalf("%+v, %v", o, err)
		}
		want := []string{"GET", "http://host:9999/api/request?" + params, "", ""}
		if form {
			want = []string{"GET", "http://host:9999/api/request", "application/x-www-form-urlencoded", params}
		}
		if !slices.Equal(got, want) {
			t.Errorf("form %v: sent %q, want %q", form, got, want)
		}
	}
}

// A request is sent once, with no body on the wire, even if the connection
// that is kept breaks under it.
func TestQueryIsNotRepeated(t *testing.T) {
	var arrived atomic.Int64
	api := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if arrived.Add(1) > 1 {
			panic(http.ErrAbortHandler) // closes the connection without an answer
		}
		if r.ContentLength != 0 || len(r.TransferEncoding) > 0 {
			t.Errorf("a body of length %d, %v", r.ContentLength, r.TransferEncoding)
		}
		_, _ = io.WriteString(w, `{"req_id":"7","status":"OK"}`)
	}))
	api.Config.ErrorLog = log.New(io.Discard, "", 0)
	api.Start()
	defer api.Close()
	rt := live.New(context.Background())
	defer rt.Stop()
	c := live.NewCaller(rt, &http.Transport{}, api.URL, []string{"a", "b"})
	for i, wantErr := range []bool{false, true} {
		patient := newCall(t)
		patient.Timeout = time.Minute // however busy the machine is
		var o limiter.Outcome
		if err := c.Call(patient, &o); err != nil || (o.Err != nil) != wantErr {
			t.Errorf("call %d: %+v, %v", i, o, err)
		}
	}
	if n := arrived.Load(); n != 2 {
		t.Errorf("2 requests have arrived %d times", n)
	}
}

// What went wrong is told in the server's words, and without what differs
// from one request to the next.
func TestFailures(t *testing.T) {
	rt := live.New(context.Background())
	defer rt.Stop()
	refused := &net.OpError{Op: "dial", Net: "tcp", Addr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 9}, Err: errors.New("connection refused")}
	next := answer(200, `{"req_id":"7","status":"OK"}`)
	c := live.NewCaller(rt, trip(func(r *http.Request) (*http.Response, error) { return next(r) }), "http://host", []string{"a", "b"})
	send := func(times int, f trip) {
		t.Helper()
		next = f
		for range times {
			if _, err := call(t, c); err != nil {
				t.Fatal(err)
			}
		}
	}
	send(1, next)
	if got := c.Failures(); got != nil {
		t.Errorf("%v after a success", got)
	}
	send(3, answer(401, `{"error_msg":"invalid api key","status":"error"}`, "Content-Type", "application/json"))
	send(2, answer(404, "<html>", "Content-Type", "text/html"))
	send(2, func(*http.Request) (*http.Response, error) { return nil, refused })
	send(1, answer(400, `{"error_msg":"\u001b[2J\n`+strings.Repeat("é", 300)+`"}`))
	want := map[string]int{
		"401 invalid api key":      3,
		"404":                      2,
		"dial: connection refused": 2,
		"400 ?[2J?" + strings.Repeat("é", 120-len("400 ?[2J?")) + "…": 1,
	}
	if diff := cmp.Diff(want, c.Failures()); diff != "" {
		t.Errorf("failures (-want +got):\n%s", diff)
	}
	for i := range 100 {
		send(1, answer(429, fmt.Sprintf(`{"error_msg":"%d"}`, i)))
	}
	got := c.Failures()
	if n := got["other reasons"]; len(got) != 33 || n != 100-(32-4) {
		t.Errorf("%d reasons, %d of them others; want 33 and 72", len(got), n)
	}
}

func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		name    string
		answer  trip
		status  int
		blocked bool
		err     string
	}{
		{"ok", answer(200, `{"req_id":"7","status":"OK"}`+"\n"), 200, false, ""},
		{"bad nonce", answer(400, `{"error_msg":"invalid nonce","status":"error"}`+"\n"), 400, false, ""},
		{"limited", answer(429, `{"error_msg":"exceeded rate limit","status":"error"}`+"\n"), 429, false, ""},
		{"blocked", answer(429, `{"error_msg":"too many rate limit errors: blocked","status":"error"}`+"\n"), 429, true, ""},
		{"a refusal that is not JSON", answer(502, `<html>`, "Content-Type", "text/html"), 502, false, ""},
		{"a refusal that does not say what it is", answer(403, ``), 403, false, ""},
		{"a refusal that is cut short", answer(429, `{"error_ms`, "Content-Type", "application/json"), 0, false, "not JSON"},
		{"a 200 that is not JSON", answer(200, `<html>`), 0, false, "not JSON"},
		{"200 that is none", answer(200, `{"status": "error"}`), 0, false, `status "error"`},
		{"connection refused", func(*http.Request) (*http.Response, error) { return nil, errors.New("connection refused") }, 0, false, "connection refused"},
	} {
		t.Run(c.name, func(t *testing.T) {
			rt := live.New(context.Background())
			defer rt.Stop()
			o, err := call(t, live.NewCaller(rt, c.answer, "http://host", []string{"a", "b"}))
			if err != nil {
				t.Fatal(err)
			}
			if o.Status != c.status || o.Blocked != c.blocked || (o.Err == nil) != (c.err == "") {
				t.Errorf("got %+v", o)
			}
			if o.Err != nil && !strings.Contains(o.Err.Error(), c.err) {
				t.Errorf("error %v lacks %q", o.Err, c.err)
			}
		})
	}
}

func TestStatements(t *testing.T) {
	rt := live.New(context.Background())
	defer rt.Stop()
	c := live.NewCaller(rt, answer(429, `{"error_msg":"exceeded rate limit","status":"error"}`+"\n",
		"X-Received-At", "1700000000123", "Retry-After", "2", "RateLimit-Remaining", "3", "RateLimit-Reset", "1"), "http://host", []string{"a", "b"})
	o, err := call(t, c)
	if err != nil {
		t.Fatal(err)
	}
	if !o.Received.Equal(time.UnixMilli(1700000000123)) || o.RetryAfter != 2*time.Second ||
		len(o.Budgets) != 1 || o.Budgets[0] != (limiter.Budget{Remaining: 3, Reset: time.Second}) {
		t.Errorf("got %+v", o)
	}
}

// hang answers when the request's context ends, as net/http does.
func hang(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func TestTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := live.New(context.Background())
		defer rt.Stop()
		o, err := call(t, live.NewCaller(rt, trip(hang), "http://host", []string{"a", "b"}))
		if err != nil || o.Err != clients.ErrTimeout {
			t.Errorf("got %+v, %v", o, err)
		}
		if got := time.Since(rt.Start()); got != timeout {
			t.Errorf("took %v", got)
		}
	})
}

func TestCallEndsWithTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := live.New(context.Background())
		time.AfterFunc(100*ms, rt.Stop)
		if _, err := call(t, live.NewCaller(rt, trip(hang), "http://host", []string{"a", "b"})); err != clients.ErrStopped {
			t.Errorf("got %v", err)
		}
	})
}
