package loadtest_test

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"ratebench/harness/internal/loadtest"
	"ratebench/server"
)

func empty() http.Handler {
	return http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
}

// Without latencies, everything that serve does costs little beside what
// net/http does: about a tenth of the requests per second.
func TestThroughput(t *testing.T) {
	const (
		expected = 0.7 // of an empty handler's requests per second
		least    = 0.5 // on a machine that does other things, too

		// What other things it does does not fall on serve each time; what serve costs does.
		attempts = 3
	)
	clients, rounds, length := 16, 9, 30*time.Millisecond
	if long() {
		clients, rounds, length = 64, 31, 200*time.Millisecond
	}
	bare := connect(t, listen(t, &http.Server{Handler: empty()}), clients)
	full := connect(t, listen(t, server.HTTPServer(newSite(t, clients, 0, 0, nil))), clients)
	got := 0.0
	for attempt := 0; attempt < attempts && got < least; attempt++ {
		got = max(got, ratio(t, bare, full, loadtest.Load{Length: length}, attempt*rounds, rounds))
	}
	if got < least {
		t.Errorf("serve handles %.2f of the requests of an empty handler, want %.2f or more", got, expected)
	}
}

// ratio is the median of that of requests per second, in some rounds from a first on.
func ratio(t *testing.T, bare, full []loadtest.Sender, load loadtest.Load, first, rounds int) float64 {
	t.Helper()
	var rates, base, ratios []float64
	for round := range rounds {
		a, b := rate(t, load, bare, first+round), rate(t, load, full, first+round)
		base, rates, ratios = append(base, a), append(rates, b), append(ratios, b/a)
	}
	t.Logf("%d connections, %d rounds of %v each: an empty handler answers %.0f requests/s, serve's %.0f, by medians; the ratio is %.2f by medians and %.2f by the median of rounds",
		len(bare), rounds, load.Length, median(base), median(rates), median(rates)/median(base), median(ratios))
	return median(ratios)
}

// rate is how many requests per second there are in one of several rounds.
func rate(t *testing.T, load loadtest.Load, clients []loadtest.Sender, round int) float64 {
	t.Helper()
	r, err := load.Run(clients, int64(round+1)<<32)
	if err != nil {
		t.Fatal(err)
	}
	return r.Rate()
}

// BenchmarkHTTP is what a request costs, client included, with several under
// way at a time.
func BenchmarkHTTP(b *testing.B) {
	const clients = 64
	for _, bm := range []struct {
		name string
		http func(*testing.B) *http.Server
	}{
		{"handler=empty", func(*testing.B) *http.Server { return &http.Server{Handler: empty()} }},
		{"handler=empty-guarded", func(*testing.B) *http.Server { return server.HTTPServer(empty()) }},
		{"handler=serve", func(b *testing.B) *http.Server { return server.HTTPServer(newSite(b, clients, 0, 0, nil)) }},
	} {
		b.Run(bm.name, func(b *testing.B) {
			senders := connect(b, listen(b, bm.http(b)), clients)
			var next atomic.Int64
			b.SetParallelism(16)
			b.ReportAllocs()
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				client := senders[next.Add(1)%clients]
				for nonce := int64(1); pb.Next(); nonce++ {
					if status, err := client.Send(nonce); err != nil || status != http.StatusOK {
						b.Errorf("status %d, %v", status, err)
						return
					}
				}
			})
		})
	}
}
