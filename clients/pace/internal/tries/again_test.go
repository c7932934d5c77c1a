package tries

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ratebench/clients/backoff"
	"ratebench/clients/limiter"
	"ratebench/clients/pace/internal/wire"
)

const s = time.Second

var errReset = errors.New("connection reset")

func request(t *testing.T, method string, body io.Reader) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, "http://host/", body)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

// answered is an answer with a status that asks for a pause, or for none.
func answered(status int, retryAfter time.Duration) Try {
	return Try{Sent: true, Resp: &http.Response{StatusCode: status}, Outcome: limiter.Outcome{Status: status, RetryAfter: retryAfter}}
}

func failed(err error) Try { return Try{Sent: true, Err: err, Outcome: limiter.Outcome{Err: err}} }

// What ended how, and after how long it is sent again, one try after another; at
// the end it is not.
func TestAgain(t *testing.T) {
	double := backoff.Rule{Base: s}
	marked := Try{Sent: true, Outcome: limiter.Outcome{Status: 403, Refused: true}}
	broken := failed(fmt.Errorf("%w", wire.ErrBroken))
	for _, tt := range []struct {
		name  string
		rules Rules
		tries []Try
		want  []time.Duration // -1: not again
	}{
		{"success", Rules{3, double, false}, []Try{answered(200, 0)}, []time.Duration{-1}},
		{"success that asks for a pause", Rules{3, double, false}, []Try{answered(200, s)}, []time.Duration{-1}},
		{"no retries", Rules{0, double, false}, []Try{answered(429, 0)}, []time.Duration{-1}},
		{"one retry", Rules{1, double, false}, []Try{answered(429, 0), answered(429, 0)}, []time.Duration{s, -1}},
		{"three retries", Rules{3, double, false},
			[]Try{answered(429, 0), answered(429, 0), answered(429, 0), answered(429, 0)}, []time.Duration{s, 2 * s, 4 * s, -1}},
		{"each asks for another pause", Rules{9, double, false},
			[]Try{answered(429, 5*s), answered(503, 5*s), answered(403, 3*s), answered(400, 9*s), answered(200, 0)},
			[]time.Duration{5 * s, 5 * s, 4 * s, 9 * s, -1}},
		{"the gate pauses", Rules{9, double, true},
			[]Try{answered(429, 5*s), answered(429, 0), marked, answered(502, 0), answered(200, 0)},
			[]time.Duration{0, 0, 0, 8 * s, -1}}, // 8 s is the fourth delay
		{"failures", Rules{9, double, true},
			[]Try{answered(502, 0), answered(503, 0), answered(504, 0), failed(errReset), answered(500, 0)},
			[]time.Duration{s, 2 * s, 4 * s, 8 * s, -1}},
		{"refusals of other kinds", Rules{9, double, false}, []Try{answered(403, 0)}, []time.Duration{-1}},
		{"a nanosecond is a pause", Rules{9, double, false}, []Try{answered(400, 1), answered(200, 0)}, []time.Duration{s, -1}},
		{"399 that asks for a pause", Rules{9, double, false}, []Try{answered(399, s)}, []time.Duration{-1}},
		{"never sent", Rules{9, double, false}, []Try{{Err: errReset}}, []time.Duration{-1}},
		{"decorrelated by the delay before", Rules{3, backoff.Rule{Base: s, Cap: s, Jitter: backoff.JitterDecorrelated}, false},
			[]Try{answered(429, 0), answered(429, 0), answered(200, 0)}, []time.Duration{s, s, -1}},
		{"broken connections are no retries", Rules{1, double, false},
			[]Try{broken, broken, answered(429, 0), broken, broken, broken, broken},
			[]time.Duration{0, 0, s, 0, 0, 0, -1}}, // five at most
		{"the sixth that breaks is a failure", Rules{1, double, false},
			[]Try{broken, broken, broken, broken, broken, broken, answered(200, 0)},
			[]time.Duration{0, 0, 0, 0, 0, s, -1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tries := Tries{Rules: tt.rules}
			for i, try := range tt.tries {
				tries.Last = try
				after, yes := tries.Again(request(t, "GET", nil))
				if want := tt.want[i]; yes != (want >= 0) || yes && after != want || !yes && after != 0 {
					t.Errorf("after try %d again is %v after %v, want %v", i, yes, after, want)
				}
			}
		})
	}
}

// The delay before counts for one that is decorrelated: with it, three times as
// much is possible.
func TestDelaysGrowFromTheOneBefore(t *testing.T) {
	tries := Tries{Rules: Rules{Times: 1000, Backoff: backoff.Rule{Base: 1, Jitter: backoff.JitterDecorrelated}}, Last: answered(429, 0)}
	longest := time.Duration(0)
	for range 100 {
		after, _ := tries.Again(request(t, "GET", nil))
		longest = max(longest, after)
	}
	if longest <= 3 { // of the base: what a delay that is forgotten comes to
		t.Errorf("the longest of 100 delays is %v", longest)
	}
}

// Jitter makes delays differ.
func TestDelaysHaveJitter(t *testing.T) {
	seen := map[time.Duration]bool{}
	for range 20 {
		tries := Tries{Rules: Rules{Times: 1, Backoff: backoff.Rule{Base: time.Hour, Jitter: backoff.JitterFull}}, Last: answered(429, 0)}
		after, _ := tries.Again(request(t, "GET", nil))
		seen[after] = true
	}
	if len(seen) < 2 {
		t.Errorf("twenty delays are the same: %v", seen)
	}
}

// Which requests may be sent again after a refusal, and which after a failure, of
// which it is unknown whether they have been carried out.
func TestWhatMayBeSentAgain(t *testing.T) {
	text := func() io.Reader { return strings.NewReader("body") }
	once := func() io.Reader { return io.MultiReader(text()) }
	key := func(name string) http.Header { return http.Header{name: {"1"}} }
	for _, tt := range []struct {
		method  string
		body    io.Reader
		header  http.Header
		refused bool
		failed  bool
	}{
		{"", nil, nil, true, true},
		{"GET", nil, nil, true, true},
		{"HEAD", nil, nil, true, true},
		{"OPTIONS", nil, nil, true, true},
		{"TRACE", nil, nil, true, true},
		{"PUT", text(), nil, true, true},
		{"DELETE", http.NoBody, nil, true, true},
		{"POST", nil, nil, true, false},
		{"POST", text(), nil, true, false},
		{"POST", text(), key("Idempotency-Key"), true, true},
		{"POST", text(), key("X-Idempotency-Key"), true, true},
		{"PATCH", text(), key("Other-Key"), true, false},
		{"PUT", once(), nil, false, false},
		{"POST", once(), key("Idempotency-Key"), false, false},
	} {
		req := request(t, tt.method, tt.body)
		req.Method, req.Header = tt.method, tt.header
		for what, c := range map[string]struct {
			last Try
			want bool
		}{"refused": {answered(429, 0), tt.refused}, "failed": {failed(errReset), tt.failed}} {
			tries := Tries{Rules: Rules{Times: 1, Backoff: backoff.Rule{Base: s}}, Last: c.last}
			if _, yes := tries.Again(req); yes != c.want {
				t.Errorf("%q with %T, %v, %s: again is %v, want %v", tt.method, tt.body, tt.header, what, yes, c.want)
			}
		}
	}
	req := request(t, "GET", nil)
	req.Body = http.NoBody
	tries := Tries{Rules: Rules{Times: 1, Backoff: backoff.Rule{Base: s}}, Last: answered(429, 0)}
	if _, yes := tries.Again(req); !yes {
		t.Error("no body is not sent again")
	}
}

// A request whose context has ended is not sent again.
func TestNotAfterTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	tries := Tries{Rules: Rules{Times: 9, Backoff: backoff.Rule{Base: s}}, Last: answered(429, 0)}
	if _, yes := tries.Again(request(t, "GET", nil).WithContext(ctx)); yes {
		t.Error("again after the context")
	}
}

// What the caller gets in the end.
func TestEnd(t *testing.T) {
	full := errors.New("full")
	why := fmt.Errorf("not sent: %w", full)
	broken, wrapped := failed(wire.ErrBroken), failed(fmt.Errorf("round trip: %w", wire.ErrBroken))
	resp := answered(429, 0)
	for _, tt := range []struct {
		name string
		last Try
		why  error
		resp *http.Response
		err  error
		text string
	}{
		{"answer", resp, nil, resp.Resp, nil, ""},
		{"answer, and no retry after it", resp, why, resp.Resp, nil, ""},
		{"error", failed(errReset), nil, nil, errReset, "connection reset"},
		{"error, and no retry after it", failed(errReset), why, nil, errReset, "connection reset"},
		{"not sent at all", Try{}, why, nil, why, "not sent: full"},
		{"broken", broken, nil, nil, wire.ErrBroken, wire.ErrBroken.Error()},
		{"broken, and not repeated", broken, why, nil, wire.ErrBroken, wire.ErrBroken.Error() + ", and it was not repeated: full"},
		{"broken, wrapped, and not repeated", wrapped, why, nil, wire.ErrBroken, wire.ErrBroken.Error() + ", and it was not repeated: full"},
		{"broken, and not repeated, which says why", broken, why, nil, full, wire.ErrBroken.Error() + ", and it was not repeated: full"},
	} {
		tries := Tries{Last: tt.last}
		got, err := tries.End(tt.why)
		if got != tt.resp || !errors.Is(err, tt.err) || err != nil && err.Error() != tt.text {
			t.Errorf("%s: %v, %v; want %v, %v", tt.name, got, err, tt.resp, tt.text)
		}
		if errors.Is(tt.last.Err, wire.ErrBroken) && errors.Is(err, why) {
			t.Errorf("%s: %v is that it was not sent", tt.name, err)
		}
	}
}

// The answer before a retry is closed, if there is one, and then nothing is kept.
func TestDrop(t *testing.T) {
	body := &watchedBody{Reader: strings.NewReader("sorry")}
	tries := Tries{Last: Try{Resp: &http.Response{Body: body}}}
	tries.Drop()
	if body.closed != 1 {
		t.Errorf("closed %d times, want once", body.closed)
	}
	none := Tries{Last: failed(errReset)}
	none.Keep()
	none.Drop()
	if resp, err := none.End(nil); resp != nil || err != errReset {
		t.Errorf("%v, %v; want nothing, %v", resp, err, errReset)
	}
}

// A short answer is off its connection before anybody reads it; of a long one no
// more is read than that.
func TestShortAnswersFreeTheirConnection(t *testing.T) {
	for _, tt := range []struct{ length, closed, left int }{
		{0, 1, 0}, {64<<10 - 1, 1, 0}, {64 << 10, 0, 0}, {64<<10 + 5, 0, 5},
	} {
		text := strings.NewReader(strings.Repeat("x", tt.length))
		body := &watchedBody{Reader: text}
		tries := Tries{Last: Try{Resp: &http.Response{Body: body}}}
		tries.Keep()
		if body.closed != tt.closed || text.Len() != tt.left {
			t.Errorf("%d bytes: closed %d times with %d left, want %d, %d", tt.length, body.closed, text.Len(), tt.closed, tt.left)
		}
	}
}

func TestRepeat(t *testing.T) {
	for _, body := range []io.ReadCloser{nil, http.NoBody} {
		req := request(t, "GET", nil)
		req.Body = body
		if again, err := Repeat(req); again != req || err != nil {
			t.Errorf("without a body: %v, %v; want the same", again, err)
		}
	}
	req := request(t, "PUT", strings.NewReader("body"))
	sent := req.Body
	if _, err := io.ReadAll(sent); err != nil {
		t.Fatal(err)
	}
	again, err := Repeat(req)
	if err != nil {
		t.Fatal(err)
	}
	if again == req || req.Body != sent || again.Method != "PUT" {
		t.Error("the request itself has changed")
	}
	if text, err := io.ReadAll(again.Body); string(text) != "body" || err != nil {
		t.Errorf("the body is %q, %v", text, err)
	}
	lost := errors.New("lost")
	req.GetBody = func() (io.ReadCloser, error) { return nil, lost }
	if again, err := Repeat(req); again != nil || err != lost {
		t.Errorf("a body that is lost: %v, %v", again, err)
	}
	req.GetBody = nil
	if again, err := Repeat(req); again != nil || err != wire.ErrBroken {
		t.Errorf("a body that cannot be had again: %v, %v; want %v", again, err, wire.ErrBroken)
	}
}

func TestSleep(t *testing.T) {
	for _, tt := range []struct {
		name             string
		d, end, deadline time.Duration // of the context; 0: none
		want             bool
		took             time.Duration
	}{
		{"without an end", 3 * s, 0, 0, true, 3 * s},
		{"cancelled", 3 * s, 2 * s, 0, false, 2 * s},
		{"a deadline later", 3 * s, 0, 4 * s, true, 3 * s},
		{"a deadline before", 3 * s, 0, 2 * s, false, 0}, // does not begin
		{"cancelled before a deadline", 3 * s, s, 4 * s, false, s},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				if tt.deadline > 0 {
					ctx, cancel = context.WithTimeout(t.Context(), tt.deadline)
				}
				defer cancel()
				if tt.end > 0 {
					time.AfterFunc(tt.end, cancel)
				}
				start := time.Now()
				if got, took := Sleep(ctx, tt.d), time.Since(start); got != tt.want || took != tt.took {
					t.Errorf("%v after %v, want %v after %v", got, took, tt.want, tt.took)
				}
			})
		})
	}
}
