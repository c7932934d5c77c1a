package clients

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// pop takes a request, and blocks if there is none.
func pop(q *queue, rt Runtime) (Request, error) {
	c := newConsumer(rt)
	for {
		if q.take(&c) {
			return c.item, nil
		}
		if err := c.signal.Wait(time.Time{}); err != nil {
			return Request{}, err
		}
	}
}

// onQueue has consumers that take one request each, in the order in which they
// are started, and returns who got what.
func onQueue(t *testing.T, f func(q *queue, consume func(name string)), want map[string]int64) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		rt := &bubble{stop: make(chan struct{})}
		q := newQueue(rt)
		got := map[string]int64{}
		f(q, func(name string) {
			rt.Go(name, func() {
				r, err := pop(q, rt)
				if err == nil {
					q.mu.Lock()
					defer q.mu.Unlock()
					got[name] = r.ID
				}
			})
			synctest.Wait()
		})
		synctest.Wait()
		close(rt.stop)
		rt.wg.Wait()
		if len(got) != len(want) {
			t.Errorf("got %v, want %v", got, want)
		}
		for name, id := range want {
			if got[name] != id {
				t.Errorf("%s got %d, want %d", name, got[name], id)
			}
		}
	})
}

func TestQueueIsFirstInFirstOut(t *testing.T) {
	onQueue(t, func(q *queue, consume func(string)) {
		for id := range int64(3) {
			q.push(Request{ID: id})
		}
		if q.len() != 3 {
			t.Errorf("%d in the queue", q.len())
		}
		consume("a")
		consume("b")
		if q.len() != 1 {
			t.Errorf("%d left", q.len())
		}
	}, map[string]int64{"a": 0, "b": 1})
}

// Whoever has waited longest gets what is pushed, even if somebody else asks
// before he has gone on.
func TestQueueConsumersWaitInLine(t *testing.T) {
	onQueue(t, func(q *queue, consume func(string)) {
		consume("a")
		consume("b")
		q.push(Request{ID: 7})
		q.push(Request{ID: 8})
		if q.len() != 2 {
			t.Errorf("%d handed over and not taken yet, want 2", q.len())
		}
		consume("c") // joins behind them
		if q.len() != 0 {
			t.Errorf("%d left", q.len())
		}
		q.push(Request{ID: 9})
	}, map[string]int64{"a": 7, "b": 8, "c": 9})
}

func TestQueueEndsWithTheRun(t *testing.T) {
	onQueue(t, func(_ *queue, consume func(string)) { consume("a") }, nil)
}

// Who asks again while nothing has been handed over stands in line once.
func TestQueueHasEachInLineOnce(t *testing.T) {
	q := newQueue(&bubble{})
	var first, second consumer
	first.signal, second.signal = deaf{}, deaf{}
	for _, c := range []*consumer{&first, &first, &second, &first} {
		if q.take(c) {
			t.Fatal("took a request of an empty queue")
		}
	}
	q.push(Request{ID: 1})
	q.push(Request{ID: 2})
	q.push(Request{ID: 3})
	if !q.take(&second) || !q.take(&first) || first.item.ID != 1 || second.item.ID != 2 {
		t.Errorf("the first in line has request %d and the second %d, want 1 and 2", first.item.ID, second.item.ID)
	}
	if !q.take(&first) || first.item.ID != 3 || q.len() != 0 {
		t.Errorf("then the first has request %d, and %d are left, want 3 and none", first.item.ID, q.len())
	}
}

// A deaf signal is waited for by nobody.
type deaf struct{}

func (deaf) Notify()              {}
func (deaf) Wait(time.Time) error { return nil }

// Whatever is done to a queue is done under its lock, once.
func TestQueueIsLocked(t *testing.T) {
	lock := &checkedLock{}
	q := newQueue(&bubble{})
	q.mu = lock
	waits := consumer{place: place{signal: heldSignal{t, lock}}}
	for i, step := range []func(){
		func() { q.take(&waits) },
		func() { q.push(Request{ID: 1}) }, // handed over
		func() { q.push(Request{ID: 2}) },
		func() { q.len() },
		func() { q.take(&consumer{}) },
	} {
		step()
		if lock.times != i+1 || lock.held {
			t.Errorf("after step %d the lock was taken %d times, and is held: %v", i, lock.times, lock.held)
		}
	}
}

// A heldSignal is notified while a lock is held.
type heldSignal struct {
	t    *testing.T
	lock *checkedLock
}

func (s heldSignal) Notify() {
	if !s.lock.held {
		s.t.Error("a consumer is notified without the lock")
	}
}

func (heldSignal) Wait(time.Time) error { return nil }

// However it is filled and emptied, what comes out is what went in, in order,
// and the length is what is in between.
func TestQueueAgainstASlice(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		world := &bubble{}
		q := newQueue(world)
		var in []Request
		next, most := int64(0), 0
		for range rapid.IntRange(1, 40).Draw(rt, "turns") {
			for range rapid.IntRange(0, 60).Draw(rt, "pushed") {
				in = append(in, Request{ID: next, Created: time.UnixMilli(next)})
				q.push(in[len(in)-1])
				next++
			}
			most = max(most, len(in))
			if len(q.items.ring) > max(16, 2*most) {
				rt.Fatalf("%d places for at most %d requests", len(q.items.ring), most)
			}
			for range min(len(in), rapid.IntRange(0, 60).Draw(rt, "popped")) {
				r, err := pop(q, world)
				if err != nil || r != in[0] {
					rt.Fatalf("got %v, %v; want %v", r, err, in[0])
				}
				in = in[1:]
			}
			if q.len() != len(in) {
				rt.Fatalf("%d in the queue, want %d", q.len(), len(in))
			}
		}
		rest := make([]Request, 0, len(in))
		for range in {
			r, _ := pop(q, world)
			rest = append(rest, r)
		}
		if !slices.Equal(rest, in) {
			rt.Fatalf("left are %v, want %v", rest, in)
		}
	})
}
