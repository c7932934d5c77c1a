package proxy

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"
	"time"

	"ratebench/clients/limiter"
)

// What the proxy adds to the latency of a request that need not wait, over
// sockets of the loopback, one request at a time: the median of ThroughProxy less
// that of Direct.
func BenchmarkLatency(b *testing.B) {
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "{}") }))
	defer api.Close()
	b.Run("Direct", func(b *testing.B) { measure(b, api.URL) })
	b.Run("ThroughProxy", func(b *testing.B) {
		upstream, err := url.Parse(api.URL)
		if err != nil {
			b.Fatal(err)
		}
		p, err := New(Config{
			Upstream: upstream, Key: Place{name: "X-Key"}, Log: slog.New(slog.DiscardHandler),
			NewLimiter: func(string) (limiter.Limiter, error) {
				return (&limiter.SlidingLog{}).New(limiter.Quota{Limit: 1_000_000, Window: time.Second})
			},
		})
		if err != nil {
			b.Fatal(err)
		}
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			b.Fatal(err)
		}
		ctx, stop := context.WithCancel(b.Context())
		ended := make(chan error)
		go func() { ended <- p.Serve(ctx, ln) }()
		measure(b, "http://"+ln.Addr().String())
		stop()
		if err := <-ended; err != nil {
			b.Error(err)
		}
	})
}

func measure(b *testing.B, base string) {
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	var took []time.Duration
	for b.Loop() {
		req, err := http.NewRequest(http.MethodGet, base+"/x", nil)
		if err != nil {
			b.Fatal(err)
		}
		req.Header.Set("X-Key", "mine")
		begun := time.Now()
		resp, err := client.Do(req)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, resp.Body); err != nil {
			b.Fatal(err)
		}
		_ = resp.Body.Close()
		took = append(took, time.Since(begun))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}
