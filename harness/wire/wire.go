// Package wire measures what real time adds to the latencies of a scenario: the way
// to the server and back.
package wire

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"ratebench/clients/limiter"
	"ratebench/harness/scenario"
)

// Times are what a request and its answer take beside the latencies of the
// scenario: the way to the server and back, and what either end is held up by. In
// real time there is always some, and a limiter that is told of the longest
// latency has to be told of it too.
type Times struct {
	Shortest, Longest time.Duration
}

const (
	// What is seen in a quarter of a second is not the worst that comes in a run of
	// minutes, with collections of garbage and the clients themselves: so much is
	// allowed for at least.
	leastAllowance = 5 * time.Millisecond

	Probers    = 8                      // connections
	probing    = 250 * time.Millisecond // how long each of them is tried, and once at least
	probePause = 4 * time.Millisecond

	attempts   = 3               // to get a first answer, of a server that may break requests on purpose
	oneAttempt = 2 * time.Second // how long a request is waited for
)

// Latency is what is allowed for beyond the longest latency in.
func (w Times) Latency() time.Duration { return max(leastAllowance, 2*w.Longest) }

// Spread is what is allowed for beyond the spread of the latency in.
func (w Times) Spread() time.Duration { return max(leastAllowance, 2*w.Longest-w.Shortest) }

// Measure asks the server at base for something that it does not have, again
// and again for a quarter of a second, and returns how long that takes. However far
// away the server is, each connection is tried once. It is an error if no answer
// comes, of whatever kind.
func Measure(ctx context.Context, t http.RoundTripper, base string) (Times, error) {
	url := strings.TrimSuffix(base, "/") + "/"
	first, err := firstAnswer(ctx, t, url)
	if ctx.Err() != nil {
		return Times{}, context.Cause(ctx)
	}
	if err != nil {
		return Times{}, fmt.Errorf("no server answers at %s: %w", base, err)
	}
	times := make([][]time.Duration, Probers)
	var all sync.WaitGroup
	end := time.Now().Add(probing)
	for i := range times {
		all.Go(func() {
			_, _ = probe(ctx, t, url) // connects, which is no part of later requests
			for again := true; again && ctx.Err() == nil; again = time.Now().Before(end) {
				if d, err := probe(ctx, t, url); err == nil {
					times[i] = append(times[i], d)
				}
				pause(ctx, probePause)
			}
		})
	}
	all.Wait()
	if ctx.Err() != nil {
		return Times{}, context.Cause(ctx)
	}
	seen := slices.Concat(times...)
	if len(seen) == 0 { // it breaks nearly all requests
		seen = append(seen, first)
	}
	return Times{Shortest: slices.Min(seen), Longest: slices.Max(seen)}, nil
}

func firstAnswer(ctx context.Context, t http.RoundTripper, url string) (took time.Duration, err error) {
	for range attempts {
		if took, err = probe(ctx, t, url); err == nil || ctx.Err() != nil {
			return took, err
		}
	}
	return 0, err
}

func probe(ctx context.Context, t http.RoundTripper, url string) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, oneAttempt)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	sent := time.Now()
	answer, err := t.RoundTrip(r)
	if err != nil {
		return 0, err
	}
	return time.Since(sent), answer.Body.Close()
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// Told is a strategy whose limiter and guards are told of the latencies that there
// are with a wire, where they are told of latencies at all. A headroom is not: it
// is what its strategy tries out.
func (w Times) Told(st *scenario.Strategy) *scenario.Strategy {
	told := *st
	allow := func(latency *time.Duration, by time.Duration) {
		if *latency > 0 { // else it is not known
			*latency += by
		}
	}
	if st.Guard.Order {
		allow(&told.Guard.Latency, w.Latency())
	}
	switch l := st.Limiter.Config.(type) {
	case *limiter.AckClocked:
		c := *l
		allow(&c.Latency, w.Latency())
		told.Limiter.Config = &c
	case *limiter.ServerTime:
		c := *l
		allow(&c.Latency, w.Latency())
		told.Limiter.Config = &c
	case *limiter.Paced:
		c := *l
		c.Spread += w.Spread()
		told.Limiter.Config = &c
	}
	return &told
}
