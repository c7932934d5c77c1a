package server_test

import (
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ratebench/server"
)

// A judgingClock belongs to one request. It calls judging while the request is
// being judged, which is when it is read for the second time.
type judgingClock struct {
	stoppedClock
	reads   int
	judging func()
}

func (c *judgingClock) Now() time.Time {
	if c.reads++; c.reads == 2 {
		c.judging()
	}
	return c.stoppedClock.Now()
}

// giveWay lets other goroutines run, so many times that one that is not held
// up gets something done.
func giveWay(until func() bool) {
	for range 10_000 {
		if until() {
			return
		}
		runtime.Gosched()
	}
}

func TestOneRequestOfAKeyIsJudgedAtATime(t *testing.T) {
	srv := newServer(t, nil)
	var inside atomic.Int32
	judging := func() {
		if inside.Add(1) > 1 {
			t.Error("two requests of a key are judged at a time")
		}
		giveWay(func() bool { return inside.Load() > 1 })
		inside.Add(-1)
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for n := range 5 {
				if _, err := srv.Open(validKey, strconv.Itoa(n+1)).Serve(&judgingClock{judging: judging}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}

// Whoever looks at a key or changes it waits for the request that is being
// judged.
func TestJudgementIsNotDisturbed(t *testing.T) {
	srv := newServer(t, nil)
	for name, disturb := range map[string]func(){
		"Blocked": func() { srv.Blocked() },
		"Forget":  srv.Forget,
		"SetLimit": func() {
			if err := srv.SetLimit(server.Limit{N: 20, Window: time.Second}); err != nil {
				t.Error(err)
			}
		},
	} {
		var done sync.WaitGroup
		var over atomic.Bool
		_, err := srv.Open(validKey, "1").Serve(&judgingClock{judging: func() {
			done.Go(func() {
				disturb()
				over.Store(true)
			})
			giveWay(over.Load)
			if over.Load() {
				t.Errorf("%s does not wait for a request that is being judged", name)
			}
		}})
		if err != nil {
			t.Error(err)
		}
		done.Wait()
	}
}
