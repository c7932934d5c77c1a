package peers_test

import (
	"context"
	"math"
	"runtime"
	"sync"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"ratebench/clients/limiter"
	"ratebench/clients/pace"
)

// Forty thousand that wait and are cancelled at once, at a gate and, in
// comparison, at a limiter of golang.org/x/time/rate: from the cancellation until
// the last has gone. What one costs should not depend on how many there are.
func BenchmarkCancel(b *testing.B) {
	const waiters = 40_000
	b.Run("gate", func(b *testing.B) {
		paced := &limiter.Paced{}
		l, err := paced.New(limiter.Quota{Limit: 1, Window: time.Hour})
		if err != nil {
			b.Fatal(err)
		}
		gate, err := pace.NewGate(pace.GateConfig{Limiter: l})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := gate.Wait(b.Context()); err != nil {
			b.Fatal(err)
		}
		cancelled(b, waiters, func(ctx context.Context) error { _, err := gate.Wait(ctx); return err },
			func() int { return gate.Stats().Waiting })
	})
	b.Run("peer=x-time-rate", func(b *testing.B) {
		l := rate.NewLimiter(rate.Every(time.Hour), 1)
		if err := l.Wait(b.Context()); err != nil {
			b.Fatal(err)
		}
		cancelled(b, waiters, l.Wait, func() int { return int(math.Round(-l.Tokens())) })
	})
}

// cancelled measures how long it takes n to go who wait, once they are told.
func cancelled(b *testing.B, n int, wait func(context.Context) error, waiting func() int) {
	for b.Loop() {
		b.StopTimer()
		ctx, cancel := context.WithCancel(b.Context())
		var gone sync.WaitGroup
		for range n {
			gone.Go(func() {
				if wait(ctx) == nil {
					b.Error("one has been let go")
				}
			})
		}
		for waiting() < n {
			runtime.Gosched()
		}
		runtime.GC() // of all that has been made for them, which is not what is measured
		b.StartTimer()
		cancel()
		gone.Wait()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/waiter")
}
