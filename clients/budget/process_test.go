package budget

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ratebench/clients/limiter"
	"ratebench/clients/pace"
)

// slots8: a process that takes up to 4 slots of 8 per second with a call.
var slots8 = Config{
	Process: "p", Quota: limiter.Quota{Limit: 8, Window: time.Second, Drift: 100}, Latency: 20 * ms, Slack: 100 * ms,
	Ahead: 50 * ms, Batch: 4, Linger: 30 * ms, Mode: Pessimistic, Silent: time.Second, Alone: 10 * time.Second,
}

// bench is a process, and what is asked of it at what time.
type bench struct {
	*testing.T
	process *process
}

func newBench(t *testing.T, mode Mode) bench {
	c := slots8
	c.Mode = mode
	return bench{t, newProcess(c, start)}
}

func after(d time.Duration) time.Time { return start.Add(d) }

// next wants a departure for a cost, and nextCall the next call, at those times.
func (b bench) next(at time.Duration, cost int64, want time.Time) {
	b.Helper()
	if got := b.process.next(after(at), cost); !got.Equal(want) {
		b.Errorf("at %v a cost of %d can leave after %v, want %v", at, cost, got.Sub(start), want.Sub(start))
	}
}

func (b bench) nextCall(at time.Duration, want time.Time) {
	b.Helper()
	if got := b.process.nextCall(after(at)); !got.Equal(want) {
		b.Errorf("at %v the next call is after %v, want %v", at, got.Sub(start), want.Sub(start))
	}
}

// call wants a call of that kind, whose number, process and terms are as they
// have to be.
func (b bench) call(at time.Duration, want Call) Call {
	b.Helper()
	want.Seq, want.Process, want.Terms, want.Epoch = b.process.seq+1, "p", b.process.config.Terms(), b.process.epoch
	got := b.process.call(after(at))
	if diff := cmp.Diff(want, got); diff != "" {
		b.Errorf("the call at %v (-want +got):\n%s", at, diff)
	}
	return got
}

func granted(seq int64, age time.Duration, grants ...Grant) Granted {
	return Granted{Seq: seq, Age: age, Grants: grants}
}

func TestSlotsAreTakenUsedAndReported(t *testing.T) {
	b := newBench(t, Pessimistic)
	p := b.process
	ok := limiter.Outcome{Status: 200}
	b.nextCall(0, limiter.Never)
	b.next(0, 9, limiter.Impossible)
	b.next(0, 0, after(0))
	b.nextCall(0, limiter.Never) // nothing is wanted yet
	b.next(0, 1, limiter.Never)
	b.nextCall(0, after(0))
	c := b.call(0, Call{Take: 1, UpTo: 1})
	p.answered(after(2*ms), after(0), c, Reply{Epoch: "e", Granted: granted(c.Seq, 0), Wait: 40 * ms})
	b.nextCall(2*ms, after(42*ms+4*time.Microsecond)) // by a clock that is slower
	b.next(2*ms, 1, limiter.Never)
	p.pushed(after(30*ms), Push{Epoch: "e", Granted: granted(c.Seq, 28*ms, Grant{Slot: 3, Number: 7, After: 10 * ms})})
	b.next(30*ms, 1, after(40*ms+time.Microsecond))
	until := 138*ms - 13800*time.Nanosecond // from the call on, by a clock that is faster
	b.nextCall(30*ms, after(until+1))
	first := p.sent(after(41*ms), 1)
	b.nextCall(41*ms, limiter.Never)

	// From now on it takes two at a time, as long as it has less than one.
	b.next(41*ms, 1, limiter.Never)
	p.done(after(50*ms), first, ok)
	p.done(after(50*ms), first, ok) // once
	c = b.call(50*ms, Call{Take: 1, UpTo: 2, Returns: []Return{{Slot: 3, Number: 7}}})
	p.answered(after(52*ms), after(50*ms), c, Reply{Epoch: "e", Granted: granted(c.Seq, 0, Grant{1, 9, 20 * ms}, Grant{2, 8, 0})})
	b.next(52*ms, 1, after(52*ms)) // the one that is free first
	b.next(52*ms, 2, after(72*ms+2*time.Microsecond))
	second, third := p.sent(after(60*ms), 1), p.sent(after(80*ms), 1)
	p.done(after(90*ms), second, ok)
	b.nextCall(90*ms, after(120*ms)) // reports linger
	p.done(after(100*ms), third, limiter.Outcome{Err: errors.New("given up")})
	b.nextCall(100*ms, after(120*ms))
	b.call(120*ms, Call{Returns: []Return{{Slot: 2, Number: 8}}}) // of the other one nobody knows
	b.nextCall(120*ms, limiter.Never)
}

// Who stands in line and wants nothing any more asks again when it is time, so that
// its place is used up, and not before.
func TestWhoStandsInLineAsksAgain(t *testing.T) {
	b := newBench(t, Pessimistic)
	p := b.process
	b.next(0, 1, limiter.Never)
	c := b.call(0, Call{Take: 1, UpTo: 1})
	p.answered(after(0), after(0), c, Reply{Epoch: "e", Granted: granted(c.Seq, 0), Wait: 40 * ms})
	p.wanted = 0
	again := 40*ms + 4*time.Microsecond
	b.call(again-1, Call{})
	b.nextCall(again-1, after(again))
	b.call(again, Call{Take: 1, UpTo: 1})
}

// What is not used in time goes back at once, to the nanosecond, and halves what
// is taken.
// However many calls a process makes while it stands in line, it is the first of them
// that has brought it there, and the slot that comes for it is used.
func TestCallsFromTheLine(t *testing.T) {
	b := newBench(t, Pessimistic)
	p := b.process
	b.next(0, 1, limiter.Never)
	first := p.call(after(0))
	p.answered(after(0), after(0), first, Reply{Epoch: "e", Granted: granted(first.Seq, 0), Wait: time.Second})
	for i := range 1000 {
		at := time.Duration(i) * time.Microsecond
		p.giveBack(after(at), grant{Return: Return{Slot: 5, Number: int64(i)}, epoch: "e"}, 0)
		b.nextCall(at, after(at))
		c := p.call(after(at))
		p.answered(after(at), after(at), c, Reply{Epoch: "e", Granted: granted(first.Seq, at), Wait: time.Second - at})
		if next := p.nextCall(after(at)); !next.After(after(at)) {
			t.Fatalf("after %d calls the next is due at once, want none before it is time", i+2)
		}
	}
	if len(p.asks) != 1 {
		t.Errorf("%d calls are remembered, want the first", len(p.asks))
	}
	p.pushed(after(50*ms), Push{Epoch: "e", Granted: granted(first.Seq, 50*ms, Grant{Slot: 3, Number: 7})})
	b.next(50*ms, 1, after(50*ms))
}

// A process that starts again under its name finds the place of the one before it:
// it waits until that is used up, and gives back what it brings.
func TestPlaceOfTheOneBefore(t *testing.T) {
	b := newBench(t, Pessimistic)
	p := b.process
	old := p.seq - 1000
	b.next(0, 1, limiter.Never)
	c := p.call(after(0))
	p.answered(after(0), after(0), c, Reply{Epoch: "e", Granted: granted(old, 2*time.Second), Wait: time.Second})
	again := p.again
	if wait := again.Sub(start); wait < time.Second {
		t.Errorf("asks again after %v, want 1s or more", wait)
	}
	b.nextCall(0, again)
	p.pushed(after(500*ms), Push{Epoch: "e", Granted: granted(old, 2500*ms, Grant{Slot: 3, Number: 7})})
	b.next(500*ms, 1, limiter.Never)
	c = b.call(500*ms, Call{Take: 1, UpTo: 1, Returns: []Return{{Slot: 3, Number: 7, Unused: true}}})

	// A push that overtakes a reply ends the wait that the reply tells of.
	p.pushed(after(510*ms), Push{Epoch: "e", Granted: granted(c.Seq, 5*ms, Grant{Slot: 4, Number: 8})})
	p.answered(after(520*ms), after(500*ms), c, Reply{Epoch: "e", Granted: granted(c.Seq, 0), Wait: time.Second})
	p.sent(after(520*ms), 1)
	b.next(520*ms, 1, limiter.Never)
	b.nextCall(520*ms, after(520*ms))
}

func TestUnusedSlotsGoBack(t *testing.T) {
	b := newBench(t, Pessimistic)
	p := b.process
	p.batch = 4
	b.next(0, 1, limiter.Never)
	c := b.call(0, Call{Take: 1, UpTo: 4})
	p.answered(after(0), after(0), c, Reply{Epoch: "e", Granted: granted(c.Seq, 0, Grant{0, 1, 0}, Grant{1, 2, 50 * ms})})
	b.nextCall(0, after(100*ms-10*time.Microsecond+1))
	until := 100*ms - 10*time.Microsecond
	b.next(until, 1, after(0))
	b.next(until+1, 1, after(50*ms+5*time.Microsecond))
	b.nextCall(until+1, after(until+1))
	if p.batch != 2 {
		t.Errorf("a batch of %d, want half of 4", p.batch)
	}
	b.call(until+1, Call{Returns: []Return{{Slot: 0, Number: 1, Unused: true}}})
	want := Call{Process: "p", Terms: p.terms, Seq: p.seq + 1, Epoch: "e", Bye: true, Returns: []Return{{Slot: 1, Number: 2, Unused: true}}}
	if diff := cmp.Diff(want, p.bye(after(until+2))); diff != "" {
		t.Errorf("the last call (-want +got):\n%s", diff)
	}
}

// What is there already is not taken again.
func TestOnlyWhatIsMissingIsTaken(t *testing.T) {
	b := newBench(t, Pessimistic)
	b.next(0, 1, limiter.Never)
	c := b.call(0, Call{Take: 1, UpTo: 1})
	b.process.answered(after(0), after(0), c, Reply{Epoch: "e", Granted: granted(c.Seq, 0, Grant{Slot: 0, Number: 1})})
	b.next(0, 3, limiter.Never)
	b.call(0, Call{Take: 2, UpTo: 2})
}

// Who was heard of earlier comes first, whatever it is called; of two heard of at once
// the names decide.
func TestMembersByTime(t *testing.T) {
	early, late, other := &member{process: "b", heard: 1}, &member{process: "a", heard: 2}, &member{process: "c", heard: 1}
	if byTime(early, late) >= 0 || byTime(late, early) <= 0 || byTime(early, other) >= 0 || byTime(early, early) != 0 {
		t.Error("members are in another order")
	}
}

// Slots of a memory that is lost are not reported to the one that follows, and
// grants for a call that is not known go back.
func TestAnotherEpoch(t *testing.T) {
	b := newBench(t, Pessimistic)
	p := b.process
	b.next(0, 2, limiter.Never)
	c := b.call(0, Call{Take: 2, UpTo: 2})
	p.answered(after(0), after(0), c, Reply{Epoch: "e", Granted: granted(c.Seq, 0, Grant{0, 1, 0}, Grant{1, 2, 0})})
	first, second := p.sent(after(0), 1), p.sent(after(0), 1)
	p.done(after(10*ms), first, limiter.Outcome{Status: 200})
	p.answered(after(20*ms), after(20*ms), Call{}, Reply{Epoch: "f"})
	p.done(after(30*ms), second, limiter.Outcome{Status: 200})
	b.nextCall(30*ms, limiter.Never)
	p.pushed(after(40*ms), Push{Epoch: "f", Granted: granted(c.Seq, 0, Grant{2, 3, 0})})
	b.nextCall(40*ms, after(40*ms))
	b.call(40*ms, Call{Returns: []Return{{Slot: 2, Number: 3, Unused: true}}})
}

// A sign of life is sent with a call that is made anyway after a sixth of Silent,
// and by itself after a third.
func TestSignsOfLife(t *testing.T) {
	b := newBench(t, Safe)
	p := b.process
	b.nextCall(0, time.Time{})
	c := b.call(0, Call{Beat: &Beat{}})
	p.answered(after(20*ms), after(10*ms), c, Reply{Epoch: "e", Share: 3, Heard: 100 * ms})
	if want := after(10*ms - 100*ms - 10*time.Microsecond); !p.contact.heard.Equal(want) {
		t.Errorf("heard %v after the start, want %v", p.contact.heard.Sub(start), want.Sub(start))
	}
	third, sixth := time.Second/3, time.Second/6
	b.nextCall(20*ms, after(third))
	b.call(sixth-1, Call{})
	b.call(sixth, Call{Beat: &Beat{Base: c.Seq, Since: 146_651 * time.Microsecond, Share: 3}}) // 146,666 and drift
	b.nextCall(sixth, after(sixth+third))
	// A base from before the memory was lost is none.
	p.answered(after(sixth), after(sixth), Call{}, Reply{Epoch: "f"})
	b.call(2*sixth, Call{Beat: &Beat{Share: 3}})
}

// Without contact pauses double, up to a quarter of Silent; and a process lives off
// its share from when nothing that it was granted counts to when its slots are
// taken for it no longer, to the nanosecond.
func TestAlone(t *testing.T) {
	b := newBench(t, Safe)
	p := b.process
	c := p.call(after(0))
	p.answered(after(0), after(0), c, Reply{Epoch: "e", Share: 3})
	if _, _, may := p.aloneTime(); may {
		t.Error("it may live alone while it is in contact")
	}
	for i, pause := range []time.Duration{10 * ms, 20 * ms, 40 * ms, 80 * ms, 160 * ms, 250 * ms, 250 * ms} {
		p.failed(after(0))
		b.nextCall(0, after(pause))
		if i == 0 {
			b.call(pause, Call{}) // only asks whether anybody is there
		}
	}
	recovery := p.terms.Recovery()
	from := time.Second + recovery + p.config.drift(time.Second+recovery)
	until := 11*time.Second - 1100*time.Microsecond
	for _, tt := range []struct {
		at    time.Duration
		alone bool
	}{{from - 1, false}, {from, true}, {until - 1, true}, {until, false}} {
		if got := p.livesAlone(after(tt.at)); got != tt.alone {
			t.Errorf("at %v it lives alone: %v, want %v", tt.at, got, tt.alone)
		}
		w := &Budget{world: standing{now: after(tt.at)}, process: p}
		p.contact.retry = limiter.Never
		want := map[time.Duration]time.Time{from - 1: after(from), from: after(until), until - 1: after(until), until: limiter.Never}[tt.at]
		if c, _, next := w.due(); c != nil || !next.Equal(want) {
			t.Errorf("at %v it looks again after %v, want %v", tt.at, next.Sub(start), want.Sub(start))
		}
	}
	if at := p.next(after(from), 3); at.After(after(from)) {
		b.Errorf("its share leaves after %v, want at once", at.Sub(start))
	}
	b.next(from, 4, limiter.Never) // alone, but not for ever
	b.next(from, 9, limiter.Impossible)
	ticket := p.sent(after(from), 3)
	p.done(after(from+10*ms), ticket, limiter.Outcome{Status: 200})
	if got := p.next(after(from+10*ms), 1); !got.After(after(from+time.Second)) || !got.Before(after(from+1100*ms)) {
		t.Errorf("the next leaves after %v, want a window later", got.Sub(start))
	}
	p.answered(after(from+20*ms), after(from+15*ms), Call{}, Reply{Epoch: "e"})
	if p.alone != nil || p.livesAlone(after(from+20*ms)) {
		t.Error("it lives alone though there is contact")
	}

	for mode, want := range map[Mode]bool{Safe: false, Pessimistic: false, Optimistic: true} {
		p := newBench(t, mode).process
		p.contact = contact{lost: true, share: 1, beaten: start, heard: start}
		if got := p.livesAlone(start); got != want {
			t.Errorf("%v lives alone at once: %v, want %v", mode, got, want)
		}
		if p.contact.share = 0; p.livesAlone(after(from)) {
			t.Errorf("%v lives off nothing", mode)
		}
	}
}

// standing is a world whose time stands still.
type standing struct {
	World
	now time.Time
}

func (s standing) Now() time.Time { return s.now }

// What comes of a call is told, and counts from when it was sent.
func TestWhatCameOfACall(t *testing.T) {
	b := &Budget{world: standing{now: after(5 * ms)}, process: newBench(t, Safe).process}
	c, sent, _ := b.due()
	if c == nil || !sent.Equal(after(5*ms)) {
		t.Fatalf("the first call: %v at %v", c, sent)
	}
	lost := errors.New("lost")
	b.note(sent, *c, Reply{}, lost)
	if got := b.Status(); !got.Lost || got.Err != lost || got.Calls != 1 {
		t.Errorf("after a call without a reply: %+v", got)
	}
	b.world = standing{now: after(9 * ms)}
	b.note(sent, *c, Reply{Epoch: "e", Share: 2}, nil)
	if got := b.Status(); got != (Status{Share: 2, Calls: 1}) {
		t.Errorf("after a reply: %+v", got)
	}
	if k := b.process.contact; !k.heard.Equal(sent) || !k.reply.Equal(after(9*ms)) {
		t.Errorf("heard %v, a reply at %v", k.heard.Sub(start), k.reply.Sub(start))
	}
}

// counted counts how often its waiter would be woken.
type counted struct {
	pace.Signal
	n int
}

func (c *counted) Notify() { c.n++ }

// Calls are made when they have become due, or a report may change when; and the
// gate is told of slots that are pushed.
func TestWhatIsDueIsMade(t *testing.T) {
	p := newBench(t, Pessimistic).process
	var woken counted
	gate := 0
	b := &Budget{world: standing{now: after(0)}, process: p, signal: &woken}
	b.Wake(func() { gate++ })
	told := func(what string, calls, gates int) {
		t.Helper()
		if woken.n != calls || gate != gates {
			t.Errorf("%s: %d for calls, %d for the gate, want %d and %d", what, woken.n, gate, calls, gates)
		}
	}
	b.Next(after(0), 0)
	told("nothing is due", 0, 0)
	b.Next(after(0), 1)
	told("a slot is wanted", 1, 0)
	c, _, _ := b.due()
	b.pushed(Push{Epoch: p.epoch, Granted: granted(c.Seq, 0, Grant{0, 1, 0})})
	told("it has come", 2, 1)
	ticket := b.Sent(after(0), 1)
	told("it is used", 2, 1)
	b.Done(after(0), ticket, limiter.Outcome{Status: 200})
	told("it is to be reported", 3, 1)
	b.Abandon()
	told("it ends", 4, 1)
	if !b.isClosed() {
		t.Error("it goes on though it is abandoned")
	}
}

// unheard is a signal that nobody waits for.
type unheard struct{ pace.Signal }

func (unheard) Notify() {}

// silent is a store that says nothing.
type silent struct{ Store }

func (silent) Call(context.Context, Call) (Reply, error) { return Reply{}, nil }

// Any two things may be asked of a budget at a time. Without one of the locks the
// race detector finds it.
func TestABudgetIsAskedByMany(t *testing.T) {
	calls := int64(0)
	asks := []func(b *Budget){
		func(b *Budget) { b.Wake(func() {}) },
		(*Budget).wakeGate,
		func(b *Budget) { b.aloneChanged() },
		func(b *Budget) { b.Next(after(0), 1) },
		func(b *Budget) { b.Sent(after(0), 1) },
		func(b *Budget) { b.Done(after(0), 0, limiter.Outcome{Status: 200}) },
		func(b *Budget) { b.pushed(Push{Epoch: "e"}) },
		func(b *Budget) { b.note(after(0), Call{}, Reply{Epoch: "e"}, nil) },
		func(b *Budget) {
			if c, _, _ := b.due(); c != nil {
				calls++
			}
		},
		func(b *Budget) { b.Status() },
		func(b *Budget) { b.isClosed() },
		func(b *Budget) { _ = b.Close() },
		(*Budget).Abandon,
	}
	for i, one := range asks {
		for k, other := range asks {
			if k == i {
				continue
			}
			calls = 0
			b := &Budget{world: standing{now: after(0)}, process: newBench(t, Safe).process, store: silent{}, signal: unheard{}, wake: func() {}, cancel: func() {}}
			b.Sent(after(0), 1)
			var both sync.WaitGroup
			both.Go(func() { one(b) })
			both.Go(func() { other(b) })
			both.Wait()
			if got := b.Status().Calls; got != calls {
				t.Errorf("%d calls are counted, want %d", got, calls)
			}
		}
	}
}

// Clocks differ by so much, rounded up, and stores count in microseconds, rounded
// up.
func TestSpansAreRoundedUp(t *testing.T) {
	for _, tt := range []struct {
		ppm     int
		d, want time.Duration
	}{
		{100, 0, 0}, {100, 1, 1}, {100, 10_000, 1}, {100, 10_001, 2}, {100, time.Second, 100 * time.Microsecond},
		{200, 1_500_001, 301}, {200, time.Hour, 720 * ms}, {0, time.Second, limiter.DefaultDrift * time.Microsecond},
	} {
		var c Config
		c.Quota.Drift = tt.ppm
		if got := c.drift(tt.d); got != tt.want {
			t.Errorf("%d ppm of %v are %v, want %v", tt.ppm, tt.d, got, tt.want)
		}
		if c.longest(tt.d) != tt.d+tt.want || c.shortest(tt.d) != tt.d-tt.want {
			t.Errorf("%v is %v to %v", tt.d, c.shortest(tt.d), c.longest(tt.d))
		}
	}
	for d, want := range map[time.Duration]time.Duration{0: 0, 1: 1000, 999: 1000, 1000: 1000, 1001: 2000} {
		if got := microseconds(d); got != want {
			t.Errorf("%v is %v in microseconds, want %v", d, got, want)
		}
	}
}
