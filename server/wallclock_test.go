package server_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"ratebench/server"
)

func TestWallClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stopping := errors.New("stopping")
		ctx, stop := context.WithCancelCause(t.Context())
		clock := server.WallClock(ctx)
		start := time.Now()
		if got := clock.Now(); !got.Equal(start) {
			t.Errorf("the clock shows %v, want %v", got, start)
		}
		for _, d := range []time.Duration{-time.Second, -1, 0, 1, time.Second} {
			begin := clock.Now()
			if err := clock.Sleep(d); err != nil {
				t.Fatal(err)
			}
			if got := clock.Now().Sub(begin); got != max(d, 0) {
				t.Errorf("Sleep(%v) took %v", d, got)
			}
		}
		time.AfterFunc(time.Second, func() { stop(stopping) })
		begin := clock.Now()
		if err := clock.Sleep(time.Hour); err != stopping {
			t.Errorf("error %v, want the cause", err)
		}
		if got := clock.Now().Sub(begin); got != time.Second {
			t.Errorf("a stopped sleep took %v, want 1s", got)
		}
		if err := clock.Sleep(0); err != stopping {
			t.Errorf("after the end: error %v, want the cause", err)
		}
	})
}

func TestHandlerInRealTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		srv := newServer(t, func(c *server.Config) { c.Latency = fixed })
		h := server.Handler(srv, server.WallClock(ctx))
		get := func(nonce string) (status int, took time.Duration) {
			begin := time.Now()
			rec := httptest.NewRecorder()
			h.ServeHTTP(rec, httptest.NewRequest("GET", server.Path+"?api_key="+server.DefaultKeys()[0]+"&nonce="+nonce, nil))
			return rec.Code, time.Since(begin)
		}
		if status, took := get("1"); status != http.StatusOK || took != 50*ms {
			t.Errorf("%d after %v, want 200 after 30ms + 20ms", status, took)
		}
		time.AfterFunc(10*ms, stop)
		if status, took := get("2"); status != http.StatusServiceUnavailable || took != 10*ms {
			t.Errorf("%d after %v, want 503 when the server stops, after 10ms", status, took)
		}
	})
}
