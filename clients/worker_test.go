package clients

import (
	"errors"
	"math"
	"slices"
	"testing"
	"time"
	"unsafe"

	"ratebench/clients/backoff"
	"ratebench/clients/limiter"
	"ratebench/clients/nonce"
)

func TestLifeOfARequest(t *testing.T) {
	tell(t, time.Second, func(s *story) { s.answer = answerIn(3*ms, 200) },
		"0s generated 0", "0s taken 0 key 0", "0s sent 0 key 0", "3ms answered 0 key 0 200 sent 0s")
}

func TestWhatFailsIsDropped(t *testing.T) {
	for status, line := range map[int]string{
		429: "3ms answered 0 key 0 429 sent 0s", 500: "3ms answered 0 key 0 500 sent 0s",
		300: "3ms answered 0 key 0 300 sent 0s", 199: "3ms answered 0 key 0 199 sent 0s",
	} {
		tell(t, time.Second, func(s *story) { s.answer = answerIn(3*ms, status) },
			"0s generated 0", "0s taken 0 key 0", "0s sent 0 key 0", line, "3ms dropped 0 key 0 because answered")
	}
	for _, status := range []int{201, 204, 299} {
		if got := happened(t, time.Second, func(s *story) { s.answer = answerIn(3*ms, status) }); len(got) != 4 {
			t.Errorf("%d is no success: %q", status, got)
		}
	}
	lost := errors.New("lost")
	tell(t, time.Second, func(s *story) {
		s.answer = func(int64, int) (time.Duration, limiter.Outcome) {
			return 3 * ms, limiter.Outcome{Status: 200, Err: lost}
		}
	}, "0s generated 0", "0s taken 0 key 0", "0s sent 0 key 0", "3ms answered 0 key 0 200 sent 0s", "3ms dropped 0 key 0 because answered")
}

// A worker has one request in flight, and a request that waits for it in the
// queue expires when its TTL has passed, not before.
func TestTTLInTheQueue(t *testing.T) {
	for _, c := range []struct {
		ttl  time.Duration
		want []string
	}{
		{20*ms + 1, []string{"30ms taken 1 key 0", "30ms sent 1 key 0"}},
		{20 * ms, []string{"30ms taken 1 key 0", "30ms expired 1 key 0", "30ms dropped 1 key 0 because expired"}},
		{20*ms - 1, []string{"30ms taken 1 key 0", "30ms expired 1 key 0", "30ms dropped 1 key 0 because expired"}},
	} {
		tell(t, 31*ms, func(s *story) {
			s.config.TTL, s.config.Count = c.ttl, 2
			s.answer = answerIn(30*ms, 200)
		}, append([]string{
			"0s generated 0", "0s taken 0 key 0", "0s sent 0 key 0", "10ms generated 1", "30ms answered 0 key 0 200 sent 0s",
		}, c.want...)...)
	}
}

// The next departure is at 30 ms. A request of 10 ms may leave at the end of
// its TTL, and no later.
func TestTTLAtTheGate(t *testing.T) {
	before := []string{"0s generated 0", "0s taken 0 key 0", "0s sent 0 key 0", "1ms answered 0 key 0 200 sent 0s", "10ms generated 1", "10ms taken 1 key 0"}
	for _, c := range []struct {
		ttl  time.Duration
		want []string
	}{
		{20 * ms, []string{"30ms sent 1 key 0", "31ms answered 1 key 0 200 sent 30ms"}},
		{20*ms - 1, []string{"29.999999ms expired 1 key 0", "29.999999ms dropped 1 key 0 because expired"}},
	} {
		tell(t, 40*ms, func(s *story) {
			s.config.TTL, s.config.Count, s.config.NewLimiter = c.ttl, 2, spaced(30*ms)
		}, append(before, c.want...)...)
	}
}

// Work is spent between the departure and the wire, and on the answer.
func TestWorkIsSpent(t *testing.T) {
	tell(t, time.Second, func(s *story) {
		s.config.Work = Work{Send: 2 * ms, Receive: 5 * ms, Generate: 7 * ms, Spend: s.rt.Sleep}
		s.answer = answerIn(3*ms, 200)
	}, "7ms generated 0", "7ms taken 0 key 0", "7ms sent 0 key 0", "17ms answered 0 key 0 200 sent 7ms")
}

// The shortest work is spent, too, and none is not.
func TestWhatIsSpent(t *testing.T) {
	var spent []time.Duration
	happened(t, ms/2, func(s *story) {
		s.config.Work = Work{Send: 1, Generate: 2, Spend: func(d time.Duration) error {
			spent = append(spent, d)
			return s.rt.Sleep(d)
		}}
		s.answer = answerIn(0, 200)
	})
	if want := []time.Duration{2, 1}; !slices.Equal(spent, want) {
		t.Errorf("spent %v, want %v", spent, want)
	}
}

// The end of a run in the middle of the work on a request ends it there.
func TestTheRunEndsAmidWork(t *testing.T) {
	tell(t, 5*ms, func(s *story) {
		s.config.Work = Work{Send: 7 * ms, Spend: s.rt.Sleep}
		s.answer = func(int64, int) (time.Duration, limiter.Outcome) {
			t.Error("a call after the end of the run")
			return 0, limiter.Outcome{}
		}
	}, "0s generated 0", "0s taken 0 key 0", "0s sent 0 key 0")
}

// Why a request was dropped is told of it, and not of the next.
func TestTheCauseIsOfTheDropped(t *testing.T) {
	tell(t, 15*ms, func(s *story) {
		s.config.Count = 2
		s.answer = func(id int64, _ int) (time.Duration, limiter.Outcome) {
			return ms, limiter.Outcome{Status: 500 - 300*int(id)}
		}
	}, "0s generated 0", "0s taken 0 key 0", "0s sent 0 key 0", "1ms answered 0 key 0 500 sent 0s", "1ms dropped 0 key 0 because answered",
		"10ms generated 1", "10ms taken 1 key 0", "10ms sent 1 key 0", "11ms answered 1 key 0 200 sent 10ms")
}

// Workers of a key share a gate, unless each has its own.
func TestWorkersShareAGate(t *testing.T) {
	both := func(s *story) {
		s.config.WorkersPerKey, s.config.NewLimiter = 2, spaced(20*ms)
		s.config.Count, s.config.Pause = 2, every(ms)
		s.answer = answerIn(30*ms, 200)
	}
	tell(t, 60*ms, both,
		"0s generated 0", "0s taken 0 key 0", "0s sent 0 key 0", "1ms generated 1", "1ms taken 1 key 0",
		"20ms sent 1 key 0", "30ms answered 0 key 0 200 sent 0s", "50ms answered 1 key 0 200 sent 20ms")
	tell(t, 60*ms, func(s *story) {
		both(s)
		s.config.LimiterPerWorker = true
	},
		"0s generated 0", "0s taken 0 key 0", "0s sent 0 key 0", "1ms generated 1", "1ms taken 1 key 0",
		"1ms sent 1 key 0", "30ms answered 0 key 0 200 sent 0s", "31ms answered 1 key 0 200 sent 1ms")
}

// The caller gets the nonce of the permit, the timeout, and the gate that it
// tells of a delayed departure.
func TestCallsCarryThePermit(t *testing.T) {
	var calls []Call
	happened(t, 50*ms, func(s *story) {
		s.config.Nonces, s.config.Count, s.config.Timeout = nonce.Counter, 3, 123*ms
		answer := s.answer
		s.answer = func(id int64, n int) (time.Duration, limiter.Outcome) {
			calls = s.calls
			return answer(id, n)
		}
	})
	if len(calls) != 3 {
		t.Fatalf("%d calls", len(calls))
	}
	for i, c := range calls {
		if c.Permit.Nonce != int64(i+1) || c.Timeout != 123*ms || c.ID != int64(i) || c.Key != 0 || c.Gate != calls[0].Gate || c.Gate == nil {
			t.Errorf("call %d: %+v", i, c)
		}
	}
}

// A delayed departure is sent when the gate is told so.
func TestDelayedDeparture(t *testing.T) {
	tell(t, time.Second, func(s *story) {
		s.config.Delayed = true
		s.answer = func(int64, int) (time.Duration, limiter.Outcome) {
			c := s.calls[0]
			time.AfterFunc(4*ms, func() { c.Gate.Left(c.Permit) })
			return 9 * ms, limiter.Outcome{Status: 200}
		}
	}, "0s generated 0", "0s taken 0 key 0", "0s sent 0 key 0", "9ms answered 0 key 0 200 sent 4ms")
}

func TestStartRefuses(t *testing.T) {
	good := Config{Keys: 1, NewLimiter: unlimited, WorkersPerKey: 1, Timeout: 1, TTL: 1, Pause: every(ms)}
	broken := errors.New("no limiter today")
	for want, change := range map[string]func(*Config){
		"client has 0 keys and 1 workers for each, want at least one":                           func(c *Config) { c.Keys = 0 },
		"client has 1 keys and 0 workers for each, want at least one":                           func(c *Config) { c.WorkersPerKey = 0 },
		"client has no NewLimiter or no Pause, want both":                                       func(c *Config) { c.Pause = nil },
		"client has the first key -1 and ids 0 apart, want 0 or more":                           func(c *Config) { c.FirstKey = -1 },
		"client has the first key 0 and ids -1 apart, want 0 or more":                           func(c *Config) { c.IDStep = -1 },
		"client has 2 keys, the first with the index 2147483647, want indices up to 2147483647": func(c *Config) { c.Keys, c.FirstKey = 2, math.MaxInt32 },
		"client has the timeout 0s and the TTL 1ns, want more than 0":                           func(c *Config) { c.Timeout = 0 },
		"client has the timeout 1ns and the TTL 0s, want more than 0":                           func(c *Config) { c.TTL = 0 },
		"client makes bursts of -1, and 0 requests in all, want 0 or more":                      func(c *Config) { c.Burst = -1 },
		"client makes bursts of 0, and -1 requests in all, want 0 or more":                      func(c *Config) { c.Count = -1 },
		"client spends time on work and has no Spend, want one":                                 func(c *Config) { c.Work.Send = 1 },
		"client tries again -1 times, want 0 or more":                                           func(c *Config) { c.Retry = &Retry{Max: -1} },
		"client tries again and has no Draw, want one":                                          func(c *Config) { c.Retry = &Retry{Max: 1, Backoff: backoff.Rule{Base: 1}} },
		"client tries again: base is 0s, want more than 0":                                      func(c *Config) { c.Retry = &Retry{Max: 1, Draw: func(int64, int) float64 { return 0 }} },
		"client puts dead letters back -1 times, want 0 or more":                                func(c *Config) { c.DeadLetter = &DeadLetter{MaxRetries: -1} },
		"client pauses for 0s at a queue of 1, want more than 0 and from 1":                     func(c *Config) { c.Backpressure = &Backpressure{Max: 1} },
		"client pauses for 1ns at a queue of 0, want more than 0 and from 1":                    func(c *Config) { c.Backpressure = &Backpressure{Pause: 1} },
		"no limiter today":              func(c *Config) { c.NewLimiter = func() (limiter.Limiter, error) { return nil, broken } },
		"gate has no Limiter, want one": func(c *Config) { c.NewLimiter = func() (limiter.Limiter, error) { return nil, nil } },
	} {
		c := good
		change(&c)
		rt := &bubble{stop: make(chan struct{})}
		if err := Start(rt, nil, c, nil); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
		rt.wg.Wait() // nothing runs
	}
	for what, change := range map[string]func(*Config){
		"nothing more": func(*Config) {}, "a short pause": func(c *Config) { c.Backpressure = &Backpressure{Max: 1, Pause: 1} },
		"no dead letter put back":        func(c *Config) { c.DeadLetter = &DeadLetter{} },
		"the last key that there can be": func(c *Config) { c.FirstKey = math.MaxInt32 },
	} {
		c := good
		change(&c)
		rt := &bubble{stop: make(chan struct{})}
		close(rt.stop)
		if err := Start(rt, nil, c, newStory(rt)); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		rt.wg.Wait()
	}
	none := good
	none.NewLimiter = nil
	if err := Start(&bubble{stop: make(chan struct{})}, nil, none, nil); err == nil || err.Error() != "client has no NewLimiter or no Pause, want both" {
		t.Errorf("without NewLimiter: %v", err)
	}
	for _, w := range []Work{{Send: 1}, {Receive: 1}, {Generate: 1}} {
		c := good
		c.Work = w
		if err := Start(&bubble{stop: make(chan struct{})}, nil, c, nil); err == nil {
			t.Errorf("accepts the work %+v without Spend", w)
		}
	}
}

// A worker is six lines of a processor's cache, and its turn and its request begin one.
func TestAWorkerIsSixLines(t *testing.T) {
	const line = 64
	if unsafe.Sizeof(uintptr(0)) != 8 {
		t.Skip("sizes are those of 64 bits")
	}
	if size, turn, item := unsafe.Sizeof(worker{}), unsafe.Offsetof(worker{}.turn), unsafe.Offsetof(worker{}.item); size != 6*line || turn != line || item != 5*line {
		t.Errorf("a worker has %d bytes, its turn after %d and its request after %d, want %d, %d and %d", size, turn, item, 6*line, line, 5*line)
	}
}
