package clients

import (
	"fmt"
	"slices"
	"testing"
	"unsafe"

	"ratebench/clients/limiter"
	"ratebench/clients/pace"
)

// A foretold process is a taker that notes when it is prefetched for.
type foretold struct {
	consumer
	number int
	all    *[]int
}

func (f *foretold) Step(*Wait) bool { return false }

func (f *foretold) Prefetch(some []Process) uint64 {
	for _, p := range some {
		*f.all = append(*f.all, p.(*foretold).number)
	}
	return 0
}

// takesSteps is a Runtime that could take steps.
type takesSteps struct{ *bubble }

func (takesSteps) Steps(string, Process) {}

// canBegin is a SteppingCaller that is never called.
type canBegin struct{ Caller }

func (canBegin) Begin(*Call, *limiter.Outcome) Process { return nil }

// Of a crowd in line, everybody is prefetched for before a request is handed over, once,
// whatever the generator's runtime is called; of few, or where goroutines block, nobody.
func TestGeneratorPrefetchesForThoseInLine(t *testing.T) {
	const requests = 3 * atATime
	for _, tt := range []struct {
		name   string
		crowd  int
		caller SteppingCaller
		on     Runtime
		want   int
	}{
		{"a crowd", Crowd + requests - atATime, canBegin{}, takesSteps{&bubble{}}, requests},
		{"few", Crowd - 1, canBegin{}, takesSteps{&bubble{}}, 0},
		{"workers that block", Crowd + requests, nil, takesSteps{&bubble{}}, 0},
		{"a generator that blocks", Crowd + requests, canBegin{}, &bubble{}, 0},
	} {
		rt := takesSteps{&bubble{}}
		c := &client{rt: rt, config: Config{Count: requests, Burst: requests, GeneratorOn: tt.on}, observer: unseen{}, main: newQueue(rt), stepping: tt.caller}
		var all []int
		line := make([]foretold, tt.crowd)
		for i := range line {
			line[i] = foretold{consumer: consumer{place: place{signal: deaf{}}}, number: i, all: &all}
			c.main.take(&line[i])
		}
		g := &generator{client: c, rt: tt.on}
		_, g.inSteps = tt.on.(Stepper)
		g.Step(new(Wait))
		want := make([]int, tt.want)
		for i := range want {
			want[i] = i
		}
		if !slices.Equal(all, want) {
			t.Errorf("%s: prefetched for %v, want %v", tt.name, all, want)
		}
	}
}

type unseen struct{}

func (unseen) Observe(*Event) {}

// A noted signal or caller notes what it is asked for.
type noted struct {
	deaf
	canBegin
	name string
	all  *[]string
}

func (n noted) note(what string, far int) {
	*n.all = append(*n.all, fmt.Sprintf("%s %d %s", n.name, far, what))
}

type notedSignal struct{ noted }

func (s notedSignal) Lines(far int, lines []unsafe.Pointer) []unsafe.Pointer {
	s.note("signal", far)
	return append(lines, unsafe.Pointer(s.all))
}

type notedLimiter struct {
	limiter.Limiter
	noted
}

func (l notedLimiter) Lines(far int, lines []unsafe.Pointer) []unsafe.Pointer {
	l.note("limiter", far)
	return lines
}

type notedCaller struct{ noted }

func (c notedCaller) Lines(calls []Process, far int, lines []unsafe.Pointer) []unsafe.Pointer {
	c.note(fmt.Sprint(len(calls), " calls"), far)
	return lines
}

// What is asked of whom, step after step, as is of no matter to anything but the time that
// a run takes: of those who are idle the signal, of calls all, and of the gate all but who is
// about to arrive.
func TestWhoIsPrefetchedFor(t *testing.T) {
	var got []string
	c := &client{stepping: notedCaller{noted{name: "caller", all: &got}}}
	var some []Process
	for _, w := range []worker{
		{stage: idle, key: 1, place: place{signal: notedSignal{noted{name: "idle", all: &got}}}},
		{stage: atGate, key: 2, place: place{signal: notedSignal{noted{name: "waiting", all: &got}}}},
		{stage: onItsWay, key: 3, legs: 1},
		{stage: onItsWay, key: 4, legs: 2},
	} {
		gate, err := pace.NewGate(pace.GateConfig{Limiter: notedLimiter{noted: noted{name: fmt.Sprint("key ", w.key), all: &got}}, Refusals: pace.Refusals{Ignore: true}})
		if err != nil {
			t.Fatal(err)
		}
		w.hands, w.gate = &hands{client: c}, gate
		some = append(some, &w)
	}
	some = append(some, &foretold{}) // of another kind
	some[0].(Prefetcher).Prefetch(some)
	var want []string
	for far := range 4 {
		for _, key := range []int{1, 2, 4} {
			if far > 0 { // the gate comes first
				want = append(want, fmt.Sprintf("key %d %d limiter", key, far-1))
			}
		}
		want = append(want, fmt.Sprintf("idle %d signal", far), fmt.Sprintf("caller %d 2 calls", far))
	}
	if !slices.Equal(got, want) {
		t.Errorf("asked were\n%q, want\n%q", got, want)
	}
	var own ahead
	for _, p := range some[:4] {
		own.add(p.(*worker))
	}
	for i, key := range []int32{1, 2, 4} { // the request at hand is far from the rest
		if w := (*Request)(own.lines[i]); w != &some[key-1].(*worker).item {
			t.Errorf("the request of key %d is not read", key)
		}
	}
	if a := &c.ahead; len(a.workers) != 4 || len(a.idle) != 1 || len(a.calls) != 2 || len(a.lines) != 0 {
		t.Errorf("%d workers, %d idle, %d calls and %d lines are left; want 4, 1, 2 and none", len(a.workers), len(a.idle), len(a.calls), len(a.lines))
	}
}
