package virtual

import (
	"slices"
	"testing"
	"time"

	"ratebench/clients"
	"ratebench/clients/keyedrand"
)

// A plan says what many processes do, by the number of the step of each.
type plan struct {
	seed      uint64
	processes int
}

// An act is what a process does in a step: it notifies another or resets its signal,
// and then sleeps, or waits for its own signal.
type act struct {
	other   int
	reset   time.Duration // from now; 0: it notifies; less: it does neither
	wait    time.Duration
	signals bool // it waits for its signal
}

func (p plan) act(i, n int) act {
	draw := func(stream uint64) float64 { return keyedrand.Uniform(p.seed<<32|uint64(i), stream, uint64(n)) }
	length := func(stream uint64) time.Duration {
		kind, u := draw(stream), draw(stream+1)
		switch {
		case kind < 0.3:
			return time.Duration(u*5) * dayLength // where a day begins, many at once
		case kind < 0.6:
			return time.Duration(u * float64(20*ms))
		case kind < 0.65:
			return time.Duration(yearDays-1+int(u*3)) * dayLength // where the year ends
		case kind < 0.95:
			return time.Duration(u*14) * 10 * ms
		}
		return time.Duration(u * float64(100*365*24*time.Hour))
	}
	a := act{other: int(draw(0) * float64(p.processes)), wait: length(1), signals: draw(3) < 0.4, reset: -1}
	switch what := draw(4); {
	case what < 0.3:
		a.reset = 0
	case what < 0.6:
		a.reset = length(5) + 1
	}
	return a
}

// A visited is that a process took a step.
type visited struct {
	at      time.Duration
	process int
}

// bySearching is what a kernel does that looks through all timers for the next.
func (p plan) bySearching(from, until time.Duration) (log []visited) {
	type state struct {
		at    time.Duration
		set   int // its order; 0: there is no timer
		waits bool
		token bool
		due   time.Duration // 0: its timer is not to be set anew
		n     int
	}
	all := make([]state, p.processes)
	var ready []int
	now, sets := from, 0
	set := func(s *state, at time.Duration) { sets++; s.at, s.set = at, sets }
	step := func(i int) {
		s := &all[i]
		for s.waits = false; ; {
			log = append(log, visited{now, i})
			a := p.act(i, s.n)
			s.n++
			switch o := &all[a.other]; {
			case a.reset < 0:
			case a.reset > 0 && o.waits && o.due > 0:
				o.due = now + a.reset
			case a.reset > 0 && o.waits:
				o.due, o.set = now+a.reset, 0
				ready = append(ready, a.other)
			case a.reset > 0:
			case o.waits && o.due > 0:
				o.waits, o.due = false, 0
			case o.waits:
				o.waits, o.set = false, 0
				ready = append(ready, a.other)
			default:
				o.token = true
			}
			switch {
			case a.signals && s.token:
				s.token = false
			case a.signals || a.wait > 0:
				s.waits = a.signals
				set(s, now+a.wait)
				return
			}
		}
	}
	for i := range all {
		set(&all[i], from)
	}
	for {
		if len(ready) > 0 {
			i := ready[0]
			ready = ready[1:]
			if s := &all[i]; s.due > 0 {
				set(s, s.due)
				s.due = 0
			} else {
				step(i)
			}
			continue
		}
		first := -1
		for i, s := range all {
			if s.set > 0 && (first < 0 || s.at < all[first].at || s.at == all[first].at && s.set < all[first].set) {
				first = i
			}
		}
		if first < 0 || all[first].at >= until {
			return log
		}
		now, all[first].set = all[first].at, 0
		step(first)
	}
}

// byKernel is what the kernel does.
func (p plan) byKernel(t *testing.T, from, until time.Duration) (log []visited) {
	k := New()
	signals := make([]*signal, p.processes)
	for i := range signals {
		signals[i] = k.NewSignal().(*signal)
		n := -1
		k.Steps("steps", stepping(func() (clients.Wait, bool) {
			if n++; n == 0 {
				return clients.Wait{For: from}, true
			}
			log = append(log, visited{k.Now().Sub(Epoch), i})
			a := p.act(i, n-1)
			switch other := signals[a.other]; {
			case a.reset > 0:
				other.Reset(k.Now().Add(a.reset))
			case a.reset == 0:
				other.Notify()
			}
			if a.signals {
				return clients.Wait{Signal: signals[i], Until: k.Now().Add(a.wait)}, true
			}
			return clients.Wait{For: a.wait}, true
		}))
	}
	if err := k.Run(until); err != nil {
		t.Fatal(err)
	}
	return log
}

// Many processes that sleep, wait, notify and reset each other take their steps in
// the same order as where the next timer is searched among all: in the first second of
// a run, and after a hundred years.
func TestOrderOfManyProcesses(t *testing.T) {
	for _, processes := range []int{3, 40, 5 * large} {
		for _, from := range []time.Duration{dayLength, 100 * 365 * 24 * time.Hour} {
			p := plan{uint64(processes), processes}
			until := from + time.Second
			got, want := p.byKernel(t, from, until), p.bySearching(from, until)
			if len(want) < 10*processes {
				t.Errorf("%d processes: %d steps, want more", processes, len(want))
			}
			if !slices.Equal(got, want) {
				i := 0
				for i < min(len(got), len(want)) && got[i] == want[i] {
					i++
				}
				t.Errorf("%d processes, from %v on: %d steps, want %d; %d are the same, then %v, want %v", processes, from, len(got), len(want), i,
					got[i:min(i+3, len(got))], want[i:min(i+3, len(want))])
			}
		}
	}
}
