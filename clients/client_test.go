package clients

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ratebench/clients/backoff"
	"ratebench/clients/limiter"
	"ratebench/clients/nonce"
	"ratebench/clients/pace"
)

// A stepper is a bubble that takes the steps of processes by itself, and notes how
// they were started.
type stepper struct {
	*bubble
	started []string
}

func (s *stepper) Go(name string, f func()) {
	s.started = append(s.started, name+" with a stack")
	s.bubble.Go(name, f)
}

func (s *stepper) Steps(name string, p Process) {
	s.started = append(s.started, name)
	s.wg.Go(func() {
		for w := (Wait{}); p.Step(&w) && w.pass(s.bubble) == nil; {
		}
	})
}

// steppingStory is a story whose calls take a step to set out, and one that is
// answered by the script.
type steppingStory struct {
	*story
	blocks bool // it may be told to
}

func (s steppingStory) Begin(c *Call, o *limiter.Outcome) Process {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.attempts[c.ID]
	s.attempts[c.ID]++
	s.calls = append(s.calls, *c)
	return &steppingCall{story: s.story, id: c.ID, attempt: n, outcome: o}
}

func (s steppingStory) Call(c *Call, o *limiter.Outcome) error {
	if !s.blocks {
		panic("a call that blocks, where it can take steps")
	}
	return s.story.Call(c, o)
}

type steppingCall struct {
	*story
	id      int64
	attempt int
	outcome *limiter.Outcome
	done    bool
}

func (c *steppingCall) Step(w *Wait) (more bool) {
	took, o := c.answer(c.id, c.attempt)
	if c.done {
		*c.outcome = o
		return false
	}
	c.done = true
	*w = Wait{For: took}
	return true
}

// Processes take steps where the runtime does so by itself, but for those whose
// work blocks in the middle of one; what happens to requests is the same.
func TestHowProcessesAreStarted(t *testing.T) {
	life := []string{"0s generated 0", "0s taken 0 key 0", "0s sent 0 key 0", "3ms answered 0 key 0 200 sent 0s"}
	for _, tt := range []struct {
		name       string
		steps      bool // the caller does
		work       Work
		deadLetter bool
		want       string
	}{
		{"caller that blocks", false, Work{}, false, "worker with a stack, worker with a stack, generator"},
		{"caller that takes steps", true, Work{}, false, "worker, worker, generator"},
		{"with dead letters", true, Work{}, true, "worker, worker, dead letter queue, generator"},
		{"work on sending", true, Work{Send: 1}, false, "worker with a stack, worker with a stack, generator"},
		{"work on answers", true, Work{Receive: 1}, true, "worker with a stack, worker with a stack, dead letter queue, generator"},
		{"work on generating", true, Work{Generate: 1}, false, "worker, worker, generator with a stack"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				rt := &stepper{bubble: &bubble{stop: make(chan struct{})}}
				s := newStory(rt.bubble)
				s.answer = answerIn(3*ms, 200)
				s.config.WorkersPerKey = 2
				s.config.Work, s.config.Work.Spend = tt.work, func(time.Duration) error { return nil }
				if tt.deadLetter {
					s.config.DeadLetter = &DeadLetter{}
				}
				caller := Caller(s)
				if tt.steps {
					caller = steppingStory{s, tt.work.Send+tt.work.Receive > 0}
				}
				if err := Start(rt, caller, s.config, s); err != nil {
					t.Fatal(err)
				}
				time.Sleep(10 * ms)
				close(rt.stop)
				rt.wg.Wait()
				if got := strings.Join(rt.started, ", "); got != tt.want {
					t.Errorf("started %s, want %s", got, tt.want)
				}
				if !slices.Equal(s.lines, life) {
					t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(s.lines, "\n\t"), strings.Join(life, "\n\t"))
				}
			})
		})
	}
}

// Ids begin at the first key and the first id of a source, and are a step apart;
// keys are counted from the first one.
func TestKeysAndIDs(t *testing.T) {
	var made []string
	keys := map[string]bool{}
	for _, line := range happened(t, 15*ms, func(s *story) {
		s.config.Keys, s.config.FirstKey, s.config.FirstID, s.config.IDStep, s.config.Count = 2, 5, 100, 10, 2
		s.config.More = []Source{{Pause: every(12 * ms), FirstID: 1000}}
		s.config.WorkersPerKey = 2
	}) {
		if _, key, found := strings.Cut(line, " key "); found {
			keys[key[:1]] = true
		} else {
			made = append(made, line)
		}
	}
	slices.Sort(made) // two generators begin at once
	if want := "0s generated 1005, 0s generated 105, 10ms generated 115, 12ms generated 1015"; strings.Join(made, ", ") != want {
		t.Errorf("%s, want %s", strings.Join(made, ", "), want)
	}
	if want := map[string]bool{"5": true, "6": true}; !maps.Equal(keys, want) {
		t.Errorf("keys %v, want %v", keys, want)
	}
}

// All workers of a key draw their nonces from one source, also with a limiter of
// their own, and those of another key from another.
func TestNoncesAreOfTheKey(t *testing.T) {
	var of *story
	happened(t, 50*ms, func(s *story) {
		s.config.Keys, s.config.WorkersPerKey, s.config.LimiterPerWorker = 2, 2, true
		s.config.Nonces, s.config.Count, s.config.Burst = nonce.Counter, 8, 4
		of = s
	})
	issued := map[int][]int64{}
	for _, c := range of.calls {
		issued[c.Key] = append(issued[c.Key], c.Permit.Nonce)
	}
	for key := range 2 {
		slices.Sort(issued[key])
		if want := []int64{1, 2, 3, 4}; !slices.Equal(issued[key], want) {
			t.Errorf("key %d had the nonces %v, want %v", key, issued[key], want)
		}
	}
}

// A checkedLock notes whether it is held.
type checkedLock struct {
	sync.Mutex
	held  bool
	times int
}

func (l *checkedLock) Lock() {
	l.Mutex.Lock()
	l.held = true
	l.times++
}

func (l *checkedLock) Unlock() {
	l.held = false
	l.Mutex.Unlock()
}

// lockedStory runs a client for a time whose locks are checked, and returns them
// in the order in which they were asked for.
func lockedStory(t *testing.T, change func(*story)) (locks []*checkedLock, lines []string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		rt := &locking{bubble: &bubble{stop: make(chan struct{})}}
		s := newStory(rt.bubble)
		change(s)
		if err := Start(rt, s, s.config, s); err != nil {
			t.Fatal(err)
		}
		time.Sleep(50 * ms)
		close(rt.stop)
		rt.wg.Wait()
		locks, lines = rt.locks, s.lines
	})
	return locks, lines
}

type locking struct {
	*bubble
	locks []*checkedLock
}

func (l *locking) NewLock() sync.Locker {
	l.locks = append(l.locks, &checkedLock{})
	return l.locks[len(l.locks)-1]
}

// Each queue, source of nonces and gate has a lock of the runtime, which it takes.
func TestLocksAreOfTheRuntime(t *testing.T) {
	locks, _ := lockedStory(t, func(s *story) {
		s.config.Keys, s.config.Count, s.config.Nonces = 2, 4, nonce.Counter
		s.config.WorkersPerKey, s.config.LimiterPerWorker = 2, true
		s.config.Burst, s.config.DeadLetter = 4, &DeadLetter{}
		s.answer = answerIn(ms, 500)
	})
	if want := 2 + 2 + 4; len(locks) != want {
		t.Errorf("%d locks, want %d: of two queues, the nonces of two keys and four gates", len(locks), want)
	}
	for i, l := range locks {
		if l.times == 0 || l.held {
			t.Errorf("lock %d was taken %d times, and is held: %v", i, l.times, l.held)
		}
	}
}

// Keys that share a limiter take turns at it, under the lock of its group.
func TestSharedLimiters(t *testing.T) {
	lock := &checkedLock{}
	locks, lines := lockedStory(t, func(s *story) {
		l, err := spaced(20 * ms)()
		if err != nil {
			t.Fatal(err)
		}
		shared, err := pace.NewGroup(lock).Share(l)
		if err != nil {
			t.Fatal(err)
		}
		s.config.Keys, s.config.Shared = 2, []*pace.Shared{shared}
		s.config.Count, s.config.Burst = 2, 2
	})
	var sent []string // in whatever order goroutines run at 0s
	keys := map[string]bool{}
	for _, line := range lines {
		if at, what, _ := strings.Cut(line, " sent "); len(what) == len("0 key 0") {
			sent = append(sent, at)
			keys[what[1:]] = true
		}
	}
	if want := []string{"0s", "20ms"}; !slices.Equal(sent, want) || len(keys) != 2 {
		t.Errorf("sent at %v, by %d keys; want %v, by 2", sent, len(keys), want)
	}
	if len(locks) != 2+2 || lock.times == 0 {
		t.Errorf("%d locks, and that of the group was taken %d times; want 4: of two queues and the nonces of two keys", len(locks), lock.times)
	}
}

// Costs are those of the request, of the key's own limiter.
func TestCosts(t *testing.T) {
	var asked []int64
	tell(t, 2500*ms, func(s *story) {
		s.config.NewLimiter = func() (limiter.Limiter, error) {
			return limiter.New(&limiter.AckClocked{}, limiter.Quota{Limit: 5, Window: time.Second}, limiter.Guards{})
		}
		s.config.Count, s.config.TTL, s.config.Timeout = 3, 3*time.Second, time.Second
		s.config.Costs = func(id int64, room []int64) []int64 {
			asked = append(asked, id)
			return append(room, 3+3*(id%2)) // 3, 6, 3
		}
	}, "0s generated 0", "0s taken 0 key 0", "0s sent 0 key 0", "1ms answered 0 key 0 200 sent 0s",
		"10ms generated 1", "10ms taken 1 key 0", "10ms expired 1 key 0", "10ms dropped 1 key 0 because expired", // 6 is more than there ever is
		"20ms generated 2", "20ms taken 2 key 0",
		// A second after the first was answered at the latest, by a clock that is 200 ppm fast.
		"1.001200002s sent 2 key 0", "1.002200002s answered 2 key 0 200 sent 1.001200002s")
	if want := []int64{0, 1, 2}; !slices.Equal(asked, want) {
		t.Errorf("asked for the costs of %v, want %v", asked, want)
	}
}

// A moved limiter lets nothing go before an instant that answers move on.
type moved struct {
	limiter.Limiter
	next time.Time
	by   time.Duration
}

func (m *moved) Next(time.Time, int64) time.Time { return m.next }

func (m *moved) Done(now time.Time, t limiter.Ticket, o limiter.Outcome) {
	m.Limiter.Done(now, t, o)
	m.next = m.next.Add(m.by)
}

// A worker that is woken when it may leave no more waits on.
func TestWaitsOnAtTheGate(t *testing.T) {
	tell(t, 100*ms, func(s *story) {
		s.config.WorkersPerKey, s.config.Count = 2, 2
		s.config.Pause, s.answer = every(2*ms), answerIn(5*ms, 200)
		s.config.NewLimiter = func() (limiter.Limiter, error) {
			l, err := unlimited()
			return &moving{moved{Limiter: l, by: 30 * ms}}, err
		}
	}, "0s generated 0", "0s taken 0 key 0", "0s sent 0 key 0", "2ms generated 1", "2ms taken 1 key 0",
		"5ms answered 0 key 0 200 sent 0s", "40ms sent 1 key 0", "45ms answered 1 key 0 200 sent 40ms")
}

// moving is moved, with the first departure to begin with: the next is due 10 ms
// after it, and 30 ms later once that is answered.
type moving struct{ moved }

func (m *moving) Sent(now time.Time, cost int64) limiter.Ticket {
	m.next = now.Add(10 * ms)
	return m.Limiter.Sent(now, cost)
}

// An observer of events that are answers, and of others.
type outcomes struct {
	*story
	answered, others []Event
}

func (o *outcomes) Observe(e *Event) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if e.Kind == Answered {
		o.answered = append(o.answered, *e)
	} else {
		o.others = append(o.others, *e)
	}
}

// The outcome of an answer tells when its request was made, and no other event has
// one.
func TestOutcomes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &outcomes{story: newStory(&bubble{stop: make(chan struct{})})}
		o.config.NewLimiter, o.config.Count, o.answer = spaced(30*ms), 2, answerIn(5*ms, 500)
		o.config.Retry = &Retry{Max: 1, Backoff: backoff.Rule{Base: 1}, Draw: func(int64, int) float64 { return 0 }}
		if err := Start(o.rt, o, o.config, o); err != nil {
			t.Fatal(err)
		}
		time.Sleep(200 * ms)
		close(o.rt.stop)
		o.rt.wg.Wait()
		if len(o.answered) != 4 {
			t.Errorf("%d answers, want 4", len(o.answered))
		}
		for _, e := range o.answered {
			if made := time.Duration(e.Request.ID) * 10 * ms; !e.Outcome.Created.Equal(o.start.Add(made)) {
				t.Errorf("request %d was made at %v, want %v", e.Request.ID, e.Outcome.Created.Sub(o.start), made)
			}
		}
		for _, e := range o.others {
			if e.Outcome.Status != 0 || !e.Outcome.Created.IsZero() || !e.Outcome.Sent.IsZero() {
				t.Errorf("%v of %d has the outcome %+v", e.Kind, e.Request.ID, e.Outcome)
			}
		}
	})
}
