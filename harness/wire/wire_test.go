package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"ratebench/clients/limiter"
	"ratebench/harness/scenario"
	"ratebench/harness/scenario/client"
)

const ms = time.Millisecond

// distant answers after 10, 11, … 19 ms in turns.
type distant struct{ asked atomic.Int64 }

func (d *distant) RoundTrip(r *http.Request) (*http.Response, error) {
	n := d.asked.Add(1)
	pause(r.Context(), 10*ms+time.Duration(n%10)*ms)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: 404, Body: io.NopCloser(strings.NewReader(""))}, nil
}

func TestMeasure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, start := &distant{}, time.Now()
		w, err := Measure(t.Context(), server, "http://host")
		if err != nil {
			t.Fatal(err)
		}
		if want := (Times{10 * ms, 19 * ms}); w != want {
			t.Errorf("got %v, want %v", w, want)
		}
		if took := time.Since(start); took > probing+100*ms {
			t.Errorf("it took %v", took)
		}
		if w.Latency() != 38*ms || w.Spread() != 28*ms {
			t.Errorf("allowed for: latency %v, spread %v", w.Latency(), w.Spread())
		}
		if near := (Times{ms, 2 * ms}); near.Latency() != leastAllowance || near.Spread() != leastAllowance {
			t.Errorf("allowed for at least: latency %v, spread %v", near.Latency(), near.Spread())
		}
	})
}

// far answers after 600 ms.
type far struct{}

func (far) RoundTrip(r *http.Request) (*http.Response, error) {
	pause(r.Context(), 600*ms)
	return (&distant{}).RoundTrip(r)
}

// A server that is further away than it is measured for is not one that is near.
func TestServerFarAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, err := Measure(t.Context(), far{}, "http://host")
		if want := (Times{611 * ms, 611 * ms}); err != nil || w != want {
			t.Errorf("got %v, %v, want %v", w, err, want)
		}
	})
}

// once answers one request.
type once struct{ distant }

func (o *once) RoundTrip(r *http.Request) (*http.Response, error) {
	if o.asked.Load() > 0 {
		return nil, io.ErrUnexpectedEOF
	}
	return o.distant.RoundTrip(r)
}

func TestServerThatAnswersOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, err := Measure(t.Context(), &once{}, "http://host")
		if want := (Times{11 * ms, 11 * ms}); err != nil || w != want {
			t.Errorf("got %v, %v, want %v", w, err, want)
		}
	})
}

// silent never answers.
type silent struct{}

func (silent) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func TestServerThatNeverAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		_, err := Measure(t.Context(), silent{}, "http://host")
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "no server answers at http://host") || time.Since(start) != attempts*oneAttempt {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		why := errors.New("interrupted")
		time.AfterFunc(time.Second, func() { cancel(why) })
		if _, err := Measure(ctx, silent{}, "http://host"); err != why {
			t.Errorf("got %v, want %v", err, why)
		}
	})
}

// moody breaks the first requests.
type moody struct {
	distant
	left atomic.Int64
}

func (m *moody) RoundTrip(r *http.Request) (*http.Response, error) {
	if m.left.Add(-1) >= 0 {
		return nil, io.ErrUnexpectedEOF
	}
	return m.distant.RoundTrip(r)
}

func TestServerThatBreaksRequestsAnswersInTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for broken, want := range map[int64]error{attempts - 1: nil, attempts: io.ErrUnexpectedEOF} {
			m := &moody{}
			m.left.Store(broken)
			if _, err := Measure(t.Context(), m, "http://host"); !errors.Is(err, want) {
				t.Errorf("%d broken: %v, want %v", broken, err, want)
			}
		}
	})
}

func TestLimitersAreToldOfTheWire(t *testing.T) {
	w := Times{Shortest: 10 * ms, Longest: 19 * ms}
	st := func(c limiter.Config, g limiter.Guards) *scenario.Strategy {
		return &scenario.Strategy{Name: "a", Limiter: client.Limiter{Config: c}, Guard: g}
	}
	for _, tt := range []struct{ given, told *scenario.Strategy }{
		{
			st(&limiter.AckClocked{Latency: 50 * ms, Shortest: ms}, limiter.Guards{Order: true, Latency: 60 * ms, Penalty: ms}),
			st(&limiter.AckClocked{Latency: 88 * ms, Shortest: ms}, limiter.Guards{Order: true, Latency: 98 * ms, Penalty: ms}),
		},
		{st(&limiter.AckClocked{}, limiter.Guards{Order: true}), st(&limiter.AckClocked{}, limiter.Guards{Order: true})}, // not known stays not known
		{st(&limiter.ServerTime{Latency: 50 * ms}, limiter.Guards{}), st(&limiter.ServerTime{Latency: 88 * ms}, limiter.Guards{})},
		{st(&limiter.Paced{Spread: 50 * ms}, limiter.Guards{}), st(&limiter.Paced{Spread: 78 * ms}, limiter.Guards{})},
		{st(&limiter.Paced{}, limiter.Guards{}), st(&limiter.Paced{Spread: 28 * ms}, limiter.Guards{})}, // 0 is known
		{st(&limiter.Window{Headroom: 50 * ms}, limiter.Guards{}), st(&limiter.Window{Headroom: 50 * ms}, limiter.Guards{})},
	} {
		before := fmt.Sprintf("%+v %+v", tt.given, tt.given.Limiter.Config)
		if diff := cmp.Diff(tt.told, w.Told(tt.given)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if after := fmt.Sprintf("%+v %+v", tt.given, tt.given.Limiter.Config); after != before {
			t.Errorf("the strategy itself has changed: %s, was %s", after, before)
		}
	}
}
