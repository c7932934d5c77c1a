package proxy

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"sync"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"ratebench/clients/budget"
	"ratebench/clients/budget/redis"
	"ratebench/clients/limiter"
	"ratebench/harness/internal/secret"
)

// never is longer than a proxy runs: a key whose budget is shared is not
// forgotten, since its side of the budget lives on.
const never = time.Duration(math.MaxInt64)

// budgets are those that the keys of this proxy share with other proxies, one for
// each key, in one Redis.
type budgets struct {
	client   goredis.UniversalClient
	upstream string
	config   budget.Config
	log      *slog.Logger

	mu   sync.Mutex
	open []*budget.Budget

	noting sync.Mutex
	lost   bool // the last call to Redis had no reply
}

// budgets are what the flags ask for. The quota is that of each key. What becomes of
// the Redis is logged.
func (f *flags) budgets(quota limiter.Quota, log *slog.Logger) (*budgets, error) {
	options, err := goredis.ParseURL(f.budget)
	if err != nil {
		return nil, fmt.Errorf("--budget is %q: %w, want redis://HOST:PORT", secret.URL(f.budget), secret.Reason(f.budget, err))
	}
	process := f.process
	if process == "" {
		host, err := os.Hostname()
		if err != nil {
			return nil, fmt.Errorf("--process is missing, and this machine does not know its name: %w", err)
		}
		process = fmt.Sprintf("%.60s %d %.30s", host, os.Getpid(), f.listen)
	}
	b := &budgets{upstream: f.upstream, log: log, config: budget.Config{Process: process, Quota: quota, Latency: f.latency}}
	if err := b.config.Validate(); err != nil {
		return nil, fmt.Errorf("--budget: %w", err)
	}
	b.client = goredis.NewClient(options)
	goredis.SetLogger(silent{}) // each attempt to connect is a line of its own otherwise
	terms := b.config.Terms()
	log.Info("limits are shared through a Redis; one that is empty, or gone, costs a pause", "pause", terms.Silent+terms.Recovery())
	go b.greet()
	return b, nil
}

// greet finds out whether there is a Redis before the first request needs it. A
// proxy that has never reached it has no share to live off: its requests wait.
func (b *budgets) greet() {
	ctx, cancel := context.WithTimeout(context.Background(), greetTime)
	defer cancel()
	b.note(b.client.Ping(ctx).Err())
}

const greetTime = 2 * time.Second

// note logs that Redis has gone, or is back.
func (b *budgets) note(err error) {
	b.noting.Lock()
	was := b.lost
	b.lost = err != nil
	b.noting.Unlock()
	switch {
	case err != nil && !was:
		b.log.Warn("the Redis of --budget does not answer: keys pause, and then keep to their shares if they have any", "error", err)
	case err == nil && was:
		b.log.Info("the Redis of --budget answers again")
	}
}

// noted has what becomes of calls noted.
type noted struct {
	budget.Store
	by *budgets
}

// Call implements budget.Store.
func (n noted) Call(ctx context.Context, c budget.Call) (budget.Reply, error) {
	r, err := n.Store.Call(ctx, c)
	if ctx.Err() == nil { // else nobody waits for it
		n.by.note(err)
	}
	return r, err
}

// silent is a logger that says nothing.
type silent struct{}

// Printf implements the logger of go-redis.
func (silent) Printf(context.Context, string, ...any) {}

// limiter is this proxy's side of the budget of a key.
func (b *budgets) limiter(key string) (limiter.Limiter, error) {
	store, err := redis.New(redis.Config{Client: b.client, Name: b.name(key)})
	if err != nil {
		return nil, err
	}
	mine, err := budget.Open(b.config, noted{store, b})
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.open = append(b.open, mine)
	return mine, nil
}

// name is that of the budget of a key: the same in every proxy, and nobody can
// tell the key from it that cannot guess it.
func (b *budgets) name(key string) string {
	sum := sha256.Sum256([]byte(b.upstream + "\n" + key))
	return "proxy-" + hex.EncodeToString(sum[:16])
}

// close gives back what is left.
func (b *budgets) close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	var err error
	for _, mine := range b.open {
		err = errors.Join(err, mine.Close())
	}
	return errors.Join(err, b.client.Close())
}
