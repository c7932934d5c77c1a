package proxy

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"os"
	"sync"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"ratebench/clients/budget"
	"ratebench/clients/budget/redis"
	"ratebench/clients/limiter"
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

	mu   sync.Mutex
	open []*budget.Budget
}

// budgets are what the flags ask for. The quota is that of each key.
func (f *flags) budgets(quota limiter.Quota) (*budgets, error) {
	options, err := goredis.ParseURL(f.budget)
	if err != nil {
		return nil, fmt.Errorf("--budget: %w, want redis://HOST:PORT", err)
	}
	process := f.process
	if process == "" {
		host, err := os.Hostname()
		if err != nil {
			return nil, fmt.Errorf("--process is missing, and this machine does not know its name: %w", err)
		}
		process = fmt.Sprintf("%.60s %d %.30s", host, os.Getpid(), f.listen)
	}
	b := &budgets{upstream: f.upstream, config: budget.Config{Process: process, Quota: quota, Latency: f.latency}}
	if err := b.config.Validate(); err != nil {
		return nil, fmt.Errorf("--budget: %w", err)
	}
	b.client = goredis.NewClient(options)
	return b, nil
}

// limiter is this proxy's side of the budget of a key.
func (b *budgets) limiter(key string) (limiter.Limiter, error) {
	store, err := redis.New(redis.Config{Client: b.client, Name: b.name(key)})
	if err != nil {
		return nil, err
	}
	mine, err := budget.Open(b.config, store)
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
