package pace

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
)

// A watchedBody counts how often it is closed, and says when it is read to its
// end.
type watchedBody struct {
	io.Reader
	closed int
}

func (b *watchedBody) Close() error {
	b.closed++
	return nil
}

// A scripted base answers one request after the other as a script says: with a
// status, with a Retry-After behind a slash if there is one, or by breaking.
type scripted struct {
	script []string
	start  time.Time
	sent   []string // when, and with what body
	bodies []*watchedBody
}

var errBroke = errors.New("broke")

func (s *scripted) RoundTrip(r *http.Request) (*http.Response, error) {
	text := ""
	if r.Body != nil {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		_ = r.Body.Close()
		text = " " + string(b)
	}
	s.sent = append(s.sent, fmt.Sprint(time.Since(s.start))+text)
	what := s.script[0]
	s.script = s.script[1:]
	if what == "broken" {
		return nil, errBroke
	}
	status, after, _ := strings.Cut(what, "/")
	var code int
	if _, err := fmt.Sscan(status, &code); err != nil {
		return nil, err
	}
	resp := answer(r, code)
	if after != "" {
		resp.Header.Set("Retry-After", after)
	}
	body := &watchedBody{Reader: strings.NewReader("body of " + what)}
	s.bodies = append(s.bodies, body)
	resp.Body = body
	return resp, nil
}

func TestRetry(t *testing.T) {
	twice := Retry{Times: 2, Backoff: backoff.Rule{Base: 100 * ms}}
	for _, tt := range []struct {
		name     string
		method   string // GET if none
		header   string // that it has
		body     string
		stream   bool // the body cannot be had again
		retry    Retry
		refusals Refusals
		within   time.Duration
		script   string
		sent     string // when, and with what
		want     string // the answer's body, or the error
	}{
		{name: "not asked for", script: "503 200", sent: "0s", want: "body of 503"},
		{name: "success", retry: twice, script: "201", sent: "0s", want: "body of 201"},
		{name: "another failure", retry: twice, script: "404", sent: "0s", want: "body of 404"},
		{name: "500 may happen again", retry: twice, script: "500", sent: "0s", want: "body of 500"},
		{name: "502, 504, then well", retry: twice, script: "502 504 200", sent: "0s,100ms,300ms", want: "body of 200"},
		{name: "no more than that", retry: twice, script: "503 503 503 200", sent: "0s,100ms,300ms", want: "body of 503"},
		{name: "broken", retry: twice, script: "broken 200", sent: "0s,100ms", want: "body of 200"},
		{name: "broken each time", retry: twice, script: "broken broken broken", sent: "0s,100ms,300ms", want: "broke"},
		{name: "a refusal pauses the key", retry: twice, script: "429 429 200", sent: "0s,1s,3s", want: "body of 200"},
		{name: "as long as asked", retry: twice, script: "429/5 503/7 200", sent: "0s,5s,12s", want: "body of 200"},
		{name: "a pause that the gate does not make", retry: twice, refusals: Refusals{Ignore: true}, script: "429/5 503 200", sent: "0s,5s,5.2s", want: "body of 200"},
		{name: "POST that failed", method: "POST", body: "x", retry: twice, script: "503 200", sent: "0s x", want: "body of 503"},
		{name: "POST that broke", method: "POST", body: "x", retry: twice, script: "broken 200", sent: "0s x", want: "broke"},
		{name: "POST that was refused", method: "POST", body: "x", retry: twice, script: "429 503/2 200", sent: "0s x,1s x,3s x", want: "body of 200"},
		{name: "POST that may be sent twice", method: "POST", header: "Idempotency-Key", body: "x", retry: twice, script: "502 broken 200", sent: "0s x,100ms x,300ms x", want: "body of 200"},
		{name: "PUT", method: "PUT", body: "x", retry: twice, script: "broken 200", sent: "0s x,100ms x", want: "body of 200"},
		{name: "a body that cannot be had again", method: "PUT", body: "x", stream: true, retry: twice, script: "429 200", sent: "0s x", want: "body of 429"},
		{name: "a pause that is too long", retry: twice, within: 4 * time.Second, script: "429/5 200", sent: "0s", want: "body of 429/5"},
		{name: "a backoff that is too long", retry: twice, within: 99 * ms, script: "503 200", sent: "0s", want: "body of 503"},
		{name: "a backoff that is too long, without an answer", retry: twice, within: 99 * ms, script: "broken 200", sent: "0s", want: "broke"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				base := &scripted{script: strings.Fields(tt.script), start: time.Now()}
				tr := &Transport{
					NewLimiter: func(string) (limiter.Limiter, error) { return &spaced{}, nil },
					Base:       base, Retry: tt.retry, Refusals: tt.refusals,
				}
				ctx := t.Context()
				if tt.within > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, tt.within)
					defer cancel()
				}
				var body io.Reader
				if tt.body != "" {
					body = strings.NewReader(tt.body)
				}
				if tt.stream {
					body = io.MultiReader(body)
				}
				req, err := http.NewRequestWithContext(ctx, tt.method, "http://host/", body)
				if err != nil {
					t.Fatal(err)
				}
				if tt.header != "" {
					req.Header.Set(tt.header, "1")
				}
				got := ended(t, tr, req)
				if got != tt.want {
					t.Errorf("got %q, want %q", got, tt.want)
				}
				if sent := strings.Join(base.sent, ","); sent != tt.sent {
					t.Errorf("sent at %s, want %s", sent, tt.sent)
				}
				for i, b := range base.bodies {
					if b.closed != 1 {
						t.Errorf("body %d of the answers was closed %d times, want once", i, b.closed)
					}
				}
				if s := tr.Stats(); s.Retried != uint64(len(base.sent)-1) || s.Departed != uint64(len(base.sent)) || s.InFlight != 0 {
					t.Errorf("counted %+v of %d departures", s, len(base.sent))
				}
			})
		})
	}
}

// ended sends a request, and returns the body of the answer, or the error.
func ended(t *testing.T, tr http.RoundTripper, req *http.Request) string {
	t.Helper()
	resp, err := tr.RoundTrip(req)
	if err != nil {
		return err.Error()
	}
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Error(err)
	}
	if err := resp.Body.Close(); err != nil {
		t.Error(err)
	}
	return string(text)
}

// Whoever cancels while it waits to try again has what there was.
func TestRetryIsCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(10*ms, cancel)
		tr := &Transport{
			NewLimiter: func(string) (limiter.Limiter, error) { return &spaced{}, nil },
			Base:       &scripted{script: []string{"503", "200"}, start: time.Now()},
			Retry:      Retry{Times: 1, Backoff: backoff.Rule{Base: time.Hour}},
		}
		if got := ended(t, tr, get(t, ctx, nil)); got != "body of 503" {
			t.Errorf("got %q, want the 503", got)
		}
	})
}

// What cannot be prepared is not tried again.
func TestRetryDoesNotPrepareAgain(t *testing.T) {
	calls, broken := 0, errors.New("no key to sign with")
	tr := &Transport{
		NewLimiter: func(string) (limiter.Limiter, error) { return &spaced{}, nil },
		Prepare: func(*http.Request, Permit) (*http.Request, error) {
			calls++
			return nil, broken
		},
		Retry: Retry{Times: 3},
	}
	if _, err := tr.RoundTrip(get(t, t.Context(), nil)); err != broken || calls != 1 {
		t.Errorf("%v after %d calls", err, calls)
	}
}

func TestRetryIsValidated(t *testing.T) {
	for want, r := range map[string]Retry{
		`key "": Retry.Times is -1, want 0 or more`:             {Times: -1},
		`key "": Retry.Backoff: base is -1ns, want more than 0`: {Times: 1, Backoff: backoff.Rule{Base: -1}},
	} {
		tr := &Transport{NewLimiter: func(string) (limiter.Limiter, error) { return &spaced{}, nil }, Retry: r}
		if _, err := tr.RoundTrip(get(t, t.Context(), nil)); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
