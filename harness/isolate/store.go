package isolate

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"ratebench/clients/budget/redis/localredis"
	"ratebench/harness/budgets"
	"ratebench/harness/budgets/inredis"
	"ratebench/harness/internal/secret"
)

// storeTime is how long a store may take to answer.
const storeTime = 5 * time.Second

// CheckStore returns an error unless processes can have the stores that they share
// limits through: the Redis at a URL or, with "", some of their own.
func CheckStore(ctx context.Context, storeURL string) error {
	if storeURL == "" {
		if _, err := localredis.Path(); err != nil {
			return fmt.Errorf("processes share limits through a Redis, and %w: install it, or name one with --store redis://HOST:PORT", err)
		}
		return nil
	}
	client, err := inredis.NewClient(storeURL, storeTime)
	if err != nil {
		return err
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	// The client would repeat a connection that is refused, and log it.
	c, err := new(net.Dialer).DialContext(ctx, "tcp", client.Options().Addr)
	if err == nil {
		_ = c.Close()
		err = client.Ping(ctx).Err()
	}
	if err != nil {
		return fmt.Errorf("no Redis answers at --store %s: %w", secret.URL(storeURL), err)
	}
	s := store{name: "check-" + rand.Text(), client: client}
	err = inredis.Check(ctx, client, s.name+":0")
	_ = s.clean() // what stays goes by itself, within a day
	if err != nil {
		return fmt.Errorf("processes cannot share a limit through the Redis at --store %s: %w", secret.URL(storeURL), err)
	}
	return nil
}

// CheckStoreURL returns an error that begins with "is" unless a text is the URL of a
// Redis.
func CheckStoreURL(text string) error {
	client, err := inredis.NewClient(text, storeTime)
	if err != nil {
		return fmt.Errorf("is %q: %w", secret.URL(text), err)
	}
	return client.Close()
}

// A store is the Redis of the processes of one strategy with one seed.
type store struct {
	url    string
	name   string             // what its keys have in their names
	server *localredis.Server // nil: it is somebody else's
	client *goredis.Client

	mu     sync.Mutex
	before time.Duration // of the processor, when the run or the life of the server began
	used   time.Duration // in lives that have ended
	known  bool          // the processor is known
}

// openStore starts a Redis, unless there is one at a URL.
func openStore(storeURL string) (*store, error) {
	s := &store{url: storeURL, name: "run-" + rand.Text()}
	if storeURL == "" {
		server, err := localredis.Start()
		if err != nil {
			return nil, err
		}
		s.server, s.url = server, "redis://"+server.Addr
	}
	var err error
	if s.client, err = inredis.NewClient(s.url, storeTime); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// begin begins the run: its outages count from now, until ctx is done.
func (s *store) begin(ctx context.Context, outages []budgets.Outage) (wait func()) {
	s.before, s.known = s.processor()
	var all sync.WaitGroup
	start := time.Now()
	for _, o := range outages {
		all.Go(func() { s.suffer(ctx, start, o) })
	}
	return all.Wait
}

// suffer has the server go down and come back.
func (s *store) suffer(ctx context.Context, start time.Time, o budgets.Outage) {
	for at := start.Add(o.At); sleep(ctx, time.Until(at)); at = at.Add(o.Every) {
		if o.Lose {
			s.kill()
		} else {
			_ = s.server.Pause() // fails while it is down for another reason
		}
		goesOn := sleep(ctx, o.For)
		if o.Lose && goesOn {
			s.restart()
		} else {
			_ = s.server.Continue()
		}
		if !goesOn || o.Every == 0 {
			return
		}
	}
}

func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (s *store) kill() {
	now, known := s.processor()
	s.mu.Lock()
	s.used += now - s.before
	s.before = 0
	s.known = s.known && known
	s.mu.Unlock()
	s.server.Kill()
}

func (s *store) restart() {
	if err := s.server.Restart(); err != nil {
		s.mu.Lock()
		s.known = false // it stays away, as the processes will see
		s.mu.Unlock()
	}
}

// cost is how long the store has used a processor since begin; nil: not known.
func (s *store) cost() *time.Duration {
	now, known := s.processor()
	s.mu.Lock()
	defer s.mu.Unlock()
	used := s.used
	if s.server == nil || s.server.PID() != 0 {
		used += now - s.before
		s.known = s.known && known
	}
	if !s.known {
		return nil
	}
	return &used
}

// processor is how long the server has used a processor, by its own account.
func (s *store) processor() (time.Duration, bool) {
	ctx, cancel := context.WithTimeout(context.Background(), storeTime)
	defer cancel()
	info, err := s.client.Info(ctx, "cpu").Result()
	if err != nil {
		return 0, false
	}
	var sum time.Duration
	found := 0
	for line := range strings.Lines(info) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		if name != "used_cpu_sys" && name != "used_cpu_user" {
			continue
		}
		seconds, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return 0, false
		}
		sum += time.Duration(seconds * float64(time.Second))
		found++
	}
	return sum, found == 2
}

// close ends the server, or removes what was left at somebody else's.
func (s *store) close() {
	if s.server != nil {
		s.server.Kill()
	} else if s.client != nil {
		_ = s.clean() // what stays goes by itself, within a day
	}
	if s.client != nil {
		_ = s.client.Close()
	}
}

// clean removes the keys of the run.
func (s *store) clean() error {
	ctx, cancel := context.WithTimeout(context.Background(), storeTime)
	defer cancel()
	var errs []error
	keys := s.client.Scan(ctx, 0, "*ratebench:"+s.name+":*", 1000).Iterator()
	for keys.Next(ctx) {
		errs = append(errs, s.client.Del(ctx, keys.Val()).Err())
	}
	return errors.Join(append(errs, keys.Err())...)
}
