package harness

import (
	"reflect"
	"testing"
	"time"

	"ratebench/clients"
	"ratebench/clients/limiter"
	"ratebench/harness/backend"
	"ratebench/harness/scenario"
	"ratebench/harness/virtual"
)

// A worker whose steps the kernel takes does the same as one that blocks, on a
// stack of its own, event by event: whatever the strategy, and with requests that
// nobody waits for to the end.
func TestStepsAndStacksAgree(t *testing.T) {
	for _, head := range []string{
		"duration: 8s\n",
		"duration: 8s\nstep: 0ms\n",
	} {
		sc := parse(t, head)
		for i := range sc.Strategies {
			st := sc.Strategies[i]
			st.Client.Timeout = 80 * time.Millisecond // some answers take longer
			stepsAgreeWithStacks(t, sc, &st)
		}
	}
}

// So does each of a crowd, of which the kernel prefetches what the next steps look at: as
// long as workers wait for requests, and when requests wait for workers.
func TestACrowdOfStepsAndOfStacksAgree(t *testing.T) {
	sc := parse(t, `
duration: 3s
step: 0ms
server: {keys: 520}
load: {every: exponential(90us)}
client: {workers_per_key: 4}
`)
	for _, limiter := range []string{"spaced", "headroom"} {
		stepsAgreeWithStacks(t, sc, strategy(t, sc, limiter))
	}
}

func stepsAgreeWithStacks(t *testing.T, sc *scenario.Scenario, st *scenario.Strategy) {
	t.Helper()
	steps := eventsOf(t, sc, st, func(k *virtual.Kernel) clients.Runtime { return k })
	stacks := eventsOf(t, sc, st, func(k *virtual.Kernel) clients.Runtime { return struct{ clients.Runtime }{k} })
	if len(steps) < 1000 {
		t.Fatalf("%s: %d events, want a thousand at least", st.Name, len(steps))
	}
	if len(steps) != len(stacks) {
		t.Errorf("%s: %d events, want %d", st.Name, len(steps), len(stacks))
	}
	for i := range min(len(steps), len(stacks)) {
		if !reflect.DeepEqual(steps[i], stacks[i]) {
			t.Errorf("%s, event %d: got %+v, want %+v", st.Name, i, steps[i], stacks[i])
			break
		}
	}
}

// eventsOf runs a strategy in virtual time, its client on what a kernel is made
// to look like.
func eventsOf(t *testing.T, sc *scenario.Scenario, st *scenario.Strategy, of func(*virtual.Kernel) clients.Runtime) []clients.Event {
	t.Helper()
	b, err := backend.New(sc, 1)
	if err != nil {
		t.Fatal(err)
	}
	kernel := virtual.New()
	rt := of(kernel)
	direct := &virtualCaller{kernel: kernel, server: b.Server}
	var events []clients.Event
	w := world{runtime: rt, observer: &eventLog{&events}, caller: func(int) clients.Caller {
		if _, ok := rt.(clients.Stepper); ok {
			return direct
		}
		return stackCaller{direct}
	}}
	if err := w.startClient(sc, st, 1); err != nil {
		t.Fatal(err)
	}
	if err := kernel.Run(sc.Duration); err != nil {
		t.Fatal(err)
	}
	return events
}

// A stackCaller can only block.
type stackCaller struct{ caller clients.Caller }

func (s stackCaller) Call(c *clients.Call, o *limiter.Outcome) error { return s.caller.Call(c, o) }

// What is foretold of calls is of those that are asked for, however often others were.
func TestCallsForetell(t *testing.T) {
	c := &virtualCaller{}
	for _, n := range []int{3, 1, 2} {
		calls := []clients.Process{&notACall{}}
		for range n {
			calls = append(calls, &flight{caller: c})
		}
		if got := len(c.Lines(calls, 0, nil)); got != 3*n {
			t.Errorf("%d addresses of %d calls, want three of each", got, n)
		}
	}
}

// notACall is a process of another kind.
type notACall struct{}

func (*notACall) Step(*clients.Wait) bool { return false }
