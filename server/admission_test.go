package server

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ratebench/server/ledger"
	"ratebench/server/policy"
)

// However many come and go at once, no more than are allowed are inside at a
// time, and each that has left is forgotten.
func TestAdmissionCountsEverybody(t *testing.T) {
	const most, comers, visits = 2, 8, 5000
	a := newAdmission(most)
	var inside, let atomic.Int64
	var all sync.WaitGroup
	for range comers {
		all.Go(func() {
			for range visits {
				if a.enter() != nil {
					runtime.Gosched()
					continue
				}
				let.Add(1)
				if n := inside.Add(1); n > most {
					t.Errorf("%d inside, want at most %d", n, most)
				}
				inside.Add(-1)
				a.leave()
			}
		})
	}
	all.Wait()
	if n := a.count(); n != 0 || let.Load() == 0 {
		t.Errorf("%d inside in the end, after %d visits", n, let.Load())
	}
}

// Many come and go while it is closed: never more than allowed are inside, and
// the channel is closed once, when the last one has left.
func TestAdmissionClosesAmongMany(t *testing.T) {
	const most, comers, visits = 3, 8, 2000
	a := newAdmission(most)
	var inside [comers]int // the most that each has seen
	var all sync.WaitGroup
	for i := range comers {
		all.Go(func() {
			for {
				switch err := a.enter(); err {
				case nil:
					inside[i] = max(inside[i], a.count())
					a.leave()
				case errClosed:
					return
				case errFull:
				}
			}
		})
	}
	for range visits { // so that there is something going on
		if a.enter() == nil {
			a.leave()
		}
	}
	<-a.close()
	if got := a.count(); got != 0 {
		t.Errorf("%d inside when it is empty", got)
	}
	if err := a.enter(); err != errClosed {
		t.Errorf("entering then: %v, want %v", err, errClosed)
	}
	<-a.close() // again, and still closed
	all.Wait()
	for i, n := range inside {
		if n > most {
			t.Errorf("comer %d has seen %d inside, want at most %d", i, n, most)
		}
	}
}

func TestAdmissionWaitsForTheLast(t *testing.T) {
	a := newAdmission(2)
	for range 2 {
		if err := a.enter(); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.enter(); err != errFull {
		t.Errorf("the third: %v, want %v", err, errFull)
	}
	empty := a.close()
	for left := 2; left > 0; left-- {
		select {
		case <-empty:
			t.Errorf("empty with %d inside", left)
		default:
		}
		a.leave()
	}
	select {
	case <-empty:
	default:
		t.Error("not empty after the last has left")
	}
}

// Whoever looks at it may do so at any time. Without the locks the race detector
// finds it.
func TestAdmissionIsLookedAt(t *testing.T) {
	a := newAdmission(1)
	var all sync.WaitGroup
	all.Go(func() {
		for range 100 {
			if err := a.enter(); err != nil {
				t.Error(err)
			}
			a.leave()
		}
		a.close()
	})
	for range 100 {
		if n, closed := a.count(), a.isClosed(); n < 0 || n > 1 || closed && a.count() > 0 {
			t.Errorf("%d inside, closed: %v", n, closed)
		}
		runtime.Gosched()
	}
	all.Wait()
	if !a.isClosed() {
		t.Error("it is not closed in the end")
	}
}

// Those whose key is unknown are counted one at a time: exactly so many are told
// so before the address is banned.
func TestRefusalsAreCounted(t *testing.T) {
	const after, comers, each = 10, 8, 5
	var b book
	c := ledger.Config{
		Limits:  []ledger.Limit{{Name: "x", Policy: policy.Window{Limit: 1, Length: time.Second}}},
		Penalty: ledger.Penalty{Penalty: policy.Penalty{After: after}, Scope: ledger.ByIP, Strikes: ledger.Errors},
	}
	if err := b.ledger.Init(c, 0); err != nil {
		t.Fatal(err)
	}
	var unauthorized, blocked atomic.Int64
	var all sync.WaitGroup
	for range comers {
		all.Go(func() {
			for range each {
				switch verdict, retry := b.refuse(standing{}, &ledger.Request{IP: "1"}); {
				case verdict == Unauthorized && retry == 0:
					unauthorized.Add(1)
				case verdict == Blocked && retry == policy.Never:
					blocked.Add(1)
				default:
					t.Errorf("%v, after %v", verdict, retry)
				}
			}
		})
	}
	all.Wait()
	if unauthorized.Load() != after || blocked.Load() != comers*each-after || b.blocked() != 1 {
		t.Errorf("%d unauthorized and %d blocked, want %d and %d", unauthorized.Load(), blocked.Load(), after, comers*each-after)
	}
}

// standing is a clock that stands still.
type standing struct{ Clock }

func (standing) Now() time.Time { return time.Unix(1_800_000_000, 0) }
