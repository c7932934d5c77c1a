package harness

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"ratebench/harness/internal/usage"
	"ratebench/harness/stats"
	"ratebench/harness/wire"
)

// Conditions are those that a run in real time was made under. They tell whether
// its figures are worth anything.
type Conditions struct {
	// Wire is what the way to the server was before the run.
	Wire wire.Times
	// Late is by how much one in a hundred timers, and the worst, came late.
	Late, Latest time.Duration
	// Own and Others are the parts of all processors' time that this process, with
	// those it has started, and everybody else had, from 0 to 1; nil where the
	// system does not tell.
	Own, Others *float64
}

// What a run can stand. A machine with more than that to do delays requests by
// more than the scenario does.
const (
	lateness   = 2 * time.Millisecond
	mostOthers = 0.25
	mostInAll  = 0.9
)

// Busy reports whether the machine had too much else to do for the figures to be
// those of the client: one in a hundred timers came more than 2 ms late, others
// had more than a quarter of the processors, or hardly anything of them was left.
func (c Conditions) Busy() bool {
	return c.Late > lateness ||
		c.Others != nil && *c.Others > mostOthers ||
		c.Own != nil && c.Others != nil && *c.Own+*c.Others > mostInAll
}

// String is one line:
//
//	timers late by 0.2 ms (1 in 100) and 1.1 ms at most; processors: 12 % own, 3 % others; way to the server at most 0.4 ms, limiters were told 5 ms
func (c Conditions) String() string {
	ms := func(d time.Duration) string { return fmt.Sprintf("%.3g ms", d.Seconds()*1000) }
	percent := func(share *float64) string {
		if share == nil {
			return "? %"
		}
		return fmt.Sprintf("%.0f %%", *share*100)
	}
	text := fmt.Sprintf("timers late by %s (1 in 100) and %s at most; processors: %s own, %s others; way to the server at most %s, limiters were told %s",
		ms(c.Late), ms(c.Latest), percent(c.Own), percent(c.Others), ms(c.Wire.Longest), ms(c.Wire.Latency()))
	if c.Busy() {
		return "measured on a busy machine: " + text
	}
	return text
}

// A Watch watches the machine during a run in real time.
type Watch struct {
	start       time.Time
	own, busy   *time.Duration // what had been used at the start
	stop        func()
	stopped     chan struct{}
	late        []time.Duration // of timers, the last ones if there are too many
	timers      int
	latest      time.Duration
	processors  int
	watchPeriod time.Duration
}

// mostTimers is how many are remembered: nine minutes' worth.
const mostTimers = 1 << 16

// StartWatch starts watching, with a timer every few milliseconds.
func StartWatch() *Watch {
	w := &Watch{
		start: time.Now(), own: usage.WithChildren(), busy: usage.Machine(),
		stopped: make(chan struct{}), processors: runtime.NumCPU(), watchPeriod: 8 * time.Millisecond,
	}
	stop := make(chan struct{})
	w.stop = sync.OnceFunc(func() { close(stop) })
	go w.run(stop)
	return w
}

func (w *Watch) run(stop <-chan struct{}) {
	defer close(w.stopped)
	for {
		due := time.Now().Add(w.watchPeriod)
		t := time.NewTimer(w.watchPeriod)
		select {
		case <-t.C:
			w.note(time.Since(due))
		case <-stop:
			t.Stop()
			return
		}
	}
}

func (w *Watch) note(late time.Duration) {
	w.latest = max(w.latest, late)
	if len(w.late) < mostTimers {
		w.late = append(w.late, late)
	} else {
		w.late[w.timers%mostTimers] = late
	}
	w.timers++
}

// Finish ends the watch and says what it has seen.
func (w *Watch) Finish() Conditions {
	w.stop()
	<-w.stopped
	c := Conditions{Late: percentile(w.late, 0.99), Latest: w.latest}
	all := float64(w.processors) * float64(time.Since(w.start))
	if own := usage.WithChildren(); own != nil && w.own != nil && all > 0 {
		share := float64(*own-*w.own) / all
		c.Own = &share
		if busy := usage.Machine(); busy != nil && w.busy != nil {
			others := max(0, float64(*busy-*w.busy)/all-share)
			c.Others = &others
		}
	}
	return c
}

// percentile is that of values in any order; 0 of none.
func percentile(values []time.Duration, q float64) time.Duration {
	if len(values) == 0 {
		return 0
	}
	return slices.Sorted(slices.Values(values))[stats.NearestRank(q, int64(len(values)))-1]
}
