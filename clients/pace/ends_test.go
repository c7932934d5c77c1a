package pace

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"ratebench/clients/limiter"
)

// audited keeps the outcomes that its limiter was told, by ticket.
type audited struct {
	limiter.Limiter
	sent  int
	ended map[limiter.Ticket][]limiter.Outcome
}

func audit(l limiter.Limiter) *audited {
	return &audited{Limiter: l, ended: map[limiter.Ticket][]limiter.Outcome{}}
}

func (a *audited) Sent(now time.Time, cost int64) limiter.Ticket {
	a.sent++
	return a.Limiter.Sent(now, cost)
}

func (a *audited) Done(now time.Time, t limiter.Ticket, o limiter.Outcome) {
	a.ended[t] = append(a.ended[t], o)
	a.Limiter.Done(now, t, o)
}

// check wants so many departures, each of which has ended once.
func (a *audited) check(t *testing.T, departures int) {
	t.Helper()
	if a.sent != departures || len(a.ended) != departures {
		t.Errorf("%d departures and %d ends, want %d", a.sent, len(a.ended), departures)
	}
	for ticket, outcomes := range a.ended {
		if len(outcomes) != 1 {
			t.Errorf("departure %d ended %d times", ticket, len(outcomes))
		}
	}
}

// However a departure ends, its limiter is told once.
func TestTransportReportsEachEnd(t *testing.T) {
	broken, late := errors.New("broken"), errors.New("late")
	for _, c := range []struct {
		name   string
		change func(*Transport)
		err    error
		want   limiter.Outcome
	}{
		{"ok", func(*Transport) {}, nil, limiter.Outcome{Status: 200}},
		{"refused", func(tr *Transport) {
			tr.Base = trip(func(r *http.Request) (*http.Response, error) { return answer(r, 429, "Retry-After", "2"), nil })
		}, nil, limiter.Outcome{Status: 429, RetryAfter: 2 * time.Second}},
		{"classified", func(tr *Transport) {
			tr.Classify = func(r *http.Response, o limiter.Outcome) limiter.Outcome {
				o.Status, o.Blocked = 429, r.StatusCode == 200
				return o
			}
		}, nil, limiter.Outcome{Status: 429, Blocked: true}},
		{"no answer", func(tr *Transport) {
			tr.Base = trip(func(*http.Request) (*http.Response, error) { return nil, broken })
		}, broken, limiter.Outcome{Err: broken}},
		{"cancelled on its way", func(tr *Transport) { tr.Base = trip(hang) }, late, limiter.Outcome{Err: late}},
		{"not prepared", func(tr *Transport) {
			tr.Prepare = func(*http.Request, Permit) (*http.Request, error) { return nil, broken }
		}, broken, limiter.Outcome{Err: broken}},
		{"panic", func(tr *Transport) {
			tr.Base = trip(func(*http.Request) (*http.Response, error) { panic(broken) })
		}, broken, limiter.Outcome{Err: errNotSent}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				l := audit(evenly(10 * ms))
				l.Sent(start.Add(-6*ms), 1)
				tr := &Transport{
					NewLimiter: func(string) (limiter.Limiter, error) { return l, nil },
					Base:       trip(func(r *http.Request) (*http.Response, error) { return answer(r, 200), nil }),
				}
				c.change(tr)
				ctx, cancel := context.WithTimeoutCause(t.Context(), 50*ms, late)
				defer cancel()
				req, err := http.NewRequestWithContext(ctx, "GET", "http://host/x", nil)
				if err != nil {
					t.Fatal(err)
				}
				if err := recovered(func() error {
					_, err := tr.RoundTrip(req)
					return err
				}); err != c.err {
					t.Errorf("error %v, want %v", err, c.err)
				}
				c.want.Sent, c.want.Created = start.Add(4*ms), start
				got := l.ended[1]
				if len(got) != 1 {
					t.Fatalf("told of %d ends", len(got))
				}
				if o := got[0]; !o.Sent.Equal(c.want.Sent) || !o.Created.Equal(c.want.Created) {
					t.Errorf("sent %v, created %v", o.Sent.Sub(start), o.Created.Sub(start))
				}
				got[0].Sent, got[0].Created = c.want.Sent, c.want.Created
				if !reflect.DeepEqual(got[0], c.want) {
					t.Errorf("told of %+v, want %+v", got[0], c.want)
				}
			})
		})
	}
}

// hang answers when the request's context ends, as net/http does.
func hang(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, context.Cause(r.Context())
}

// recovered turns a panic with an error into that error.
func recovered(f func() error) (err error) {
	defer func() {
		if e, ok := recover().(error); ok {
			err = e
		}
	}()
	return f()
}

// A Prepare that returns nothing is an error, and the body is closed.
func TestPrepareReturnsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := audit(evenly(ms))
		tr := &Transport{
			NewLimiter: func(string) (limiter.Limiter, error) { return l, nil },
			Prepare:    func(*http.Request, Permit) (*http.Request, error) { return nil, nil },
		}
		body := &closeCounter{}
		req, err := http.NewRequest("POST", "http://host/", body)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tr.RoundTrip(req); err != errNotPrepared || body.closed != 1 {
			t.Errorf("error %v, body closed %d times", err, body.closed)
		}
		l.check(t, 1)
	})
}
