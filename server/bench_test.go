package server_test

import (
	"testing"
	"time"

	"ratebench/server"
)

// The nonces of accepted and of refused requests.
var benchNonces = [...]string{"1751364000000", "1751364000000", "abc", "", "18446744073709551616"}

func TestArriveDoesNotAllocate(t *testing.T) {
	key, err := server.NewKey(server.Limit{N: 20, Window: time.Second}, time.Millisecond, 0)
	if err != nil {
		t.Fatal(err)
	}
	now, i := epoch, 0
	allocs := testing.AllocsPerRun(1000, func() {
		key.Arrive(now, benchNonces[i%len(benchNonces)])
		now = now.Add(30 * time.Millisecond) // more often than allowed
		i++
	})
	if allocs != 0 {
		t.Errorf("%v allocations per arrival", allocs)
	}
}

func TestServeDoesNotAllocate(t *testing.T) {
	srv := newServer(t, func(c *server.Config) { c.Latency = fixed; c.BlockAfter = 0 })
	clock := &driftingClock{now: epoch}
	for _, name := range []string{server.DefaultKeys()[2], "stranger"} {
		i := 0
		allocs := testing.AllocsPerRun(1000, func() {
			serveOne(t, srv, clock, name, benchNonces[i%len(benchNonces)])
			i++
		})
		if allocs != 0 {
			t.Errorf("%v allocations per request", allocs)
		}
	}
}

func BenchmarkArrive(b *testing.B) {
	key, err := server.NewKey(server.Limit{N: 20, Window: time.Second}, time.Millisecond, 0)
	if err != nil {
		b.Fatal(err)
	}
	now := epoch
	b.ReportAllocs()
	for b.Loop() {
		key.Arrive(now, benchNonces[0])
		now = now.Add(50 * time.Millisecond)
	}
}

func BenchmarkOpenServe(b *testing.B) {
	srv := newServer(b, func(c *server.Config) { c.Latency = fixed; c.BlockAfter = 0 })
	clock := &driftingClock{now: epoch}
	name := server.DefaultKeys()[2]
	b.ReportAllocs()
	for b.Loop() {
		serveOne(b, srv, clock, name, benchNonces[0])
	}
}

func serveOne(t testing.TB, srv *server.Server, clock server.Clock, key, nonce string) {
	ex := srv.Open(key, nonce)
	if ex.Latency() <= 0 {
		t.Fatal("no latency was drawn")
	}
	if _, err := ex.Serve(clock); err != nil {
		t.Fatal(err)
	}
}

// A driftingClock passes exactly the time that is slept. It has one user.
type driftingClock struct{ now time.Time }

func (c *driftingClock) Now() time.Time { return c.now }

func (c *driftingClock) Sleep(d time.Duration) error {
	c.now = c.now.Add(d)
	return nil
}
