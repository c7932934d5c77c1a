package virtual

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ratebench/clients"
	"ratebench/clients/pace"
)

// stepping is a process of steps in one function.
type stepping func() (clients.Wait, bool)

func (f stepping) Step(w *clients.Wait) (more bool) {
	*w, more = f()
	return more
}

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
				step := func() (clients.Wait, bool) {
					note("step")
					if len(left) == 0 {
						return clients.Wait{}, false
					}
					wait := left[0]
					left = left[1:]
					return clients.Wait{For: wait}, true
				}
				switch kind(i) {
				case 0:
					k.Go("sleeper", func() {
						for {
							if wait, more := step(); !more || k.Sleep(wait.For) != nil {
								break
							}
						}
						note("end")
					})
				case 1:
					k.Go("walker", func() { _ = k.Walk(stepping(step)); note("end") })
				case 2:
					k.Steps("steps", stepping(func() (clients.Wait, bool) {
						wait, more := step()
						if !more {
							note("end")
						}
						return wait, more
					}))
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
		got = append(got, k.Walk(stepping(func() (clients.Wait, bool) { return clients.Wait{}, false })))
		got = append(got, k.Walk(stepping(func() (clients.Wait, bool) { return clients.Wait{For: ms}, true })))
		got = append(got, k.Walk(stepping(func() (clients.Wait, bool) { t.Error("a step after the end"); return clients.Wait{}, false })))
		k.Steps("too late", stepping(func() (clients.Wait, bool) { t.Error("a step after the end"); return clients.Wait{}, false }))
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
	for name, start := range map[string]func(k *Kernel, step stepping){
		"steps": func(k *Kernel, step stepping) { k.Steps("steps", step) },
		"walk":  func(k *Kernel, step stepping) { k.Go("walk", func() { _ = k.Walk(stepping(step)) }) },
	} {
		k := New()
		n := 0
		k.Go("other", func() { // so that time does not just jump
			for k.Sleep(ms) == nil {
			}
		})
		start(k, func() (clients.Wait, bool) {
			if n++; n == 3 {
				panic("oops")
			}
			return clients.Wait{For: 2 * ms}, true
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
			k.Steps("one", stepping(func() (clients.Wait, bool) { return clients.Wait{}, false }))
			_ = k.Sleep(ms)
		}
	})
	if err := k.Run(time.Hour); err != nil {
		t.Fatal(err)
	}
	if len(k.details) > 3 {
		t.Errorf("%d processes for 2 at a time", len(k.details))
	}
}

// A process of steps that waits for a signal goes on when one that blocks does,
// and in the same order: notified, at the deadline, or with a token that was there
// before.
func TestStepsWaitForSignals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		wait := rapid.Custom(func(t *rapid.T) int { return rapid.IntRange(-1, 6).Draw(t, "until") })
		waiters := rapid.SliceOfN(rapid.SliceOfN(wait, 0, 6), 1, 4).Draw(t, "deadlines")
		kinds := rapid.SliceOfN(rapid.Bool(), len(waiters), len(waiters)).Draw(t, "steps")
		type call struct{ after, to int }
		calls := rapid.SliceOf(rapid.Custom(func(t *rapid.T) call {
			return call{rapid.IntRange(0, 3).Draw(t, "after"), rapid.IntRange(0, len(waiters)-1).Draw(t, "to")}
		})).Draw(t, "calls")

		run := func(steps func(i int) bool) (lines []string) {
			k := New()
			var signals []pace.Signal
			for i, deadlines := range waiters {
				s := k.NewSignal()
				signals = append(signals, s)
				next := 0
				step := func() (clients.Wait, bool) {
					lines = append(lines, fmt.Sprintf("%v %d", k.Now().Sub(Epoch), i))
					if next == len(deadlines) {
						return clients.Wait{}, false
					}
					next++
					w := clients.Wait{Signal: s}
					if d := deadlines[next-1]; d >= 0 { // else for ever
						w.Until = Epoch.Add(time.Duration(d*next) * ms)
					}
					return w, true
				}
				if steps(i) {
					k.Steps("steps", stepping(step))
					continue
				}
				k.Go("stack", func() {
					for {
						w, more := step()
						if !more {
							return
						}
						if err := s.Wait(w.Until); err != nil && err != pace.ErrDeadline {
							return
						}
					}
				})
			}
			k.Go("notifier", func() {
				for _, c := range calls {
					if k.Sleep(time.Duration(c.after)*ms) != nil {
						return
					}
					signals[c.to].Notify()
				}
			})
			if err := k.Run(30 * ms); err != nil {
				t.Fatal(err)
			}
			return lines
		}
		want := run(func(int) bool { return false })
		if got := run(func(i int) bool { return kinds[i] }); !slices.Equal(got, want) {
			t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
		}
	})
}

// Who waits for a signal that is reset goes on when it would if it were notified
// and waited again by itself, and in the same order among those of one instant; but
// it takes no step for that.
func TestResetIsToWaitAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		deadlines := rapid.SliceOfN(rapid.SliceOfN(rapid.IntRange(1, 9), 1, 6), 1, 4).Draw(t, "deadlines")
		stacks := rapid.SliceOfN(rapid.Bool(), len(deadlines), len(deadlines)).Draw(t, "stacks")
		type call struct{ after, to, until int } // -1: it notifies
		calls := rapid.SliceOf(rapid.Custom(func(t *rapid.T) call {
			return call{rapid.IntRange(0, 2).Draw(t, "after"), rapid.IntRange(0, len(deadlines)-1).Draw(t, "to"), rapid.IntRange(-1, 12).Draw(t, "until")}
		})).Draw(t, "calls")

		run := func(reset bool) (lines []string) {
			k := New()
			k.timers.from = int64(4 * ms) // some are distant, and some are not
			signals := make([]*signal, len(deadlines))
			again := make([]time.Time, len(deadlines)) // until when to wait again, without a step
			for i, d := range deadlines {
				s, next := k.NewSignal().(*signal), 0
				signals[i] = s
				step := func() (clients.Wait, bool) {
					if until := again[i]; !until.IsZero() {
						again[i] = time.Time{}
						return clients.Wait{Signal: s, Until: until}, true
					}
					lines = append(lines, fmt.Sprintf("%v %d", k.Now().Sub(Epoch), i))
					if next == len(d) {
						return clients.Wait{}, false
					}
					next++
					return clients.Wait{Signal: s, Until: k.Now().Add(time.Duration(d[next-1]) * ms)}, true
				}
				if !stacks[i] {
					k.Steps("steps", stepping(step))
					continue
				}
				k.Go("stack", func() {
					for {
						w, more := step()
						if !more || s.Wait(w.Until) == clients.ErrStopped {
							return
						}
					}
				})
			}
			k.Go("caller", func() {
				for _, c := range calls {
					if k.Sleep(time.Duration(c.after)*ms) != nil {
						return
					}
					s, until := signals[c.to], k.Now().Add(time.Duration(c.until)*ms)
					isAgain := !again[c.to].IsZero()
					switch {
					case c.until < 0 && isAgain: // it goes on already
						again[c.to] = time.Time{}
					case c.until < 0:
						s.Notify()
					case c.until == 0 && reset:
						if s.Reset(until) {
							t.Error("reset to what is now")
						}
					case c.until == 0:
					case reset:
						if waits := s.waiter != nil; s.Reset(until) != waits {
							t.Errorf("Reset of who waits (%v) says otherwise", waits)
						}
					case isAgain:
						again[c.to] = until
					case s.waiter != nil:
						again[c.to] = until
						s.Notify()
					}
				}
			})
			if err := k.Run(40 * ms); err != nil {
				t.Fatal(err)
			}
			return lines
		}
		if got, want := run(true), run(false); !slices.Equal(got, want) {
			t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
		}
	})
}

// Reset does nothing with an instant that is not to come: the zero time, which would
// be for ever, and now, which would be to notify, least of all when time begins. Who
// waited goes on once, and does not wake from what it does next.
func TestResetToWhatIsNotToCome(t *testing.T) {
	for _, begins := range []time.Duration{0, ms} {
		got := trace(t, time.Second, func(k *Kernel, note func(string, ...any)) {
			s := k.NewSignal().(*signal)
			k.Go("waiter", func() {
				note("%v", s.Wait(Epoch.Add(5*ms)))
				note("%v", k.Sleep(10*ms))
			})
			k.Go("caller", func() {
				_ = k.Sleep(begins)
				for _, until := range []time.Time{{}, k.Now(), k.Now().Add(-ms), k.Now()} {
					if s.Reset(until) {
						t.Errorf("at %v: reset to %v", k.Now(), until)
					}
				}
				note("notifies")
				s.Notify()
			})
		})
		expect(t, got, fmt.Sprintf("%v notifies", begins), fmt.Sprintf("%v <nil>", begins), fmt.Sprintf("%v <nil>", begins+10*ms))
	}
}

// watched is a process that knows when it is asked for what its next step looks at.
type watched struct {
	stepping
	foretold *int
}

func (w watched) Prefetch(some []clients.Process) uint64 {
	for _, p := range some {
		if _, ok := p.(watched); ok {
			*w.foretold++
		}
	}
	return 1
}

// Where thousands take turns, each is asked ahead of its turn for what it will look at,
// which has no part in what happens. Where there are few, none is.
func TestPrefetchIsNoStep(t *testing.T) {
	run := func(processes int, prefetches bool) (lines []string, steps, foretold int) {
		k := New()
		for i := range processes {
			left := 20
			step := stepping(func() (clients.Wait, bool) {
				lines = append(lines, fmt.Sprintf("%v %d", k.Now().Sub(Epoch), i))
				steps, left = steps+1, left-1
				return clients.Wait{For: time.Duration(1_000_003*(i+left)%7_919) * time.Microsecond}, left > 0
			})
			if prefetches {
				k.Steps("steps", watched{step, &foretold})
			} else {
				k.Steps("steps", step)
			}
		}
		if err := k.Run(time.Minute); err != nil {
			t.Fatal(err)
		}
		return lines, steps, foretold
	}
	want, _, _ := run(2_000, false)
	got, steps, foretold := run(2_000, true)
	if !slices.Equal(got, want) {
		t.Error("processes that prefetch do something else, or in another order")
	}
	if foretold < steps/2 || foretold > steps {
		t.Errorf("%d of %d steps were prefetched, want most of them, and each once", foretold, steps)
	}
	if _, _, foretold := run(5, true); foretold != 0 {
		t.Errorf("of 5 processes %d steps were prefetched, want none", foretold)
	}
}
