package live_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ratebench/clients"
	"ratebench/harness/live"
	"ratebench/harness/virtual"
)

// Both runtimes must treat the same program in the same way. A program notes
// what it sees; no two notes fall on one instant, so that their order is given.

const ms = time.Millisecond

type notebook struct {
	mu    sync.Mutex
	rt    clients.Runtime
	start time.Time
	lines []string
}

func (n *notebook) note(format string, args ...any) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lines = append(n.lines, fmt.Sprintf("%v ", n.rt.Now().Sub(n.start))+fmt.Sprintf(format, args...))
}

const programLength = time.Second

var programs = []struct {
	name string
	run  func(rt clients.Runtime, n *notebook)
	want []string
}{
	{
		"sleep", func(rt clients.Runtime, n *notebook) {
			rt.Go("p", func() {
				n.note("%v", rt.Sleep(-ms))
				n.note("%v", rt.Sleep(5*ms))
				n.note("%v", rt.Sleep(programLength))
				n.note("%v", rt.Sleep(0))
			})
		},
		[]string{"0s <nil>", "5ms <nil>", "1s run stopped", "1s run stopped"},
	},
	{
		"a token is kept, and is one", func(rt clients.Runtime, n *notebook) {
			s := rt.NewSignal()
			s.Notify()
			s.Notify()
			rt.Go("p", func() {
				n.note("%v", s.Wait(n.start.Add(10*ms)))
				n.note("%v", s.Wait(n.start.Add(10*ms)))
			})
		},
		[]string{"0s <nil>", "10ms deadline passed"},
	},
	{
		"notify wakes, before or without a deadline", func(rt clients.Runtime, n *notebook) {
			s := rt.NewSignal()
			rt.Go("waiter", func() {
				n.note("%v", s.Wait(n.start.Add(50*ms)))
				n.note("%v", s.Wait(time.Time{}))
				n.note("%v", s.Wait(n.start.Add(60*ms)))
				n.note("%v", s.Wait(time.Time{}))
			})
			rt.Go("notifier", func() {
				_ = rt.Sleep(20 * ms)
				s.Notify()
				_ = rt.Sleep(20 * ms)
				s.Notify()
				_ = rt.Sleep(programLength) // virtual time would end early
			})
		},
		[]string{"20ms <nil>", "40ms <nil>", "60ms deadline passed", "1s run stopped"},
	},
	{
		"processes start processes", func(rt clients.Runtime, n *notebook) {
			rt.Go("parent", func() {
				_ = rt.Sleep(10 * ms)
				rt.Go("child", func() {
					_ = rt.Sleep(10 * ms)
					n.note("child")
				})
				_ = rt.Sleep(5 * ms)
				n.note("parent")
			})
		},
		[]string{"15ms parent", "20ms child"},
	},
}

func TestRuntimesAgree(t *testing.T) {
	for _, p := range programs {
		t.Run(p.name, func(t *testing.T) {
			k := virtual.New()
			n := &notebook{rt: k, start: k.Now()}
			p.run(k, n)
			if err := k.Run(programLength); err != nil {
				t.Fatal(err)
			}
			compare(t, "virtual", n.lines, p.want)

			synctest.Test(t, func(t *testing.T) {
				rt := live.New(context.Background())
				n := &notebook{rt: rt, start: rt.Start()}
				p.run(rt, n)
				if err := rt.Run(programLength); err != nil {
					t.Error(err)
				}
				compare(t, "live", n.lines, p.want)
			})
		})
	}
}

func compare(t *testing.T, world string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n\t%s\nwant\n\t%s", world, strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		rt := live.New(ctx)
		var err error
		rt.Go("p", func() { err = rt.Sleep(time.Hour) })
		time.AfterFunc(30*ms, cancel)
		if err := rt.Run(time.Minute); err != nil {
			t.Error(err)
		}
		if got := rt.Now().Sub(rt.Start()); got != 30*ms || err != clients.ErrStopped {
			t.Errorf("ended after %v with %v, want 30ms and ErrStopped", got, err)
		}
	})
}

// A process that panics ends the run, with its name and stack, and not the
// program.
func TestPanicEndsTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := live.New(context.Background())
		var bystander error
		rt.Go("bystander", func() { bystander = rt.Sleep(time.Hour) })
		rt.Go("faulty", func() {
			_ = rt.Sleep(30 * ms)
			panic("no such slot")
		})
		err := rt.Run(time.Minute)
		for _, want := range []string{`"faulty"`, "30ms", "no such slot", "TestPanicEndsTheRun"} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("error lacks %q: %v", want, err)
			}
		}
		if bystander != clients.ErrStopped || rt.Now().Sub(rt.Start()) != 30*ms {
			t.Errorf("the other process got %v after %v", bystander, rt.Now().Sub(rt.Start()))
		}
	})
}
