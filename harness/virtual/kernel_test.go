package virtual

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"

	"ratebench/clients"
	"ratebench/clients/keyedrand"
	"ratebench/clients/pace"
)

const ms = time.Millisecond

// trace runs f on a new kernel for d and returns what f noted, each line with
// its virtual time.
func trace(t *testing.T, d time.Duration, f func(k *Kernel, note func(format string, args ...any))) []string {
	t.Helper()
	k := New()
	var lines []string
	f(k, func(format string, args ...any) {
		lines = append(lines, fmt.Sprintf("%v %s", k.Now().Sub(Epoch), fmt.Sprintf(format, args...)))
	})
	if err := k.Run(d); err != nil {
		t.Fatal(err)
	}
	return lines
}

func expect(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

func TestSleepersWakeInOrderOfTimeThenOfCalling(t *testing.T) {
	got := trace(t, time.Second, func(k *Kernel, note func(string, ...any)) {
		for i, d := range []time.Duration{3 * ms, ms, 2 * ms, ms} {
			k.Go("sleeper", func() {
				_ = k.Sleep(d)
				note("%d", i)
			})
		}
	})
	expect(t, got, "1ms 1", "1ms 3", "2ms 2", "3ms 0")
}

func TestSleepNotPositiveReturnsAtOnce(t *testing.T) {
	got := trace(t, time.Second, func(k *Kernel, note func(string, ...any)) {
		k.Go("a", func() {
			note("%v", k.Sleep(0))
			note("%v", k.Sleep(-ms))
		})
		k.Go("b", func() { note("b") })
	})
	expect(t, got, "0s <nil>", "0s <nil>", "0s b")
}

func TestSignal(t *testing.T) {
	got := trace(t, time.Second, func(k *Kernel, note func(string, ...any)) {
		s := k.NewSignal()
		k.Go("waiter", func() {
			note("%v", s.Wait(time.Time{})) // woken by the notifier
			note("%v", s.Wait(Epoch.Add(10*ms)))
			note("%v", s.Wait(Epoch))            // a deadline in the past, no token
			note("%v", s.Wait(Epoch.Add(30*ms))) // the token of 20 ms, twice notified
			note("%v", s.Wait(Epoch.Add(30*ms))) // one token only
		})
		k.Go("notifier", func() {
			_ = k.Sleep(5 * ms)
			s.Notify()
			_ = k.Sleep(15 * ms)
			s.Notify()
			s.Notify()
		})
	})
	expect(t, got, "5ms <nil>", "10ms deadline passed", "10ms deadline passed", "20ms <nil>", "20ms <nil>")
}

func TestTokenIsKeptUntilTaken(t *testing.T) {
	got := trace(t, time.Second, func(k *Kernel, note func(string, ...any)) {
		s := k.NewSignal()
		s.Notify()
		s.Notify()
		k.Go("waiter", func() {
			note("%v", s.Wait(Epoch.Add(ms)))
			note("%v", s.Wait(Epoch.Add(ms)))
		})
	})
	expect(t, got, "0s <nil>", "1ms deadline passed")
}

// A timer that was overtaken by a Notify must not wake a later wait.
func TestStaleTimerWakesNobody(t *testing.T) {
	got := trace(t, time.Second, func(k *Kernel, note func(string, ...any)) {
		s := k.NewSignal()
		k.Go("waiter", func() {
			note("%v", s.Wait(Epoch.Add(10*ms)))
			note("%v", s.Wait(Epoch.Add(50*ms)))
			note("%v", k.Sleep(5*ms))
		})
		k.Go("notifier", func() {
			_ = k.Sleep(ms)
			s.Notify()
		})
	})
	expect(t, got, "1ms <nil>", "50ms deadline passed", "55ms <nil>")
}

func TestRunStopsWhoeverIsLeft(t *testing.T) {
	before := runtime.NumGoroutine()
	got := trace(t, 20*ms, func(k *Kernel, note func(string, ...any)) {
		k.Go("sleeper", func() {
			defer note("unwound")
			for k.Sleep(15*ms) == nil {
				note("tick")
			}
			note("%v", k.Sleep(ms))
			k.Go("too late", func() { note("never") })
		})
		k.Go("waiter", func() { note("%v", k.NewSignal().Wait(time.Time{})) })
		k.Go("at the end", func() { // the end is not part of the run
			_ = k.Sleep(20 * ms)
			note("stopped")
		})
	})
	expect(t, got, "15ms tick", "20ms run stopped", "20ms unwound", "20ms run stopped", "20ms stopped")
	if n := runtime.NumGoroutine(); n > before {
		t.Errorf("%d goroutines left behind", n-before)
	}
}

func TestRunEndsEarlyWhenNobodyCanGoOn(t *testing.T) {
	k := New()
	k.Go("short", func() { _ = k.Sleep(7 * ms) })
	k.Go("stuck", func() { _ = k.NewSignal().Wait(time.Time{}) })
	if err := k.Run(time.Hour); err != nil {
		t.Fatal(err)
	}
	if got := k.Now().Sub(Epoch); got != 7*ms {
		t.Errorf("ended at %v, want 7ms", got)
	}
}

// A deadline that has been overtaken is nothing to wait for.
func TestRunEndsEarlyInSpiteOfStaleTimers(t *testing.T) {
	k := New()
	s := k.NewSignal()
	k.Go("waiter", func() { _ = s.Wait(Epoch.Add(2 * time.Hour)) })
	k.Go("notifier", func() {
		_ = k.Sleep(7 * ms)
		s.Notify()
	})
	if err := k.Run(time.Hour); err != nil {
		t.Fatal(err)
	}
	if got := k.Now().Sub(Epoch); got != 7*ms {
		t.Errorf("ended at %v, want 7ms", got)
	}
}

func TestStopEndsTheRunAtOnce(t *testing.T) {
	got := trace(t, time.Second, func(k *Kernel, note func(string, ...any)) {
		k.Go("ticker", func() {
			for k.Sleep(ms) == nil {
				note("tick")
			}
			note("stopped")
		})
		k.Go("stopper", func() {
			_ = k.Sleep(2500 * time.Microsecond)
			k.Stop()
			note("%v", k.Sleep(time.Microsecond))
		})
	})
	expect(t, got, "1ms tick", "2ms tick", "2.5ms stopped", "2.5ms run stopped")
}

func TestPanicNamesProcessTimeAndStack(t *testing.T) {
	k := New()
	unwound := false
	k.Go("bystander", func() {
		defer func() { unwound = true }()
		_ = k.Sleep(time.Hour)
	})
	k.Go("faulty", func() {
		_ = k.Sleep(3 * ms)
		panic("no such slot")
	})
	err := k.Run(time.Hour)
	for _, want := range []string{`"faulty"`, "3ms", "no such slot", "TestPanicNamesProcessTimeAndStack"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error lacks %q: %v", want, err)
		}
	}
	if !unwound {
		t.Error("the other process was not unwound")
	}
}

func TestProcessThatIgnoresTheEndIsReported(t *testing.T) {
	k := New()
	k.Go("stubborn", func() {
		for {
			_ = k.Sleep(ms)
		}
	})
	if err := k.Run(5 * ms); err == nil || !strings.Contains(err.Error(), "goes on blocking") {
		t.Errorf("got %v", err)
	}
}

func TestTwoWaitersOnOneSignalIsAMistake(t *testing.T) {
	k := New()
	s := k.NewSignal()
	for range 2 {
		k.Go("waiter", func() { _ = s.Wait(time.Time{}) })
	}
	if err := k.Run(ms); err == nil || !strings.Contains(err.Error(), "two processes") {
		t.Errorf("got %v", err)
	}
}

// Coroutines are reused: a process per request costs no stack per request.
func TestFinishedProcessesAreReused(t *testing.T) {
	k := New()
	k.Go("spawner", func() {
		for range 1000 {
			k.Go("child", func() {})
			_ = k.Sleep(ms)
		}
	})
	if err := k.Run(time.Hour); err != nil {
		t.Fatal(err)
	}
	if len(k.details) != 2 {
		t.Errorf("%d coroutines, want 2", len(k.details))
	}
}

// The heap against a sorted slice.
func TestHeapPopsInOrder(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var h heap
	var want []entry
	check := func() {
		slices.SortFunc(want, func(a, b entry) int {
			if a.before(b) {
				return -1
			}
			return 1
		})
		if h.first() != want[0] {
			t.Fatalf("got %v, want %v", h.first(), want[0])
		}
		h.pop()
		want = want[1:]
	}
	for range 5000 {
		if len(want) > 0 && rng.IntN(3) == 0 {
			check()
			continue
		}
		at := rng.Int64N(100)
		e := entry{at, rng.Uint64()}
		h.push(e)
		want = append(want, e)
	}
	for len(want) > 0 {
		check()
	}
}

func TestStoppedIsTheClientsError(t *testing.T) {
	k := New()
	var err error
	k.Go("p", func() { err = k.Sleep(time.Hour) })
	if k.Run(ms) != nil || !errors.Is(err, clients.ErrStopped) {
		t.Errorf("got %v", err)
	}
}

func BenchmarkSwitch(b *testing.B) {
	b.ReportAllocs()
	k := New()
	for range 2 {
		k.Go("p", func() {
			for k.Sleep(ms) == nil {
			}
		})
	}
	b.ResetTimer()
	if err := k.Run(time.Duration(b.N/2) * ms); err != nil {
		b.Fatal(err)
	}
}

// Deadlines that are far away and never come take no room: neither those of
// processes that are woken before, nor any one's of a process that sleeps.
func TestStaleTimersDoNotPileUp(t *testing.T) {
	for _, deadline := range []time.Duration{10 * ms, 99 * ms, time.Second, 31 * 24 * time.Hour} {
		testTimersOf(t, deadline)
	}
}

func testTimersOf(t *testing.T, deadline time.Duration) {
	const waiters, rounds = 5, 20_000
	k := New()
	signals := make([]pace.Signal, waiters)
	for i := range signals {
		signals[i] = k.NewSignal()
		k.Go("waits", func() {
			for signals[i].Wait(k.Now().Add(deadline)) == nil {
			}
		})
	}
	most := 0
	k.Go("wakes", func() {
		for n := range rounds {
			if k.Sleep(time.Millisecond) != nil {
				return
			}
			signals[n%waiters].Notify()
			most = max(most, k.timers.near.len()+k.timers.distant.len())
		}
	})
	if err := k.Run(time.Hour); err != nil {
		t.Fatal(err)
	}
	if most == 0 || most > 200 {
		t.Errorf("%d timers for %d processes with deadlines in %v", most, waiters+1, deadline)
	}
}

// That stale timers are tidied away and distant ones share an entry makes no
// difference: as many processes that wake each other and time out in random order are
// woken at the same times as by a kernel that does neither.
func TestTidyingChangesNothing(t *testing.T) {
	run := func(tidy bool) (log []string) {
		k := New()
		if !tidy {
			k.timers.stale, k.timers.from = math.MinInt/2, never
		}
		signals := make([]pace.Signal, 7)
		for i := range signals {
			signals[i] = k.NewSignal()
			k.Go("p", func() {
				for n := uint64(0); ; n++ {
					draw := func(stream uint64) float64 { return keyedrand.Uniform(uint64(i), stream, n) }
					err := signals[i].Wait(k.Now().Add(time.Duration(draw(0)*draw(1)*200) * 5 * ms)) // many at the same instant
					if err == clients.ErrStopped {
						return
					}
					log = append(log, fmt.Sprint(k.Now().Sub(Epoch), i, err))
					signals[int(draw(2)*7)].Notify()
					if k.Sleep(time.Duration(draw(3)*3)*5*ms) != nil {
						return
					}
				}
			})
		}
		if err := k.Run(20 * time.Second); err != nil {
			t.Fatal(err)
		}
		return log
	}
	if with, without := run(true), run(false); len(with) < 1000 || !slices.Equal(with, without) {
		t.Errorf("%d events, %d without", len(with), len(without))
	}
}

func TestSleepThatNeverEnds(t *testing.T) {
	k := New()
	k.Go("sleeps", func() {
		_ = k.Sleep(time.Second)
		_ = k.Sleep(math.MaxInt64)
	})
	if err := k.Run(time.Minute); err != nil || !k.Now().Equal(Epoch.Add(time.Minute)) {
		t.Errorf("ended at %v: %v", k.Now(), err)
	}
}

// A process is in one line of a processor's cache, wherever the allocator puts its block.
// If this fails with another version of Go, runs cost more and are the same.
func TestAProcessIsInOneLine(t *testing.T) {
	const line = 64
	if unsafe.Sizeof(uintptr(0)) != 8 {
		t.Skip("sizes are those of 64 bits")
	}
	if size := unsafe.Sizeof(process{}); size != line {
		t.Errorf("a process has %d bytes, want %d", size, line)
	}
	k := New()
	for range 3 * blockSize {
		if p := k.newSlot(); uintptr(unsafe.Pointer(p))%line != 0 {
			t.Fatalf("process %d begins %d bytes after a line does", p.slot, uintptr(unsafe.Pointer(p))%line)
		}
	}
}
