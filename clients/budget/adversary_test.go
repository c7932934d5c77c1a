package budget

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"ratebench/clients/limiter"
)

// An adversary runs processes against a store in a small world of its own, whose
// true time nobody sees: each process has a clock, and so has the store. It
// decides how long everything takes, what is lost, who dies and who is cut off.
type adversary struct {
	rnd    *rand.Rand
	config Config
	now    time.Duration // true time
	events events
	n      int

	ledger   Ledger
	instance int
	rate     float64 // of the store's clock
	behind   time.Duration
	down     bool
	backup   Ledger

	names, newcomers int
	actors           []*actor
	arrivals         []time.Duration

	latency func() time.Duration // of the way to the server
	way     func() time.Duration // to the store, or back; less than 0: lost
}

// An actor is a process that is never short of requests.
type actor struct {
	name    string
	process *process
	rate    float64
	offset  time.Duration
	busy    bool // a call is under way
	dead    bool
	cut     bool // off from the store
	step    int  // the last one planned
}

type event struct {
	at time.Duration
	n  int
	do func()
}

type events []event

func (e events) Len() int { return len(e) }
func (e events) Less(i, j int) bool {
	return e[i].at < e[j].at || e[i].at == e[j].at && e[i].n < e[j].n
}
func (e events) Swap(i, j int) { e[i], e[j] = e[j], e[i] }
func (e *events) Push(x any)   { *e = append(*e, x.(event)) }
func (e *events) Pop() any {
	last := (*e)[len(*e)-1]
	*e = (*e)[:len(*e)-1]
	return last
}

var start = time.Unix(1_000_000_000, 0)

func newAdversary(seed uint64, c Config) *adversary {
	a := &adversary{rnd: rand.New(rand.NewPCG(seed, 1)), config: c}
	a.rate = a.clockRate()
	a.latency = func() time.Duration { return a.upTo(c.Latency) }
	a.way = func() time.Duration { return a.upTo(2 * time.Millisecond) }
	return a
}

// clockRate is within half of the drift, so that no two clocks differ by more.
func (a *adversary) clockRate() float64 {
	return 1 + (2*a.rnd.Float64()-1)*limiter.DefaultDrift/2*1e-6
}

// upTo is 0, d, or something between.
func (a *adversary) upTo(d time.Duration) time.Duration {
	switch a.rnd.IntN(4) {
	case 0:
		return 0
	case 1:
		return d
	}
	return time.Duration(a.rnd.Int64N(int64(d) + 1))
}

func (a *adversary) after(d time.Duration, do func()) {
	a.n++
	heap.Push(&a.events, event{a.now + d, a.n, do})
}

func (a *adversary) run(d time.Duration) {
	for len(a.events) > 0 && a.events[0].at < d {
		e := heap.Pop(&a.events).(event)
		a.now = e.at
		e.do()
	}
}

// show is what a clock shows.
func (a *adversary) show(rate float64, offset time.Duration) time.Time {
	return start.Add(offset + time.Duration(float64(a.now)*rate))
}

func (p *actor) time(a *adversary) time.Time { return a.show(p.rate, p.offset) }

// until is in how long the clock of an actor shows a time, rounded up.
func (p *actor) until(a *adversary, t time.Time) time.Duration {
	if !t.Before(limiter.Never) {
		return time.Hour
	}
	return max(0, time.Duration(float64(t.Sub(p.time(a)))/p.rate)+2)
}

// start starts a process.
func (a *adversary) start(name string) *actor {
	p := &actor{name: name, rate: a.clockRate(), offset: time.Duration(a.rnd.Int64N(int64(time.Hour)))}
	c := a.config
	c.Process = name
	// Its wall clock never goes back from one run to the next.
	p.offset = p.offset.Truncate(time.Second) + 10*time.Hour*time.Duration(a.names)
	a.names++
	p.process = newProcess(c, p.time(a))
	a.actors = append(a.actors, p)
	a.step(p)
	return p
}

// step does what is due for a process, and plans the next step.
func (a *adversary) step(p *actor) {
	if p.dead {
		return
	}
	now := p.time(a)
	for !p.process.next(now, 1).After(now) {
		a.send(p, p.process.sent(now, 1))
	}
	at := p.process.next(now, 1)
	if call := p.process.nextCall(now); !p.busy && !call.After(now) {
		a.call(p)
	} else if !p.busy && call.Before(at) {
		at = call
	}
	if from, _, may := p.process.aloneTime(); may && from.After(now) && from.Before(at) {
		at = from
	}
	p.step++
	step := p.step
	a.after(max(p.until(a, at), time.Microsecond), func() {
		if p.step == step {
			a.step(p)
		}
	})
}

// send has a request leave: it arrives within the latency, and is answered.
func (a *adversary) send(p *actor, t limiter.Ticket) {
	in := a.latency()
	a.after(in, func() { a.arrivals = append(a.arrivals, a.now) })
	a.after(in+a.upTo(a.config.Latency), func() {
		if p.dead {
			return
		}
		o := limiter.Outcome{Status: 200}
		if a.rnd.IntN(50) == 0 {
			o = limiter.Outcome{Err: fmt.Errorf("broken")}
		}
		p.process.done(p.time(a), t, o)
		a.step(p)
	})
}

const timeout = 500 * time.Millisecond

// call makes the call that is due. It has a reply, or an error after the timeout,
// and may be applied even then.
func (a *adversary) call(p *actor) {
	p.busy = true
	sent := p.time(a)
	c := p.process.call(sent)
	ended := false
	end := func(r Reply, err error) {
		if ended || p.dead {
			return
		}
		ended, p.busy = true, false
		if err != nil {
			p.process.failed(p.time(a))
		} else {
			p.process.answered(p.time(a), sent, c, r)
		}
		a.step(p)
	}
	a.after(timeout, func() { end(Reply{}, fmt.Errorf("timed out")) })
	in := a.way()
	if p.cut || in < 0 {
		return
	}
	a.after(in, func() {
		if a.down {
			return
		}
		r, pushes, err := a.ledger.Call(a.show(a.rate, -a.behind), fmt.Sprint(a.instance), c)
		for _, push := range pushes {
			a.push(push)
		}
		if out := a.way(); out >= 0 && !p.cut {
			a.after(out, func() { end(r, err) })
		}
	})
}

func (a *adversary) push(push Push) {
	for _, p := range a.actors {
		out := a.way()
		if p.name != push.Process || p.dead || p.cut || out < 0 {
			continue
		}
		a.after(out, func() {
			if !p.dead {
				p.process.pushed(p.time(a), push)
				a.step(p)
			}
		})
	}
}

// mostInWindow is the most arrivals in any span of d: what a server counts that
// knows nothing of slots.
func (a *adversary) mostInWindow(d time.Duration) (most int, at time.Duration) {
	slices.Sort(a.arrivals)
	first := 0
	for i, t := range a.arrivals {
		for t-a.arrivals[first] > d {
			first++
		}
		if n := i - first + 1; n > most {
			most, at = n, t
		}
	}
	return most, at
}

func (a *adversary) check(t *testing.T) {
	t.Helper()
	if most, at := a.mostInWindow(a.config.Quota.Window); most > a.config.Quota.Limit {
		t.Errorf("%d arrivals within %v, at %v, want at most %d", most, a.config.Quota.Window, at, a.config.Quota.Limit)
	}
}

func testConfig(mode Mode) Config {
	return Config{
		Process: "p", Quota: limiter.Quota{Limit: 10, Window: time.Second},
		Latency: 50 * time.Millisecond, Mode: mode, Alone: 20 * time.Second,
	}
}

// troubled delays some calls by seconds, and loses others.
func (a *adversary) troubled() time.Duration {
	switch a.rnd.IntN(100) {
	case 0:
		return -1
	case 1:
		return a.upTo(10 * time.Second)
	case 2:
		return a.upTo(time.Second)
	}
	return a.upTo(2 * time.Millisecond)
}

// crashes has processes die now and then, and start again under an old name or a
// new one.
func (a *adversary) crashes() {
	a.after(time.Second+a.upTo(20*time.Second), func() {
		p := a.actors[a.rnd.IntN(len(a.actors))]
		if !p.dead {
			p.dead = true
			name := p.name
			if a.rnd.IntN(2) == 0 {
				a.newcomers++
				name = fmt.Sprint("new", a.newcomers)
			}
			a.after(a.upTo(5*time.Second), func() { a.start(name) })
		}
		a.crashes()
	})
}

// cuts cuts single processes off now and then.
func (a *adversary) cuts() {
	a.after(time.Second+a.upTo(20*time.Second), func() {
		p := a.actors[a.rnd.IntN(len(a.actors))]
		p.cut = true
		a.after(a.upTo(40*time.Second), func() { p.cut = false })
		a.cuts()
	})
}

// outages has the store vanish now and then. What it comes back with is up to
// back.
func (a *adversary) outages(back func()) {
	a.after(8*time.Second+a.upTo(30*time.Second), func() {
		a.down = true
		a.after(a.upTo(40*time.Second), func() {
			a.down = false
			back()
			a.outages(back)
		})
	})
}

// fail over to a replica that has not heard the last of it, or to nothing at all.
func (a *adversary) failOver() {
	a.instance++
	if a.rnd.IntN(2) == 0 {
		a.ledger = Ledger{}
	} else {
		a.ledger = a.backup.clone()
		a.behind = a.upTo(time.Second)
	}
}

// replicates keeps a copy of the ledger that is old.
func (a *adversary) replicates() {
	a.after(a.upTo(time.Second), func() { a.backup = a.ledger.clone(); a.replicates() })
}

func (l *Ledger) clone() Ledger {
	c := *l
	c.slots, c.order, c.line = slices.Clone(l.slots), slices.Clone(l.order), slices.Clone(l.line)
	c.members = nil
	for _, m := range l.members {
		copied := *m
		copied.taken = slices.Clone(m.taken)
		c.members = append(c.members, &copied)
	}
	return c
}

// worlds are what the promises are tried in.
var worlds = []struct {
	name    string
	mode    Mode
	trouble func(a *adversary)
	least   int // arrivals in 2 minutes, at 10/s
}{
	{"quiet", Safe, func(*adversary) {}, 1050},
	{"calls that are late, lost, or applied after they were given up", Safe, func(a *adversary) {
		a.way = a.troubled
	}, 300},
	{"crashes", Safe, func(a *adversary) { a.crashes() }, 300},
	{"everything that can happen to pessimists", Pessimistic, func(a *adversary) {
		a.way = a.troubled
		a.crashes()
		a.cuts()
		a.replicates()
		a.outages(a.failOver)
	}, 20},
	{"cut lines, crashes and late calls, while the store remembers", Safe, func(a *adversary) {
		a.way = a.troubled
		a.crashes()
		a.cuts()
		a.outages(func() {})
	}, 20},
	{"a store without memory", Safe, func(a *adversary) {
		a.crashes()
		a.replicates()
		a.outages(a.failOver)
	}, 20},
}

func TestNoWindowHoldsMore(t *testing.T) {
	seeds := uint64(24)
	if testing.Short() {
		seeds = 8
	}
	for _, w := range worlds {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			for seed := range seeds {
				c := testConfig(w.mode)
				switch seed % 4 { // no latency has to be less than the window, nor slots more than processes
				case 1:
					c.Quota.Limit = 3
				case 2:
					c.Latency = 2 * time.Second
				case 3:
					c.Quota.Limit, c.Batch, c.Linger = 40, 8, 20*time.Millisecond
				}
				a := newAdversary(seed, c)
				for i := range 4 {
					a.start(fmt.Sprint(i))
				}
				w.trouble(a)
				a.run(2 * time.Minute)
				a.check(t)
				if least := w.least * c.Quota.Limit / 10; seed%4 != 2 && len(a.arrivals) < least {
					t.Errorf("seed %d: %d requests in 2 minutes, want at least %d", seed, len(a.arrivals), least)
				}
				if t.Failed() {
					t.Fatalf("seed %d, limit %d", seed, c.Quota.Limit)
				}
			}
		})
	}
}

// What is not covered by the assumptions is found: the adversary is no pushover.
func TestAdversaryRefutesClaimsThatAreTooBold(t *testing.T) {
	for _, tt := range []struct {
		name  string
		mode  Mode
		world func(a *adversary)
	}{
		{"requests that take longer than Latency", Safe, func(a *adversary) {
			a.latency = func() time.Duration { return a.upTo(a.config.Latency + a.config.Quota.Window) }
		}},
		{"a store that goes on from an older state unnoticed", Pessimistic, func(a *adversary) {
			a.replicates()
			a.outages(func() { a.ledger = a.backup.clone() })
		}},
		{"optimists without a store", Optimistic, func(a *adversary) { a.outages(func() {}) }},
		{"clocks that run away", Safe, func(a *adversary) { a.rate = 1.01 }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for seed := range uint64(50) {
				a := newAdversary(seed, testConfig(tt.mode))
				tt.world(a)
				for i := range 4 {
					a.start(fmt.Sprint(i))
				}
				a.run(time.Minute)
				if most, _ := a.mostInWindow(time.Second); most > 10 {
					return
				}
			}
			t.Error("no window with more than 10 arrivals was found in 50 runs, want one")
		})
	}
}
