package budgets

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"ratebench/clients"
	"ratebench/clients/budget"
	"ratebench/clients/limiter"
	"ratebench/clients/limiter/bucket"
	"ratebench/harness/dist"
)

// errDown is what calls to a store fail with that is down.
var errDown = errors.New("the store is down")

// A Store is an actor in virtual time: it belongs to one kernel.
type Store struct {
	world  clients.Runtime // with the true time
	config Config
	quota  limiter.Quota
	seed   uint64
	start  time.Time

	calls    int
	draws    uint64
	down     int // outages under way
	instance int
	behind   time.Duration
	counters []limiter.Limiter // of the keys: for grants and GCRA
	ledgers  []budget.Ledger   // of the keys: for slots
	told     map[string]func(budget.Push)
}

// NewStore starts a store for so many keys with the same quota.
func NewStore(rt clients.Runtime, c Config, q limiter.Quota, keys int, seed uint64) (*Store, error) {
	s := &Store{
		world: rt, config: c, quota: q, seed: seed, start: rt.Now(),
		ledgers: make([]budget.Ledger, keys), told: map[string]func(budget.Push){},
	}
	for range keys {
		l, err := s.newCounter()
		if err != nil {
			return nil, err
		}
		s.counters = append(s.counters, l)
	}
	for _, o := range c.Store.Outages {
		rt.Go("store's outage", func() { s.suffer(o) })
	}
	return s, nil
}

// newCounter is what counts grants: any limiter does, at the store.
func (s *Store) newCounter() (limiter.Limiter, error) {
	if s.config.Kind == GCRA {
		return (&bucket.TokenBucket{}).New(s.quota)
	}
	return (&limiter.Window{Headroom: s.config.Spread}).New(s.quota)
}

// Calls is how many calls the store has had.
func (s *Store) Calls() int { return s.calls }

// suffer has the store go down and come back.
func (s *Store) suffer(o Outage) {
	for at := s.start.Add(o.At); ; at = at.Add(o.Every) {
		if s.world.Sleep(at.Sub(s.world.Now())) != nil {
			return
		}
		s.down++
		if s.world.Sleep(o.For) != nil {
			return
		}
		s.comeBack(o)
		if o.Every == 0 {
			return
		}
	}
}

func (s *Store) comeBack(o Outage) {
	s.down--
	if o.Lose || o.Behind > 0 {
		s.instance++
	}
	s.behind += o.Behind
	if !o.Lose {
		return
	}
	clear(s.ledgers)
	for i := range s.counters {
		s.counters[i], _ = s.newCounter() // it could be made before
	}
}

// now is what the store's clock shows.
func (s *Store) now() time.Time {
	elapsed := s.world.Now().Sub(s.start)
	if r := s.config.Store.Rate; r != 0 {
		elapsed = time.Duration(float64(elapsed) * r)
	}
	return s.start.Add(elapsed - s.behind)
}

// travel takes the time of one way to the store, or back.
func (s *Store) travel() error {
	s.draws++
	return s.world.Sleep(s.config.Store.Latency.Quantile(dist.U(s.seed, streamStore, s.draws)))
}

// reach carries a call to the store, which applies it, and back.
func (s *Store) reach(apply func(now time.Time)) error {
	s.calls++
	if err := s.travel(); err != nil {
		return err
	}
	down := s.down > 0
	if !down {
		apply(s.now())
	}
	if err := s.travel(); err != nil {
		return err
	}
	if down {
		return errDown
	}
	return nil
}

// ask asks for a grant of a key. If there is none, wait is in how long there can
// be one.
func (s *Store) ask(key int, cost int64) (wait time.Duration, err error) {
	err = s.reach(func(now time.Time) {
		at := s.counters[key].Next(now, cost)
		if wait = max(0, at.Sub(now)); wait == 0 {
			s.counters[key].Sent(now, cost)
		}
	})
	return wait, err
}

// OfKey is the store of the slots of one key.
func (s *Store) OfKey(key int) budget.Store { return keyStore{s, key} }

type keyStore struct {
	*Store
	key int
}

// Call implements budget.Store.
func (s keyStore) Call(_ context.Context, c budget.Call) (r budget.Reply, err error) {
	var refused error
	err = s.reach(func(now time.Time) {
		var pushes []budget.Push
		r, pushes, refused = s.ledgers[s.key].Call(now, strconv.Itoa(s.instance), c)
		for _, p := range pushes {
			s.push(p)
		}
	})
	return r, errors.Join(err, refused)
}

// push tells a process of its grants, some time later.
func (s keyStore) push(p budget.Push) {
	s.world.Go("push", func() {
		if s.travel() == nil {
			if tell := s.told[s.name(p.Process)]; tell != nil {
				tell(p)
			}
		}
	})
}

// Listen implements budget.Store.
func (s keyStore) Listen(process string, pushed func(budget.Push)) (stop func()) {
	s.told[s.name(process)] = pushed
	return func() {}
}

func (s keyStore) name(process string) string { return fmt.Sprint(s.key, " ", process) }

// Streams of random numbers, apart from those of scenarios.
const (
	streamStore   = 1 << 40
	streamCrashes = 1<<40 + 1
	streamClocks  = 1<<40 + 2
)
