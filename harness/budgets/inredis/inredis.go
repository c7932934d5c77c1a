// Package inredis has the ways of sharing of package budgets in a real Redis, for
// processes of the operating system: slots and leases as clients/budget/redis has
// them, grants in a sorted set, and GCRA by redis_rate itself.
package inredis

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-redis/redis_rate/v10"
	goredis "github.com/redis/go-redis/v9"

	"ratebench/clients/budget"
	"ratebench/clients/budget/redis"
	"ratebench/clients/limiter"
	"ratebench/harness/budgets"
	"ratebench/harness/internal/secret"
)

//go:embed grants.lua
var source string

var grants = goredis.NewScript(source)

// callTime is how long a call may take.
const callTime = time.Second

// A Store is what the processes of a client share limits through, seen from one of
// them.
type Store struct {
	ctx    context.Context // of the run: no call outlives it
	client *goredis.Client
	name   string
	config budgets.Config
	quota  limiter.Quota
	calls  atomic.Int64
}

// Open connects to the Redis at a URL, whose keys have a name in them that other
// runs do not use. Calls end with ctx, and so does the connection.
func Open(ctx context.Context, url, name string, c budgets.Config, q limiter.Quota) (*Store, error) {
	client, err := NewClient(url, callTime)
	if err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, func() { _ = client.Close() }) // nobody is left who would use it
	return &Store{ctx: ctx, client: client, name: name, config: c, quota: q}, nil
}

// NewClient returns a client of the Redis at a URL such as redis://127.0.0.1:6379,
// which gives a call up after some time, and does not repeat it.
func NewClient(url string, giveUp time.Duration) (*goredis.Client, error) {
	if !strings.HasPrefix(url, "redis://") && !strings.HasPrefix(url, "rediss://") {
		return nil, errors.New("not the URL of a Redis, want redis://HOST:PORT")
	}
	o, err := goredis.ParseURL(url)
	if err != nil {
		return nil, fmt.Errorf("%w, want redis://HOST:PORT", secret.Reason(url, err))
	}
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout, o.MaxRetries = giveUp, giveUp, giveUp, -1
	o.ContextTimeoutEnabled = true
	return goredis.NewClient(o), nil
}

// Check returns an error unless a Redis does what processes ask of it: scripts that
// write, and news that is published. It leaves keys with the name in them.
func Check(ctx context.Context, client *goredis.Client, name string) error {
	news := client.Subscribe(ctx, "{ratebench:"+name+"}:check")
	defer news.Close()
	if _, err := news.Receive(ctx); err != nil {
		return err
	}
	if err := client.Publish(ctx, "{ratebench:"+name+"}:check", "").Err(); err != nil {
		return err
	}
	s, err := redis.New(redis.Config{Client: client, Name: name})
	if err != nil {
		return err
	}
	c := budget.Config{Quota: limiter.Quota{Limit: 1, Window: time.Second}, Latency: time.Second}
	_, err = s.Call(ctx, budget.Call{Process: "check", Terms: c.Terms(), Seq: 1, Bye: true})
	return err
}

// Calls is how many calls this process has made.
func (s *Store) Calls() int { return int(s.calls.Load()) }

// Open makes what shares the quota of a key in the process of a number.
func (s *Store) Open(w budgets.World, key, number int) (l limiter.Limiter, abandon func(), err error) {
	name := fmt.Sprintf("%s:%d", s.name, key)
	switch {
	case budgets.HasSlots(s.config.Kind):
		store, err := redis.New(redis.Config{Client: s.client, Name: name, Timeout: s.timeout()})
		if err != nil {
			return nil, nil, err
		}
		b, err := budget.OpenIn(w, s.config.Budget(fmt.Sprint("process ", number), s.quota), counting{s, store})
		if err != nil {
			return nil, nil, err
		}
		return b, b.Abandon, nil
	case s.config.Kind == budgets.GCRA:
		return s.asking(w, s.gcra(name))
	case s.config.Kind == budgets.Grants || s.config.Kind == budgets.GrantsSpread:
		return s.asking(w, s.grants(name, number))
	}
	return nil, nil, fmt.Errorf("a budget of kind %s has no store", s.config.Kind)
}

// timeout is that of a call for slots, which has to be less than Silent.
func (s *Store) timeout() time.Duration {
	if s.config.Silent == 0 {
		return callTime
	}
	return min(callTime, s.config.Silent/2)
}

func (s *Store) asking(w budgets.World, ask asker) (limiter.Limiter, func(), error) {
	a := budgets.NewAsking(w, int64(s.quota.Limit), func(cost int64) (time.Duration, error) {
		s.calls.Add(1)
		ctx, cancel := context.WithTimeout(s.ctx, callTime)
		defer cancel()
		return ask(ctx, cost)
	})
	return a, a.Abandon, nil
}

// An asker asks for a grant of a cost; if there is none, wait is in how long there
// can be one.
type asker func(ctx context.Context, cost int64) (wait time.Duration, err error)

// grants asks a sliding log.
func (s *Store) grants(name string, number int) asker {
	keys, window := []string{"{ratebench:" + name + "}:grants"}, (s.quota.Window + s.config.Spread).Microseconds()
	asked := 0
	return func(ctx context.Context, cost int64) (time.Duration, error) {
		asked++
		wait, err := grants.Run(ctx, s.client, keys, s.quota.Limit, window, cost, fmt.Sprintf("%d:%d", number, asked)).Int64()
		return time.Duration(wait) * time.Microsecond, err
	}
}

// gcra asks redis_rate.
func (s *Store) gcra(name string) asker {
	rate := redis_rate.NewLimiter(s.client)
	limit := redis_rate.Limit{Rate: s.quota.Limit, Burst: s.quota.Limit, Period: s.quota.Window}
	return func(ctx context.Context, cost int64) (time.Duration, error) {
		r, err := rate.AllowN(ctx, "{ratebench:"+name+"}", limit, int(cost))
		if err != nil || r.Allowed > 0 {
			return 0, err
		}
		return max(r.RetryAfter, time.Microsecond), nil
	}
}

// counting counts the calls of a budget's store, none of which outlives the run.
type counting struct {
	of *Store
	budget.Store
}

// Call implements budget.Store.
func (c counting) Call(ctx context.Context, call budget.Call) (budget.Reply, error) {
	c.of.calls.Add(1)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(c.of.ctx, cancel)()
	return c.Store.Call(ctx, call)
}
