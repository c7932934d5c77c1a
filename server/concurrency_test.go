package server_test

import (
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"ratebench/server"
)

// However many requests there are at once, each key grants N in an instant
// that does not pass, rejects up to the block and numbers its requests
// without a gap.
func TestConcurrentRequests(t *testing.T) {
	const workers, each = 16, 50
	type draw struct {
		key int
		n   uint64
	}
	var draws sync.Map
	srv := newServer(t, func(c *server.Config) {
		c.Latency = func(key int, n uint64) (in, out time.Duration) {
			if _, twice := draws.LoadOrStore(draw{key, n}, true); twice {
				t.Errorf("key %d has two requests number %d", key, n)
			}
			return time.Millisecond, time.Millisecond
		}
	})
	keys := append(server.DefaultKeys(), "stranger")
	counts := make([]map[server.Verdict]int, workers*len(keys))
	var all sync.WaitGroup
	for w := range workers {
		for k, key := range keys {
			all.Go(func() {
				count := make(map[server.Verdict]int)
				for i := range each {
					reply, err := srv.Open(key, strconv.Itoa(w*each+i)).Serve(stoppedClock{})
					if err != nil {
						t.Error(err)
					}
					count[reply.Verdict]++
				}
				counts[w*len(keys)+k] = count
			})
		}
	}
	all.Wait()

	for k, key := range keys {
		t.Run(fmt.Sprintf("key %d", k), func(t *testing.T) {
			total := make(map[server.Verdict]int)
			for w := range workers {
				for verdict, n := range counts[w*len(keys)+k] {
					total[verdict] += n
				}
			}
			if key == "stranger" {
				if total[server.Unauthorized] != workers*each {
					t.Errorf("%v, want all unauthorized", total)
				}
				return
			}
			accepted := total[server.OK] + total[server.BadNonce] // nonces overtake each other
			if accepted != 20 || total[server.RateLimited] != 10 || total[server.Blocked] != workers*each-30 {
				t.Errorf("%v, want 20 accepted, 10 rejected and the rest blocked", total)
			}
		})
	}
}

// The limit can change while requests are under way.
func TestConcurrentSetLimit(t *testing.T) {
	srv := newServer(t, func(c *server.Config) { c.BlockAfter = 0 })
	var all sync.WaitGroup
	for n := range 100 {
		all.Go(func() {
			if err := srv.SetLimit(server.Limit{N: n + 1, Window: time.Second}); err != nil {
				t.Error(err)
			}
		})
		all.Go(func() {
			if _, err := srv.Open(server.DefaultKeys()[n%5], "1").Serve(stoppedClock{}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}
