package pace

import (
	"context"
	"io"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ratebench/clients/limiter"
	"ratebench/clients/limiter/limitertest"
	"ratebench/clients/pace/internal/wire"
)

// trip is an http.RoundTripper made of a function. A request is on the wire at
// once.
type trip func(*http.Request) (*http.Response, error)

func (f trip) RoundTrip(r *http.Request) (*http.Response, error) {
	if trace := httptrace.ContextClientTrace(r.Context()); trace != nil {
		trace.WroteRequest(httptrace.WroteRequestInfo{})
	}
	return f(r)
}

func answer(r *http.Request, status int, header ...string) *http.Response {
	resp := &http.Response{StatusCode: status, Header: http.Header{}, Body: http.NoBody, Request: r}
	for i := 0; i+1 < len(header); i += 2 {
		resp.Header.Set(header[i], header[i+1])
	}
	return resp
}

// evenly lets a request go every gap, whatever the answers.
func evenly(gap time.Duration) limiter.Limiter {
	return limitertest.New(&limiter.FixedInterval{Interval: gap - 1}, limiter.Quota{Limit: 1, Window: 1})
}

// tripLog is a transport in a bubble, on a limiter of one request every 10 ms
// and a Base that takes 3 ms, and what happened on it.
type tripLog struct {
	gateLog
	transport *Transport
	limiter   *audited
}

func onTransport(t *testing.T, f func(l *tripLog), want ...string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		l := &tripLog{gateLog: gateLog{t: t, start: time.Now()}, limiter: audit(evenly(10 * ms))}
		l.transport = &Transport{
			NewLimiter: func(string) (limiter.Limiter, error) { return l.limiter, nil },
			Base:       trip(l.answerSlowly),
		}
		f(l)
		l.wg.Wait()
		if !slices.Equal(l.lines, want) {
			t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(l.lines, "\n\t"), strings.Join(want, "\n\t"))
		}
		departures := 0
		for _, line := range l.lines {
			if strings.HasSuffix(line, "departs") {
				departures++
			}
		}
		l.limiter.check(t, departures)
	})
}

func (l *tripLog) answerSlowly(r *http.Request) (*http.Response, error) {
	l.note("%s departs", r.URL.Path[1:])
	select {
	case <-time.After(3 * ms):
		return answer(r, 200), nil
	case <-r.Context().Done():
		wire.CloseBody(r)
		return nil, context.Cause(r.Context())
	}
}

// request sends a request of this name at the given time. It notes how it
// ended, if not well, and wants the body closed if it did not leave.
func (l *tripLog) request(ctx context.Context, name string, at time.Duration) {
	l.wg.Go(func() {
		time.Sleep(time.Until(l.start.Add(at)))
		body := &closeCounter{}
		req, err := http.NewRequestWithContext(ctx, "POST", "http://host/"+name, body)
		if err != nil {
			l.t.Error(err)
			return
		}
		if _, err = l.transport.RoundTrip(req); err == nil {
			return
		}
		l.note("%s: %v", name, err)
		if body.closed == 0 {
			l.t.Errorf("%s: the body is still open", name)
		}
	})
}

// within returns a context that ends after d.
func (l *tripLog) within(d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(l.t.Context(), d)
	l.t.Cleanup(cancel)
	return ctx
}

type closeCounter struct{ closed int }

func (*closeCounter) Read([]byte) (int, error) { return 0, io.EOF }

func (c *closeCounter) Close() error {
	c.closed++
	return nil
}
