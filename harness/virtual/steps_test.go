package virtual

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ratebench/clients"
)

// A process that sleeps, one of steps, and one that walks through some of its
// sleeps do the same at the same instants and in the same order.
func TestStepsAreSleepsWithoutAStack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		waits := rapid.SliceOfN(rapid.SliceOf(rapid.Map(rapid.IntRange(-1, 4), func(n int) time.Duration {
			return time.Duration(n) * ms
		})), 1, 5).Draw(t, "waits")
		kinds := rapid.SliceOfN(rapid.IntRange(0, 2), len(waits), len(waits)).Draw(t, "kinds")
		until := time.Duration(rapid.IntRange(0, 15).Draw(t, "until")) * ms

		run := func(kind func(i int) int) (lines []string) {
			k := New()
			for i, w := range waits {
				note := func(what string) {
					lines = append(lines, fmt.Sprintf("%v %d %s", k.Now().Sub(Epoch), i, what))
				}
				left := slices.Clone(w)
				step := func() (time.Duration, bool) {
					note("step")
					if len(left) == 0 {
						return 0, false
					}
					wait := left[0]
					left = left[1:]
					return wait, true
				}
				switch kind(i) {
				case 0:
					k.Go("sleeper", func() {
						for {
							if wait, more := step(); !more || k.Sleep(wait) != nil {
								break
							}
						}
						note("end")
					})
				case 1:
					k.Go("walker", func() { _ = k.Walk(step); note("end") })
				case 2:
					k.Steps("steps", func() (time.Duration, bool) {
						wait, more := step()
						if !more {
							note("end")
						}
						return wait, more
					})
				}
			}
			if err := k.Run(until); err != nil {
				t.Fatal(err)
			}
			return slices.DeleteFunc(lines, func(line string) bool { // of those that the end of the run has stopped
				return strings.HasPrefix(line, until.String()+" ")
			})
		}
		want := run(func(int) int { return 0 })
		if got := run(func(i int) int { return kinds[i] }); !slices.Equal(got, want) {
			t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
		}
	})
}

// A process goes on where it was after a walk, which ends with the run.
func TestWalkEndsWithTheRun(t *testing.T) {
	k := New()
	var got []error
	k.Go("walker", func() {
		got = append(got, k.Walk(func() (time.Duration, bool) { return 0, false }))
		got = append(got, k.Walk(func() (time.Duration, bool) { return ms, true }))
		got = append(got, k.Walk(func() (time.Duration, bool) { t.Error("a step after the end"); return 0, false }))
		k.Steps("too late", func() (time.Duration, bool) { t.Error("a step after the end"); return 0, false })
	})
	k.Go("other", func() {
		for k.Sleep(ms/2) == nil {
		}
	})
	if err := k.Run(10 * ms); err != nil {
		t.Fatal(err)
	}
	if want := []error{nil, clients.ErrStopped, clients.ErrStopped}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// A panic in a step is the error of the run, with its process and its time.
func TestPanicInAStep(t *testing.T) {
	for name, start := range map[string]func(k *Kernel, step Step){
		"steps": func(k *Kernel, step Step) { k.Steps("steps", step) },
		"walk":  func(k *Kernel, step Step) { k.Go("walk", func() { _ = k.Walk(step) }) },
	} {
		k := New()
		n := 0
		k.Go("other", func() { // so that time does not just jump
			for k.Sleep(ms) == nil {
			}
		})
		start(k, func() (time.Duration, bool) {
			if n++; n == 3 {
				panic("oops")
			}
			return 2 * ms, true
		})
		err := k.Run(time.Second)
		if want := fmt.Sprintf("process %q panicked at 4ms of virtual time: oops", name); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// Processes that have ended make room for others.
func TestStepsAreUsedAgain(t *testing.T) {
	k := New()
	k.Go("starter", func() {
		for range 1000 {
			k.Steps("one", func() (time.Duration, bool) { return 0, false })
			_ = k.Sleep(ms)
		}
	})
	if err := k.Run(time.Hour); err != nil {
		t.Fatal(err)
	}
	if len(k.all) > 3 {
		t.Errorf("%d processes for 2 at a time", len(k.all))
	}
}
