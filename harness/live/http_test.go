package live_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ratebench/clients"
	"ratebench/clients/limiter"
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
func newCall(t *testing.T) clients.Call {
	t.Helper()
	l, err := (&limiter.None{}).New(limiter.Quota{Limit: 1, Window: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	nonces := pace.NewNonces(pace.Counter, nil)
	nonces.ContinueAfter(1700000000122)
	gate, err := pace.NewGate(pace.GateConfig{Limiter: l, Nonces: nonces, Delayed: true})
	if err != nil {
		t.Fatal(err)
	}
	permit, err := gate.Wait(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return clients.Call{Key: 1, ID: 7, Timeout: timeout, Gate: gate, Permit: permit}
}

func TestCallSendsWhatTheReferenceSends(t *testing.T) {
	var method, path, contentType, body string
	rt := live.New(context.Background())
	defer rt.Stop()
	c := live.NewCaller(rt, trip(func(r *http.Request) (*http.Response, error) {
		b, _ := io.ReadAll(r.Body)
		method, path, contentType, body = r.Method, r.URL.String(), r.Header.Get("Content-Type"), string(b)
		return answer(200, `{"status": "OK", "req_id": "7"}`)(r)
	}), "http://host:9999/", []string{"first", "second"})
	o, err := c.Call(newCall(t))
	if err != nil || !o.OK() {
		t.Fatalf("%+v, %v", o, err)
	}
	if method != "GET" || path != "http://host:9999/api/request" || contentType != "application/x-www-form-urlencoded" ||
		body != "api_key=second&nonce=1700000000123&req_id=7" {
		t.Errorf("%s %s %s %s", method, path, contentType, body)
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
		{"ok", answer(200, `{"status": "OK", "req_id": "7"}`), 200, false, ""},
		{"bad nonce", answer(400, `{"status": "error", "error_msg": "invalid nonce"}`), 400, false, ""},
		{"limited", answer(429, `{"status": "error", "error_msg": "exceeded rate limit"}`), 429, false, ""},
		{"blocked", answer(429, `{"status": "error", "error_msg": "too many rate limit errors: blocked"}`), 429, true, ""},
		{"not JSON", answer(200, `<html>`), 0, false, "not JSON"},
		{"200 that is none", answer(200, `{"status": "error"}`), 0, false, `status "error"`},
		{"connection refused", func(*http.Request) (*http.Response, error) { return nil, errors.New("connection refused") }, 0, false, "connection refused"},
	} {
		t.Run(c.name, func(t *testing.T) {
			rt := live.New(context.Background())
			defer rt.Stop()
			o, err := live.NewCaller(rt, c.answer, "http://host", []string{"a", "b"}).Call(newCall(t))
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
	c := live.NewCaller(rt, answer(429, `{"status": "error", "error_msg": "exceeded rate limit"}`,
		"X-Received-At", "1700000000123", "Retry-After", "2", "RateLimit-Remaining", "3", "RateLimit-Reset", "1"), "http://host", []string{"a", "b"})
	o, err := c.Call(newCall(t))
	if err != nil {
		t.Fatal(err)
	}
	if !o.Received.Equal(time.UnixMilli(1700000000123)) || o.RetryAfter != 2*time.Second ||
		o.Budget == nil || o.Budget.Remaining != 3 || o.Budget.Reset != time.Second {
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
		o, err := live.NewCaller(rt, trip(hang), "http://host", []string{"a", "b"}).Call(newCall(t))
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
		if _, err := live.NewCaller(rt, trip(hang), "http://host", []string{"a", "b"}).Call(newCall(t)); err != clients.ErrStopped {
			t.Errorf("got %v", err)
		}
	})
}
