package client

import (
	"slices"
	"testing"
	"time"

	"ratebench/clients/limiter"
	"ratebench/harness/budgets"
	"ratebench/harness/kinds"
	"ratebench/harness/yamlfile"
)

type config struct{ limiter.Config }

// someKinds are one that polls and one that does not.
func someKinds() []kinds.Kind {
	of := func() (limiter.Config, []kinds.Parameter) {
		n := 3
		return config{}, []kinds.Parameter{{Name: "n", Help: "a number", Value: &n}}
	}
	return []kinds.Kind{{Name: "polls", Summary: "looks", Polls: true, New: of}, {Name: "sleeps", Summary: "waits", New: of}}
}

func TestNewLimiter(t *testing.T) {
	for i, poll := range []time.Duration{ms, 0} {
		k := someKinds()[i]
		l := NewLimiter(k)
		if l.Kind != k.Name || l.Poll != poll || l.Scope != "key" || l.Share != "whole" || l.Config == nil || len(l.Parameters) != 1 {
			t.Errorf("a limiter of kind %s is %+v", k.Name, l)
		}
		var keys []string
		for _, f := range l.Fields() {
			keys = append(keys, f.Key)
		}
		if want := []string{"kind", "poll", "scope", "share", "n"}; !slices.Equal(keys, want) {
			t.Errorf("its keys are %v, want %v", keys, want)
		}
	}
	if f := (&Limiter{Kind: "sleeps"}).Fields(); f != nil {
		t.Errorf("%d keys of what is yet to be decoded", len(f))
	}
}

func TestKindOf(t *testing.T) {
	var found kinds.Kind
	var ok bool
	n := yamlfile.Notation{Decode: func(d *yamlfile.Decoder, v yamlfile.Value) { found, ok = KindOf(d, v, someKinds()) }}
	for _, name := range []string{"polls", "sleeps"} {
		if err := decode(t, n, "limiter", "{n: 2, kind: "+name+"}"); err != nil || !ok || found.Name != name {
			t.Errorf("%s is found as %q, %v, %v", name, found.Name, ok, err)
		}
	}
	for _, c := range []struct{ text, want string }{
		{"{kind: naps}", "c.yaml:1:8: unknown limiter kind"},
		{"{n: 2}", "c.yaml:1:1: limiter has no kind, want kind: polls or sleeps"},
		{"[1]", "limiter is a list, want a mapping such as {kind: window}"},
	} {
		oneProblem(t, c.text, c.want, decode(t, n, "limiter", c.text))
		if ok || found.Name != "" {
			t.Errorf("%s is found as %q", c.text, found.Name)
		}
	}
}

func TestReadLimiter(t *testing.T) {
	for text, poll := range map[string]time.Duration{"{kind: a, poll: 0s}": 0, "{kind: a, poll: 1us}": time.Microsecond, "{kind: a, poll: 2ms, scope: worker, share: split}": 2 * ms} {
		l := Limiter{Poll: 7, Scope: ScopeKey, Share: ShareWhole}
		if err := decode(t, yamlfile.Mapping(LimiterFields(&l), nil), "limiter", text); err != nil || l.Poll != poll || (l.Scope == ScopeWorker) != (poll == 2*ms) || (l.Share == ShareSplit) != (poll == 2*ms) {
			t.Errorf("%s is read as %+v, %v", text, l, err)
		}
	}
	for _, c := range []struct{ text, want string }{
		{"{poll: 1ms}", "limiter has no kind, want kind: window"},
		{"{kind: a, poll: 999ns}", "c.yaml:1:17: poll is 999ns, want 0 or at least 1µs"},
		{"{kind: a, poll: 1ns}", "poll is 1ns, want 0 or at least 1µs"},
		{"{kind: a, poll: -1ms}", "c.yaml:1:17: poll is"},
		{"{kind: a, scope: all}", "all"},
		{"{kind: a, share: half}", "half"},
	} {
		l := Limiter{Scope: ScopeKey, Share: ShareWhole}
		oneProblem(t, c.text, c.want, decode(t, yamlfile.Mapping(LimiterFields(&l), nil), "limiter", c.text))
	}
}

// The least that there can be is right, and a mode is written as what was read.
func TestLeast(t *testing.T) {
	for _, text := range []string{
		"{runtime: {per_request: 0ms, per_wakeup: 0ms, generator: 0ms}, clock: {drift: 0, rate: 0.1}}",
		"{budget: {kind: leases, latency: 0ms, slack: 0ms, ahead: 0ms, batch: 0, linger: 0ms, store: {rate: 10, outages: [{at: 1ns, for: 1ns, every: 0ms, behind: 0ms}]}}}",
		"{budget: {kind: grants+spread, spread: 0ms, alone: 1ns}}",
	} {
		if _, err := readClient(t, 1, text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	_, err := readClient(t, 1, "{runtime: {per_wakeup: 1ns}}")
	oneProblem(t, "a nanosecond", "runtime of kind goroutines has per_wakeup 1ns", err)
	_, err = readClient(t, 1, "{budget: {kind: slots, store: {rate: 10.5}}}")
	oneProblem(t, "a fast store", "0.1 to 10", err)

	var r *Retry
	if err := decode(t, RetryNotation(&r), "retry", "{base: 1ns, cap: 0s}"); err != nil {
		t.Error(err)
	}
	oneProblem(t, "an unknown jitter", "some", decode(t, RetryNotation(&r), "retry", "{jitter: some, cap: 1ms}"))

	c := Default()
	if n := 1; Notation(&c, &n).Refine != nil || Notation(&c, &n).Schema.Ref == "" {
		t.Error("the schema of a client is no reference")
	}
	b := budgets.Config{Kind: budgets.Slots}
	n := modeOf(&b, b.Mode.String())
	if err := decode(t, n, "mode", "optimistic"); err != nil || n.Text() != "optimistic" {
		t.Errorf("the mode is written %s, %v", n.Text(), err)
	}
}

// Words stand in their order, the default or the plainest first.
func TestWords(t *testing.T) {
	var l Limiter
	c, r := Default(), defaultRetry()
	all := slices.Concat(Fields(&c), Fields(&c)[3].Fields, LimiterFields(&l), retryFields(r), budgetFields(defaultBudget()))
	var first []string
	for _, f := range all {
		if len(f.Words) > 1 {
			first = append(first, f.Words[0].Value+" "+f.Words[1].Value)
		}
	}
	if want := []string{"timestamp increasing", "goroutines event-loop", "key worker", "whole split", "none full", "independent split", "safe pessimistic"}; !slices.Equal(first, want) {
		t.Errorf("words are %q, want %q", first, want)
	}
}
