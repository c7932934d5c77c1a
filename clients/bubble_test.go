package clients

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ratebench/clients/limiter"
	"ratebench/clients/pace"
)

const ms = time.Millisecond

// bubble is a Runtime on the clock of a synctest bubble.
type bubble struct {
	stop chan struct{}
	wg   sync.WaitGroup
}

func (b *bubble) Now() time.Time { return time.Now() }

func (b *bubble) Sleep(d time.Duration) error {
	if d <= 0 {
		return nil
	}
	select {
	case <-time.After(d):
		return nil
	case <-b.stop:
		return ErrStopped
	}
}

func (b *bubble) NewLock() sync.Locker { return &sync.Mutex{} }

func (b *bubble) Go(_ string, f func()) { b.wg.Go(f) }

func (b *bubble) NewSignal() pace.Signal { return bubbleSignal{make(chan struct{}, 1), b.stop} }

type bubbleSignal struct {
	token chan struct{}
	stop  chan struct{}
}

func (s bubbleSignal) Notify() {
	select {
	case s.token <- struct{}{}:
	default:
	}
}

func (s bubbleSignal) Wait(until time.Time) error {
	var late <-chan time.Time
	if !until.IsZero() {
		late = time.After(time.Until(until))
	}
	select {
	case <-s.token:
		return nil
	case <-late:
		return pace.ErrDeadline
	case <-s.stop:
		return ErrStopped
	}
}

// A story is a client in a bubble, and what happened to its requests.
type story struct {
	rt     *bubble
	start  time.Time
	config Config
	answer func(id int64, attempt int) (took time.Duration, o limiter.Outcome)

	mu       sync.Mutex
	attempts map[int64]int
	calls    []Call
	lines    []string
}

// Call implements Caller by the script.
func (s *story) Call(c *Call, o *limiter.Outcome) error {
	s.mu.Lock()
	n := s.attempts[c.ID]
	s.attempts[c.ID]++
	s.calls = append(s.calls, *c)
	s.mu.Unlock()
	var took time.Duration
	took, *o = s.answer(c.ID, n)
	return s.rt.Sleep(took)
}

// Observe implements Observer.
func (s *story) Observe(e *Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	line := fmt.Sprintf("%v %v %d", e.Time.Sub(s.start), e.Kind, e.Request.ID)
	if e.Key != NoKey {
		line += fmt.Sprintf(" key %d", e.Key)
	}
	if e.Kind == Answered {
		line += fmt.Sprintf(" %d sent %v", e.Outcome.Status, e.Outcome.Sent.Sub(s.start))
	}
	if e.Cause != 0 {
		line += fmt.Sprintf(" because %v", e.Cause)
	}
	if e.Request.Retries > 0 {
		line += fmt.Sprintf(" retries %d", e.Request.Retries)
	}
	if e.Request.Created != e.Request.First {
		line += fmt.Sprintf(" created %v", e.Request.Created.Sub(s.start))
	}
	s.lines = append(s.lines, line)
}

// newStory is one of a worker and a request, which succeeds.
func newStory(rt *bubble) *story {
	return &story{
		rt: rt, start: time.Now(), attempts: map[int64]int{},
		config: Config{
			Keys: 1, NewLimiter: unlimited, WorkersPerKey: 1, Timeout: time.Second, TTL: time.Second,
			Pause: every(10 * ms), Count: 1,
		},
		answer: answerIn(ms, 200),
	}
}

// every pauses the same time between bursts.
func every(d time.Duration) func(uint64) time.Duration {
	return func(uint64) time.Duration { return d }
}

// answerIn answers every request with a status after a time.
func answerIn(took time.Duration, status int) func(int64, int) (time.Duration, limiter.Outcome) {
	return func(int64, int) (time.Duration, limiter.Outcome) { return took, limiter.Outcome{Status: status} }
}

// statuses answers attempt n of every request with the n-th status, and all
// others with 200.
func statuses(took time.Duration, list ...int) func(int64, int) (time.Duration, limiter.Outcome) {
	return func(_ int64, n int) (time.Duration, limiter.Outcome) {
		if n < len(list) {
			return took, limiter.Outcome{Status: list[n]}
		}
		return took, limiter.Outcome{Status: 200}
	}
}

// unlimited lets everything go.
func unlimited() (limiter.Limiter, error) {
	return limiter.New(&limiter.None{}, limiter.Quota{Limit: 1, Window: time.Second}, limiter.Guards{})
}

// spaced lets one request go every gap.
func spaced(gap time.Duration) func() (limiter.Limiter, error) {
	return func() (limiter.Limiter, error) {
		return (&limiter.FixedInterval{Interval: gap - 1}).New(limiter.Quota{Limit: 1, Window: 1})
	}
}

// tell runs a client for a time and compares what happened to its requests with
// the lines: "time kind id …".
func tell(t *testing.T, d time.Duration, change func(*story), want ...string) {
	t.Helper()
	if got := happened(t, d, change); !slices.Equal(got, want) {
		t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

func happened(t *testing.T, d time.Duration, change func(*story)) (lines []string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := newStory(&bubble{stop: make(chan struct{})})
		change(s)
		if err := Start(s.rt, s, s.config, s); err != nil {
			t.Fatal(err)
		}
		time.Sleep(d)
		close(s.rt.stop)
		s.rt.wg.Wait()
		lines = s.lines
	})
	return lines
}
