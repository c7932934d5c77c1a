package peers

import (
	"context"
	"errors"
	"time"

	"github.com/throttled/throttled/v2"

	"ratebench/clients/limiter"
)

// GCRA is the generic cell rate algorithm of throttled, on a store of one key
// that tells the explicit time. It keeps a theoretical arrival time tat, the
// instant at which all that has left would have left at an even pace,
//
//	tat  = max(tat, departure) + T            at each departure,
//	next = tat − burst · T, with T = Per/N,
//
// T being cut to whole nanoseconds. It is a token bucket of burst + 1 tokens
// that fills at 1/T.
//
// The library has no default burst. Its documentation shows 20 requests per
// minute with a burst of 5, which is the default here; 0 is an even pace.
//
// Source: github.com/throttled/throttled v2.15.0; ITU-T Recommendation I.371,
// annex A, as the virtual scheduling algorithm.
type GCRA struct {
	// Limit is N/Per; not set, the server's own quota.
	Limit limiter.Rate
	// Burst is the number of requests that may leave ahead of the even pace,
	// from 0.
	Burst int
}

// Validate implements limiter.Config.
func (c *GCRA) Validate(q limiter.Quota) error {
	return errors.Join(q.Validate(), c.Limit.ValidateAhead("burst", c.Burst, q))
}

// New implements limiter.Config.
func (c *GCRA) New(q limiter.Quota) (limiter.Limiter, error) {
	if err := c.Validate(q); err != nil {
		return nil, err
	}
	limit := c.Limit.Or(q)
	store := &gcraStore{tat: noTAT}
	l, err := throttled.NewGCRARateLimiterCtx(store, throttled.RateQuota{
		MaxRate:  throttled.PerDuration(limit.N, limit.Per),
		MaxBurst: c.Burst,
	})
	if err != nil {
		return nil, err
	}
	return &gcra{most: int64(c.Burst) + 1, limiter: l, store: store}, nil
}

type gcra struct {
	departures
	most    int64 // the largest cost
	limiter *throttled.GCRARateLimiterCtx
	store   *gcraStore
}

// Next asks for a quantity of 0, which the library answers as for 1 but
// without spending anything; all that it stores is max(tat, now), which says
// the same as tat to every later instant. What it spends for a greater cost is
// put back.
func (g *gcra) Next(now time.Time, cost int64) time.Time {
	var wait time.Duration
	switch {
	case cost > g.most:
		return limiter.Impossible
	case cost == 1:
		wait = g.take(now, 0)
	case cost > 1:
		tat := g.store.tat
		wait = g.take(now, int(cost))
		g.store.tat = tat
	}
	if wait > 0 {
		return now.Add(wait)
	}
	return now
}

func (g *gcra) Sent(now time.Time, cost int64) limiter.Ticket {
	g.take(now, int(cost))
	return g.count(cost)
}

// Done takes what a request turned out to cost beyond what it was charged, as far as
// there is so much: the library owes nothing, and gives nothing back.
func (g *gcra) Done(now time.Time, t limiter.Ticket, o limiter.Outcome) {
	if more := min(g.more(t, o), g.left(now)); more > 0 {
		g.take(now, int(more))
	}
}

// left is the most that would be let through.
func (g *gcra) left(now time.Time) int64 {
	g.store.now = now
	_, result, err := g.limiter.RateLimitCtx(context.Background(), "", 0)
	if err != nil {
		panic(err) // the store never fails
	}
	return int64(result.Remaining)
}

// Keeps says why what is given back is of no use.
func (*GCRA) Keeps() string { return "throttled takes nothing back" }

// take returns how long to wait until a request would be let through; not
// positive, it is.
func (g *gcra) take(now time.Time, quantity int) time.Duration {
	g.store.now = now
	_, result, err := g.limiter.RateLimitCtx(context.Background(), "", quantity)
	if err != nil {
		panic(err) // the store never fails
	}
	return result.RetryAfter
}

// gcraStore is a throttled.GCRAStoreCtx of one key. It needs no expiry: a tat
// that has passed says the same as none.
type gcraStore struct {
	now time.Time
	tat int64 // in Unix nanoseconds
}

const noTAT = -1 // by contract of the library

func (s *gcraStore) GetWithTime(context.Context, string) (int64, time.Time, error) {
	return s.tat, s.now, nil
}

func (s *gcraStore) SetIfNotExistsWithTTL(ctx context.Context, key string, tat int64, ttl time.Duration) (bool, error) {
	return s.CompareAndSwapWithTTL(ctx, key, noTAT, tat, ttl)
}

func (s *gcraStore) CompareAndSwapWithTTL(_ context.Context, _ string, from, to int64, _ time.Duration) (bool, error) {
	if s.tat != from {
		return false, nil
	}
	s.tat = to
	return true, nil
}
