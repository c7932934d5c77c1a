// Package redis keeps budgets in Redis, or in what speaks its language.
//
//	store, err := redis.New(redis.Config{Client: client, Name: "shopify"})
//	b, err := budget.Open(budget.Config{Process: hostname, …}, store)
//
// A budget has four keys with one hash tag, {ratebench:NAME}, so that a cluster has
// them on one node. They hold as many members as there are slots, processes in
// line and processes alive: neither time nor traffic makes them grow. A day after
// the last call they are gone. Each call is a script with Redis' own clock, in
// microseconds; no process's clock goes in. Redis 5 or later is needed, and a user
// who may run scripts, INFO, PUBLISH and SUBSCRIBE.
//
// Keys that are missing are no fresh start: all slots are held for J + W', and so
// they are after a restart or a failover, which the script sees by the run_id of the
// server, whatever the replica had heard. Every call fails where INFO is not
// allowed. Behind a proxy or a service that shows the same run_id for all its
// servers a failover is not seen, and the promise does not cover it. Nor does it cover
// two masters at a time: with sentinels, one that is cut off from them goes on granting
// to whoever reaches it, unless it has min-replicas-to-write 1 and a
// min-replicas-max-lag below their down-after-milliseconds, by which it has stopped
// when another is promoted. A node of a cluster stops by itself, and slots may move
// from node to node.
//
// Redis should not evict keys: with a maxmemory-policy other than noeviction the
// promise still holds, but each eviction costs a pause.
//
// Grants for those in line come by PUBLISH. One that is lost costs a slot for
// J + W', nothing else.
package redis

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"ratebench/clients/budget"
)

//go:embed call.lua
var source string

var script = goredis.NewScript(source)

// A Config says where a budget is kept.
type Config struct {
	// Client is the user's own: of a server, a cluster or sentinels. The Store does
	// not close it. Required.
	Client goredis.UniversalClient
	// Name is that of the budget, mostly the API key's, or what stands for it: 1 to
	// 200 bytes without braces. Required.
	Name string
	// Timeout is how long a call takes at most, with all that the client does to
	// repeat it: up to a minute. It has to be less than Silent of the budget. 0 is 1 s.
	Timeout time.Duration
}

// Validate names the first field whose value is out of range.
func (c Config) Validate() error {
	switch {
	case c.Client == nil:
		return errors.New("store has no Client, want one")
	case c.Name == "" || len(c.Name) > 200 || strings.ContainsAny(c.Name, "{}"):
		return fmt.Errorf("store's Name is %.40q, want 1 to 200 bytes without braces", c.Name)
	case c.Timeout < 0 || c.Timeout > time.Minute:
		return fmt.Errorf("store's Timeout is %v, want up to a minute, or 0 for 1s", c.Timeout)
	}
	return nil
}

// A Store is a budget.Store in Redis. It is safe for concurrent use, by all the
// budgets of its name in this process.
type Store struct {
	client  goredis.UniversalClient
	timeout time.Duration
	keys    []string
	channel string // of a process, with its name behind it
}

var _ budget.Store = (*Store)(nil)

// New returns a store. It does not call Redis yet. The error is that of Validate.
func New(c Config) (*Store, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if c.Timeout == 0 {
		c.Timeout = time.Second
	}
	tag := "{ratebench:" + c.Name + "}:"
	return &Store{
		client: c.Client, timeout: c.Timeout, channel: tag + "granted:",
		keys: []string{tag + "slots", tag + "line", tag + "members", tag + "state"},
	}, nil
}

// Call implements budget.Store. The script is sent again where Redis does not know
// it, as after a restart.
func (s *Store) Call(ctx context.Context, c budget.Call) (budget.Reply, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	type answer struct {
		values []string
		err    error
	}
	answers := make(chan answer, 1)
	go func() { // a client may have timeouts of its own, which are longer
		values, err := script.Run(ctx, s.client, s.keys, arguments(c, s.channel)...).StringSlice()
		answers <- answer{values, err}
	}()
	select {
	case a := <-answers:
		if a.err != nil {
			return budget.Reply{}, callError(a.err)
		}
		return parseReply(a.values)
	case <-ctx.Done():
		return budget.Reply{}, fmt.Errorf("budget's call to Redis: %w", ctx.Err())
	}
}

func callError(err error) error {
	if text, differ := strings.CutPrefix(err.Error(), "TERMS "); differ {
		return fmt.Errorf("%s (microseconds): %w", text, budget.ErrTerms)
	}
	return fmt.Errorf("budget's call to Redis: %w", err)
}

// Listen implements budget.Store. The client connects again by itself.
func (s *Store) Listen(process string, pushed func(budget.Push)) (stop func()) {
	subscription := s.client.Subscribe(context.Background(), s.channel+process)
	go func() {
		for m := range subscription.Channel() {
			if p, err := parsePush(process, m.Payload); err == nil {
				pushed(p)
			}
		}
	}()
	return func() { _ = subscription.Close() } // its connection is not used again
}

// arguments are those of the script.
func arguments(c budget.Call, channel string) []any {
	us := func(d time.Duration) int64 { return d.Microseconds() }
	flag := func(b bool) int {
		if b {
			return 1
		}
		return 0
	}
	beat := budget.Beat{}
	if c.Beat != nil {
		beat = *c.Beat
	}
	t := c.Terms
	args := []any{
		c.Process, c.Seq, c.Epoch, channel,
		t.Slots, us(t.Span), us(t.Hold), us(t.Ahead), us(t.Silent), us(t.Alone),
		c.Take, c.UpTo, flag(c.Bye), flag(c.Beat != nil),
		beat.Base, us(beat.Since), beat.Share,
	}
	for _, r := range c.Returns {
		args = append(args, r.Slot, r.Number, flag(r.Unused))
	}
	return args
}

// parseReply reads what the script returns: epoch, seq, age, wait, share, heard,
// and three numbers for each grant.
func parseReply(values []string) (budget.Reply, error) {
	if len(values) < 6 {
		return budget.Reply{}, fmt.Errorf("script returned %d values, want 6 or more", len(values))
	}
	n, err := numbers(values[1:])
	if err != nil {
		return budget.Reply{}, err
	}
	grants, err := parseGrants(n[5:])
	return budget.Reply{
		Epoch:   values[0],
		Granted: budget.Granted{Seq: n[0], Age: microseconds(n[1]), Grants: grants},
		Wait:    microseconds(n[2]), Share: int(n[3]), Heard: microseconds(n[4]),
	}, err
}

// parsePush reads what the script publishes: epoch, seq, age and the grants.
func parsePush(process, payload string) (budget.Push, error) {
	values := strings.Fields(payload)
	if len(values) < 3 {
		return budget.Push{}, fmt.Errorf("push has %d values, want 3 or more", len(values))
	}
	n, err := numbers(values[1:])
	if err != nil {
		return budget.Push{}, err
	}
	grants, err := parseGrants(n[2:])
	return budget.Push{
		Process: process, Epoch: values[0],
		Granted: budget.Granted{Seq: n[0], Age: microseconds(n[1]), Grants: grants},
	}, err
}

func parseGrants(n []int64) (grants []budget.Grant, err error) {
	if len(n)%3 != 0 {
		return nil, fmt.Errorf("grants have %d values, want three for each", len(n))
	}
	for ; len(n) > 0; n = n[3:] {
		grants = append(grants, budget.Grant{Slot: int(n[0]), Number: n[1], After: microseconds(n[2])})
	}
	return grants, nil
}

func numbers(values []string) ([]int64, error) {
	n := make([]int64, len(values))
	for i, v := range values {
		var err error
		if n[i], err = strconv.ParseInt(v, 10, 64); err != nil {
			return nil, fmt.Errorf("value %d is %.40q, want a number", i+1, v)
		}
	}
	return n, nil
}

func microseconds(us int64) time.Duration { return time.Duration(us) * time.Microsecond }
