package pace

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ratebench/clients/limiter"
	"ratebench/clients/pace/internal/waiting"
)

// perWindow is a limiter of n in any span of the given length.
func perWindow(t testing.TB, n int, window time.Duration) limiter.Limiter {
	t.Helper()
	l, err := (&limiter.SlidingLog{}).New(limiter.Quota{Limit: n, Window: window})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// All gates of a group have one lock.
func TestGatesOfAGroupHaveOneLock(t *testing.T) {
	group := NewGroup(nil)
	s, err := group.Share(&spaced{})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if g := newGate(t, GateConfig{Limiter: &spaced{}, Shared: []*Shared{s}}); g.mu != group.mu {
			t.Error("a gate has a lock of its own")
		}
	}
}

// Which shared limits the head of a line holds: the one that it waits for alone, or
// all that it takes something of if it waits for nothing, and of two heads the one
// that has waited longer.
func TestWhoHolds(t *testing.T) {
	const later, never = ms, -1
	now := time.Now()
	limits := func(in time.Duration) limiter.Limiter {
		if in == never {
			return &bounded{most: 0}
		}
		return &bounded{spaced: spaced{next: now.Add(in)}, most: 9}
	}
	for _, tt := range []struct {
		name      string
		own, a, b time.Duration // when each limit lets it go; 0: right now
		costs     []int64
		older     bool // somebody who has waited longer holds a
		newer     bool // somebody who has not does
		wantA     bool
		wantB     bool
	}{
		{"waits for its own", later, 0, 0, nil, false, false, false, false},
		{"waits for nothing", 0, 0, 0, nil, false, false, true, true},
		{"waits for one", 0, later, 0, nil, false, false, true, false},
		{"waits for the other", 0, 0, later, nil, false, false, false, true},
		{"waits for both", 0, later, later, nil, false, false, false, false},
		{"can never leave", 0, never, 0, nil, false, false, false, false},
		{"nor for the other", 0, 0, never, nil, false, false, false, false},
		{"takes nothing of one", 0, 0, 0, []int64{1, 0, 1}, false, false, false, true},
		{"waits for one, takes nothing of the other", 0, 0, later, []int64{1, 0, 1}, false, false, false, true},
		{"somebody older", 0, 0, 0, nil, true, false, false, true},
		{"somebody newer", 0, 0, 0, nil, false, true, true, true},
	} {
		group := NewGroup(nil)
		var shared []*Shared
		for _, in := range []time.Duration{tt.a, tt.b} {
			s, err := group.Share(limits(in))
			if err != nil {
				t.Fatal(err)
			}
			shared = append(shared, s)
		}
		g := newGate(t, GateConfig{Limiter: limits(tt.own), Shared: shared, Refusals: Refusals{Ignore: true}})
		w := &Turn{turn: 2}
		w.cost = g.costsOf(tt.costs).Keep(&w.each)
		if tt.older {
			shared[0].holder = &Turn{turn: 1}
		}
		if tt.newer {
			shared[0].holder = &Turn{turn: 3}
		}
		g.hold(now, w)
		if gotA, gotB := shared[0].holder == w, shared[1].holder == w; gotA != tt.wantA || gotB != tt.wantB {
			t.Errorf("%s: it holds %v and %v, want %v and %v", tt.name, gotA, gotB, tt.wantA, tt.wantB)
		}
	}
}

// A groupLog is gates that share limiters, in a bubble, and who left when.
type groupLog struct {
	t      *testing.T
	start  time.Time
	shared []*Shared
	gates  map[string]*Gate
	wg     sync.WaitGroup
	mu     sync.Mutex
	lines  []string
}

func newGroupLog(t *testing.T, shared ...limiter.Limiter) *groupLog {
	group := NewGroup(nil)
	l := &groupLog{t: t, start: time.Now(), gates: map[string]*Gate{}}
	for _, s := range shared {
		made, err := group.Share(s)
		if err != nil {
			t.Fatal(err)
		}
		l.shared = append(l.shared, made)
	}
	return l
}

func (l *groupLog) add(name string, own limiter.Limiter, shared ...*Shared) {
	l.gates[name] = newGate(l.t, GateConfig{Limiter: own, Shared: shared, Refusals: Refusals{Ignore: true}})
}

// comes lets a request of that name come to a gate, for a while; its end takes
// 1 ms.
func (l *groupLog) comes(at time.Duration, name, gate string, patience time.Duration, costs ...int64) {
	l.wg.Go(func() {
		time.Sleep(at)
		ctx, cancel := context.WithTimeout(l.t.Context(), patience)
		defer cancel()
		p, err := l.gates[gate].Wait(ctx, costs...)
		l.note(name, err)
		if err == nil {
			time.Sleep(ms)
			l.gates[gate].Done(p, limiter.Outcome{Status: 200})
		}
	})
}

func (l *groupLog) note(name string, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	what := fmt.Sprintf("%v %s", time.Since(l.start), name)
	switch {
	case errors.Is(err, ErrCost):
		what += " never"
	case err != nil:
		what += " gives up"
	}
	l.lines = append(l.lines, what)
}

func (l *groupLog) want(lines ...string) {
	l.t.Helper()
	l.wg.Wait()
	slices.Sort(l.lines) // who leaves at the same time is told of in any order
	slices.Sort(lines)
	if !slices.Equal(l.lines, lines) {
		l.t.Errorf("got\n%s\nwant\n%s", strings.Join(l.lines, "\n"), strings.Join(lines, "\n"))
	}
}

func inGroup(t *testing.T, f func(t *testing.T)) {
	for range 20 { // whichever goroutine the scheduler takes first
		synctest.Test(t, f)
	}
}

// Two keys of an account that allows 2 in 100 ms, in turns.
func TestGroupLetsThoseGoFirstWhoHaveWaitedLongest(t *testing.T) {
	inGroup(t, func(t *testing.T) {
		l := newGroupLog(t, perWindow(t, 2, 100*ms))
		l.add("a", perWindow(t, 100, ms), l.shared[0])
		l.add("b", perWindow(t, 100, ms), l.shared[0])
		for i, gate := range []string{"a", "a", "a", "a", "b", "b", "a", "b"} {
			l.comes(time.Duration(i)*ms, fmt.Sprint(gate, i), gate, time.Hour)
		}
		l.want("0s a0", "1ms a1", "100ms a2", "101ms a3", "200ms b4", "201ms b5", "300ms a6", "301ms b7")
	})
}

// What waits for a limit of its own holds up nobody, and what waits for the
// shared one alone is not overtaken by what costs less.
func TestGroupOvertaking(t *testing.T) {
	inGroup(t, func(t *testing.T) {
		l := newGroupLog(t, perWindow(t, 10, 100*ms))
		l.add("slow", perWindow(t, 1, 250*ms), l.shared[0])
		l.add("dear", perWindow(t, 100, ms), l.shared[0])
		l.add("cheap", perWindow(t, 100, ms), l.shared[0])
		l.comes(0, "slow1", "slow", time.Hour, 1)
		l.comes(ms, "slow2", "slow", time.Hour, 1) // until 250
		l.comes(2*ms, "cheap1", "cheap", time.Hour, 1, 5)
		l.comes(3*ms, "dear1", "dear", time.Hour, 1, 8)   // until 102: 1 + 5 of 10 are spent
		l.comes(4*ms, "cheap2", "cheap", time.Hour, 1, 1) // there is room, but dear1 waits for it
		l.comes(5*ms, "free", "cheap", time.Hour, 1, 0)   // behind cheap2 in its line
		l.want("0s slow1", "2ms cheap1", "102ms dear1", "102ms cheap2", "102ms free", "250ms slow2")
	})
}

// Who gives up lets the others go on, and who waits for two limits holds none.
func TestGroupGivingUp(t *testing.T) {
	inGroup(t, func(t *testing.T) {
		l := newGroupLog(t, perWindow(t, 10, 100*ms), perWindow(t, 1, time.Second))
		l.add("a", perWindow(t, 100, ms), l.shared[0])
		l.add("b", perWindow(t, 100, ms), l.shared[0])
		l.add("both", perWindow(t, 100, ms), l.shared...)
		l.comes(0, "both1", "both", time.Hour, 1, 5, 1)
		l.comes(ms, "a1", "a", 50*ms, 1, 10)                // gives up at 51
		l.comes(2*ms, "b1", "b", time.Hour, 1, 2)           // held by a1 until then
		l.comes(60*ms, "both2", "both", time.Hour, 1, 6, 1) // needs what is left of neither
		l.comes(61*ms, "b2", "b", time.Hour, 1, 3)
		l.comes(62*ms, "b3", "b", time.Hour, 1, 11)
		l.comes(63*ms, "b4", "b", time.Hour, 1)
		l.comes(64*ms, "b5", "b", time.Hour, 1, -1)
		l.comes(65*ms, "a2", "a", time.Hour, 1, 2, 3) // of its own there are two then
		l.want("0s both1", "51ms a1 gives up", "51ms b1", "61ms b2", "62ms b3 never", "64ms b5 never", "65ms a2 never", "100ms b4", "1s both2")
	})
}

// An answer that gives something back wakes another gate.
func TestGroupPassesOnWhatIsGivenBack(t *testing.T) {
	inGroup(t, func(t *testing.T) {
		l := newGroupLog(t, perWindow(t, 10, 100*ms))
		l.add("a", perWindow(t, 100, ms), l.shared[0])
		l.add("b", perWindow(t, 100, ms), l.shared[0])
		p, err := l.gates["a"].Wait(t.Context(), 1, 9)
		if err != nil {
			t.Fatal(err)
		}
		l.comes(ms, "b1", "b", time.Hour, 1, 5)
		time.AfterFunc(20*ms, func() { l.gates["a"].Done(p, limiter.Outcome{Status: 200, Cost: 4}) })
		l.want("20ms b1")
	})
}

// A gate whose limiter is one of several limits, with a cost for each.
func TestGateOfSeveralLimits(t *testing.T) {
	inGroup(t, func(t *testing.T) {
		set, err := limiter.NewSet(limiter.Part{Limiter: perWindow(t, 3, 100*ms)}, limiter.Part{Limiter: perWindow(t, 10, time.Second)})
		if err != nil {
			t.Fatal(err)
		}
		l := newGroupLog(t)
		l.gates["a"] = newGate(t, GateConfig{Limiter: set}) // which pauses after refusals
		for i, cost := range []int64{4, 4, 1, 1, 2} {
			l.comes(time.Duration(i)*ms, fmt.Sprint(cost), "a", time.Hour, 1, cost)
		}
		l.comes(10*ms, "11", "a", time.Hour, 1, 11)
		l.comes(11*ms, "too many", "a", time.Hour, 1, 1, 1)
		l.want("0s 4", "1ms 4", "2ms 1", "10ms 11 never", "11ms too many never", "100ms 1", "1s 2")
	})
}

// Many gates that share a limit from many goroutines never exceed it, and all of
// their requests get through.
func TestGroupUnderLoad(t *testing.T) {
	const gates, requests, most = 8, 40, 7
	group := NewGroup(nil)
	shared, err := group.Share(perWindow(t, most, 2*ms))
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var left []time.Time
	var wg sync.WaitGroup
	clock := waiting.NewSteadyClock()
	for range gates {
		g := newGate(t, GateConfig{Limiter: perWindow(t, 3, ms), Shared: []*Shared{shared}, Clock: clock})
		for range requests {
			wg.Go(func() {
				p, err := g.Wait(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				left = append(left, p.Granted)
				mu.Unlock()
				g.Done(p, limiter.Outcome{Status: 200})
			})
		}
	}
	wg.Wait()
	slices.SortFunc(left, time.Time.Compare)
	if len(left) != gates*requests || len(group.waiting) != 0 {
		t.Fatalf("%d have left, and %d gates wait", len(left), len(group.waiting))
	}
	for i := most; i < len(left); i++ {
		if d := left[i].Sub(left[i-most]); d < 2*ms {
			t.Errorf("%d left within %v", most+1, d)
		}
	}
}

func TestSharingRefuses(t *testing.T) {
	one, other := NewGroup(nil), NewGroup(nil)
	if _, err := one.Share(nil); err == nil || err.Error() != "there is no limiter to share, want one" {
		t.Errorf("got %v", err)
	}
	share := func(g *Group) *Shared {
		s, err := g.Share(evenly(ms))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	a, b := share(one), share(other)
	for want, c := range map[string]GateConfig{
		"gate shares limiters of several groups, or none, want those of one": {Shared: []*Shared{a, b}},
		"gate polls, and shares limiters, want one of the two":               {Shared: []*Shared{a}, Polling: Polling{Every: ms}},
		"gate shares limiters and has a Lock, want that of the group only":   {Shared: []*Shared{a}, Lock: &sync.Mutex{}},
	} {
		c.Limiter = evenly(ms)
		if _, err := NewGate(c); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if _, err := NewGate(GateConfig{Limiter: evenly(ms), Shared: []*Shared{new(Shared)}}); err == nil {
		t.Error("a gate shares what no group does")
	}
}
