package redis

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	goredis "github.com/redis/go-redis/v9"

	"ratebench/clients/budget"
	"ratebench/clients/budget/redis/redistest"
)

// trace makes calls that a few processes could make, and some that none would.
type trace struct {
	rnd    *rand.Rand
	terms  budget.Terms
	seq    int64
	epochs []string
	held   []budget.Return
	beats  map[string]*budget.Beat // what each would say next
}

func newTrace(seed uint64, scale time.Duration) *trace {
	rnd := rand.New(rand.NewPCG(seed, 2))
	t := &trace{rnd: rnd, seq: 1000, epochs: []string{""}, beats: map[string]*budget.Beat{}}
	spans := func(most int) time.Duration { return time.Duration(1+rnd.IntN(most)) * scale }
	t.terms = budget.Terms{Slots: 1 + rnd.IntN(12), Span: spans(20) + 8*scale, Hold: spans(8), Ahead: spans(4)}
	if rnd.IntN(3) > 0 {
		t.terms.Silent, t.terms.Alone = spans(30), spans(100)
	}
	return t
}

func (t *trace) chance(oneIn int) bool { return t.rnd.IntN(oneIn) == 0 }

func (t *trace) next() budget.Call {
	t.seq++
	c := budget.Call{
		Process: fmt.Sprint("process ", t.rnd.IntN(5)), Seq: t.seq, Terms: t.terms,
		Epoch: t.epochs[len(t.epochs)-1], Bye: t.chance(40),
	}
	if t.chance(50) {
		c.Epoch = t.epochs[t.rnd.IntN(len(t.epochs))]
	}
	if t.chance(200) {
		c.Terms.Slots++
	}
	if t.chance(2) {
		c.Take = 1 + t.rnd.IntN(3)
		c.UpTo = c.Take + t.rnd.IntN(4)
	}
	for len(t.held) > 0 && t.chance(2) {
		i := t.rnd.IntN(len(t.held))
		r := t.held[i]
		if !t.chance(20) { // else it comes twice
			t.held = append(t.held[:i], t.held[i+1:]...)
		}
		r.Unused = t.chance(3)
		if t.chance(30) {
			r.Number += int64(t.rnd.IntN(3))
		}
		c.Returns = append(c.Returns, r)
	}
	if beat := t.beats[c.Process]; t.chance(3) {
		c.Beat = &budget.Beat{}
		if beat != nil {
			*c.Beat = *beat
			c.Beat.Since = time.Duration(t.rnd.Int64N(int64(t.terms.Span)))
			c.Beat.Since = c.Beat.Since.Truncate(time.Microsecond)
		}
		if t.chance(20) {
			c.Seq -= int64(t.rnd.IntN(30)) // held up on its way
		}
	}
	return c
}

// heard is what the processes learn.
func (t *trace) heard(c budget.Call, r budget.Reply, pushes []budget.Push) {
	if r.Epoch != t.epochs[len(t.epochs)-1] {
		t.epochs = append(t.epochs, r.Epoch)
	}
	if c.Beat != nil && !t.chance(10) { // else the reply is lost
		t.beats[c.Process] = &budget.Beat{Base: c.Seq, Share: r.Share}
	}
	add := func(g budget.Granted) {
		for _, s := range g.Grants {
			if !t.chance(20) { // else it is never given back
				t.held = append(t.held, budget.Return{Slot: s.Slot, Number: s.Number})
			}
		}
	}
	add(r.Granted)
	for _, p := range pushes {
		add(p.Granted)
	}
}

// pushes collects what is published, of all processes.
type pushes struct{ messages <-chan *goredis.Message }

func listen(t *testing.T, client *goredis.Client) pushes {
	t.Helper()
	s := client.PSubscribe(t.Context(), "{ratebench:test}:granted:*")
	if _, err := s.Receive(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return pushes{s.Channel(goredis.WithChannelSize(10000))}
}

func (p pushes) next(t *testing.T) budget.Push {
	t.Helper()
	select {
	case m := <-p.messages:
		push, err := parsePush(m.Channel[strings.LastIndex(m.Channel, ":")+1:], m.Payload)
		if err != nil {
			t.Fatal(err)
		}
		return push
	case <-time.After(time.Minute):
		t.Fatal("nothing was published within a minute, want a push")
	}
	panic("not reached")
}

// told is what a store said, without what differs from one to the next.
type told struct {
	reply  budget.Reply
	pushes []budget.Push
	err    bool // ErrTerms
}

func strip(r budget.Reply, pushes []budget.Push, err error) told {
	r.Epoch = ""
	var p []budget.Push
	for _, push := range pushes {
		push.Epoch = ""
		p = append(p, push)
	}
	return told{r, p, errors.Is(err, budget.ErrTerms)}
}

// check calls a store in Redis and compares with what the Go machine said.
func check(t *testing.T, name string, s *Store, p pushes, c budget.Call, want told) {
	t.Helper()
	r, err := s.Call(t.Context(), c)
	if err != nil && !errors.Is(err, budget.ErrTerms) {
		t.Fatalf("%s: %v", name, err)
	}
	var published []budget.Push
	for range want.pushes {
		published = append(published, p.next(t))
	}
	if got := strip(r, published, err); !reflect.DeepEqual(got, want) {
		t.Fatalf("%s, of call %+v:\ngot  %+v\nwant %+v", name, c, got, want)
	}
}

func newStore(t *testing.T, client *goredis.Client) *Store {
	t.Helper()
	s, err := New(Config{Client: client, Name: "test", Timeout: 30 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func dial(t *testing.T, addr string) *goredis.Client {
	client := goredis.NewClient(&goredis.Options{Addr: addr, ReadTimeout: time.Minute, WriteTimeout: time.Minute})
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// steps is how many calls are made of each of six traces: RATEBENCH_LEDGER_STEPS,
// or 200, or under -short 50.
func steps(t *testing.T) int {
	t.Helper()
	text := os.Getenv("RATEBENCH_LEDGER_STEPS")
	if text == "" && testing.Short() {
		return 50
	}
	if text == "" {
		return 200
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// The Go machine and the script in miniredis decide the same, at any time that
// there is.
func TestMiniredisDecidesAsTheLedger(t *testing.T) {
	t.Parallel()
	m := miniredis.RunT(t)
	client := dial(t, m.Addr())
	s, p := newStore(t, client), listen(t, client)
	for seed := range uint64(6) {
		m.FlushAll()
		var l budget.Ledger
		tr := newTrace(seed, time.Millisecond)
		now := time.Unix(1_700_000_000, 0)
		for range steps(t) {
			c := tr.next()
			now = now.Add(time.Duration(tr.rnd.Int64N(int64(6 * time.Millisecond))))
			switch {
			case tr.chance(100):
				now = now.Add(time.Duration(tr.rnd.Int64N(int64(time.Second))))
			case tr.chance(50): // set back
				now = now.Add(-20 * time.Millisecond)
			case tr.chance(50): // far back, for some of the traces
				now = now.Add(-time.Duration(tr.rnd.Int64N(int64(200 * time.Millisecond))))
			}
			m.SetTime(now)
			r, pushes, err := l.Call(now, "", c)
			check(t, "miniredis", s, p, c, strip(r, pushes, err))
			tr.heard(c, r, pushes)
		}
	}
}

// The Go machine, the script in miniredis and the script in a redis-server decide
// the same. The last one has its own clock: the others follow.
func TestRedisServerDecidesAsTheLedger(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	real := dial(t, server.Addr)
	m := miniredis.RunT(t)
	mini := dial(t, m.Addr())
	realStore, miniStore := newStore(t, real), newStore(t, mini)
	realPushes, miniPushes := listen(t, real), listen(t, mini)
	instance := runID(t, real)
	for seed := range uint64(6) {
		real.FlushAll(t.Context())
		m.FlushAll()
		var l budget.Ledger
		tr := newTrace(seed, 300*time.Microsecond) // about what a call takes here
		for range steps(t) {
			c := tr.next()
			r, err := realStore.Call(t.Context(), c)
			if err != nil && !errors.Is(err, budget.ErrTerms) {
				t.Fatal(err)
			}
			now := seen(t, real, realStore)
			want, pushes, wantErr := l.Call(now, instance, c)
			said := strip(want, pushes, wantErr)
			var published []budget.Push
			for range pushes {
				published = append(published, realPushes.next(t))
			}
			if got := strip(r, published, err); !reflect.DeepEqual(got, said) {
				t.Fatalf("redis-server, of call %+v:\ngot  %+v\nwant %+v", c, got, said)
			}
			m.SetTime(now)
			check(t, "miniredis", miniStore, miniPushes, inEpoch(t, c, tr, mini, miniStore), said)
			// Numbers are the same everywhere, epochs are not.
			tr.heard(c, r, pushes)
		}
	}
}

// inEpoch translates the epoch of a call to that of another store.
func inEpoch(t *testing.T, c budget.Call, tr *trace, client *goredis.Client, s *Store) budget.Call {
	t.Helper()
	if c.Epoch != "" && c.Epoch == tr.epochs[len(tr.epochs)-1] {
		c.Epoch = client.HGet(t.Context(), s.keys[3], "epoch").Val()
	}
	return c
}

// runID is what tells a server from the one before.
func runID(t *testing.T, client *goredis.Client) string {
	t.Helper()
	for _, line := range strings.Fields(client.Info(t.Context(), "server").Val()) {
		if id, ok := strings.CutPrefix(line, "run_id:"); ok {
			return id
		}
	}
	t.Fatal("redis-server has no run_id, want one")
	return ""
}

// seen is the time at which the last call was applied, as the ledger in Redis has
// it.
func seen(t *testing.T, client *goredis.Client, s *Store) time.Time {
	t.Helper()
	us, err := strconv.ParseInt(client.HGet(context.Background(), s.keys[3], "seen").Val(), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return time.UnixMicro(us)
}

// Whichever of the keys is gone, nobody is left waiting without a place, calling for
// ever: all starts anew, and who wants a slot gets one in the end.
func TestLostKeys(t *testing.T) {
	m := miniredis.RunT(t)
	client := dial(t, m.Addr())
	terms := budget.Terms{Slots: 1, Span: time.Second, Hold: time.Second, Ahead: 100 * time.Millisecond, Silent: time.Second, Alone: time.Minute}
	for lost := range 4 {
		m.FlushAll()
		s := newStore(t, client)
		now := time.Unix(1_700_000_000, 0)
		c := budget.Call{Process: "a", Terms: terms, Take: 1, UpTo: 1, Beat: &budget.Beat{}}
		call := func() budget.Reply {
			t.Helper()
			c.Seq++
			m.SetTime(now)
			r, err := s.Call(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			c.Epoch, c.Beat = r.Epoch, &budget.Beat{Base: c.Seq, Since: r.Wait, Share: r.Share}
			return r
		}
		before := call().Epoch
		now = now.Add(10 * time.Millisecond)
		m.Del(s.keys[lost])
		r, begun, calls := call(), now, 0
		if r.Epoch == before {
			t.Errorf("without %s: the epoch is still %s, want another", s.keys[lost], r.Epoch)
		}
		for ; len(r.Granted.Grants) == 0; r = call() {
			if calls++; r.Wait <= 0 || calls > 1000 {
				t.Fatalf("without %s: call %d after %v says wait %v, want a while", s.keys[lost], calls, now.Sub(begun), r.Wait)
			}
			now = now.Add(r.Wait)
		}
		// As after the loss of everything: Silent, and then Hold + Span, less Ahead at most.
		if took := now.Sub(begun); took < 2900*time.Millisecond || took > 3200*time.Millisecond {
			t.Errorf("without %s: granted after %v, want about 3s", s.keys[lost], took)
		}
	}
}
