package ledger_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ratebench/server/ledger"
	"ratebench/server/policy"
)

var epoch = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

func newLedger(t testing.TB, c ledger.Config) *ledger.Ledger {
	t.Helper()
	l, err := ledger.New(c, 0)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func perSecond(n int64) policy.Window { return policy.Window{Limit: n, Length: time.Second} }

// key is a request of a key.
func key(name string) *ledger.Request { return &ledger.Request{Key: name} }

// passes lets so many requests arrive and returns how many pass.
func passes(l *ledger.Ledger, now time.Time, r *ledger.Request, n int) (passed int) {
	for range n {
		if l.Arrive(now, r).OK {
			passed++
		}
	}
	return passed
}

func TestScopes(t *testing.T) {
	requests := []*ledger.Request{
		{Key: "a", IP: "1", Account: "x", Route: "get", Resource: "7"},
		{Key: "a", IP: "2", Account: "x", Route: "put", Resource: "7"},
		{Key: "b", IP: "1", Account: "x", Route: "get", Resource: "8"},
		{Key: "b", IP: "2", Account: "y", Route: "put", Resource: "8"},
		{Key: "a", IP: "1", Account: "x", Route: "get", Resource: "9"},
	}
	for _, tt := range []struct {
		scope ledger.Scope
		want  []bool // who passes a limit of one
	}{
		{0, []bool{true, false, true, false, false}}, // by key
		{ledger.ByKey, []bool{true, false, true, false, false}},
		{ledger.ByIP, []bool{true, true, false, false, false}},
		{ledger.ByAccount, []bool{true, false, false, true, false}},
		{ledger.ByRoute, []bool{true, true, false, false, false}},
		{ledger.ByResource, []bool{true, false, true, false, true}},
		{ledger.ByKey | ledger.ByRoute, []bool{true, true, true, true, false}},
		{ledger.ByKey | ledger.ByResource, []bool{true, false, true, false, true}},
		{ledger.ByAll, []bool{true, false, false, false, false}},
	} {
		l := newLedger(t, ledger.Config{Limits: []ledger.Limit{{Name: "x", Policy: perSecond(1), Scope: tt.scope}}})
		var got []bool
		for _, r := range requests {
			got = append(got, l.Arrive(epoch, r).OK)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("by %v (-want +got):\n%s", tt.scope, diff)
		}
	}
}

func TestScopeNames(t *testing.T) {
	for i, name := range ledger.ScopeNames() {
		s, ok := ledger.ParseScope(name)
		if !ok || s != 1<<i || s.String() != name {
			t.Errorf("%s is read as %v", name, s)
		}
	}
	if s, ok := ledger.ParseScope("planet"); ok || s != 0 {
		t.Errorf("planet is the scope %d", s)
	}
	if got := (ledger.ByKey | ledger.ByRoute).String(); got != "key+route" {
		t.Errorf("joined %s", got)
	}
	if got := ledger.Scope(0).String(); got != "key" {
		t.Errorf("0 is %s", got)
	}
}

// A day's quota is not spent on requests that the limit of the second refuses,
// unless it is charged in order.
func TestOrder(t *testing.T) {
	for _, tt := range []struct {
		order ledger.Order
		used  int64
	}{{ledger.AllOrNone, 2}, {ledger.InOrder, 5}} {
		l := newLedger(t, ledger.Config{Order: tt.order, Limits: []ledger.Limit{
			{Name: "day", Policy: policy.Window{Limit: 100, Length: 24 * time.Hour, Count: policy.Aligned}},
			{Name: "second", Policy: perSecond(2)},
			{Name: "never reached", Policy: perSecond(100)},
		}})
		if n := passes(l, epoch, key("a"), 5); n != 2 {
			t.Errorf("%v: %d pass, want 2", tt.order, n)
		}
		states := l.States(nil, epoch)
		if got := states[0].Used(); got != tt.used {
			t.Errorf("%v: %d of the day's are used, want %d", tt.order, got, tt.used)
		}
		if states[0].Refused || !states[1].Refused || len(states) > 2 && states[2].Used() != 2 {
			t.Errorf("%v: %+v", tt.order, states)
		}
	}
}

// Of several that refuse, the one with the longest wait is told.
func TestLongestWait(t *testing.T) {
	l := newLedger(t, ledger.Config{Limits: []ledger.Limit{
		{Name: "parallel", Policy: policy.Concurrency{Limit: 2}},
		{Name: "second", Policy: perSecond(1)},
		{Name: "minute", Policy: policy.Window{Limit: 1, Length: time.Minute}},
		{Name: "hour", Policy: policy.Window{Limit: 9, Length: time.Hour}},
	}})
	r := key("a")
	l.Arrive(epoch, r)
	d := l.Arrive(epoch, r)
	if want := (ledger.Decision{Limit: 2, Retry: time.Minute + 1}); d != want {
		t.Errorf("%+v, want %+v", d, want)
	}
	r.Costs = []ledger.Cost{{N: 3}}
	if d := l.Arrive(epoch, r); d.Limit != 0 || d.Retry != policy.Never {
		t.Errorf("a cost that no wait helps: %+v", d)
	}
}

func TestCounts(t *testing.T) {
	limit := func(c ledger.Counts) ledger.Config {
		return ledger.Config{Limits: []ledger.Limit{{Name: "x", Policy: perSecond(2), Counts: c}}}
	}
	ms := func(n int) time.Time { return epoch.Add(time.Duration(n) * time.Millisecond) }

	l := newLedger(t, limit(ledger.Accepted))
	passes(l, ms(0), key("a"), 5)
	if n := passes(l, ms(1001), key("a"), 5); n != 2 {
		t.Errorf("accepted: %d pass a second later, want 2", n)
	}

	l = newLedger(t, limit(ledger.All)) // who keeps asking is kept out
	passed := 0
	for i := range 100 {
		passed += passes(l, ms(300*i), key("a"), 1)
	}
	if passed != 2 {
		t.Errorf("all: %d pass in 30 s, want the first 2", passed)
	}
	if n := passes(l, ms(30_000+701), key("a"), 1); n != 1 {
		t.Error("all: who has been silent for a second is still kept out")
	}

	l = newLedger(t, limit(ledger.Failures))
	if n := passes(l, ms(0), key("a"), 9); n != 9 {
		t.Errorf("failures: %d of 9 successes pass", n)
	}
	l.Fail(ms(1), key("a"))
	l.Fail(ms(1), key("a"))
	if n := passes(l, ms(2), key("a"), 1); n != 0 {
		t.Error("failures: one passes after two")
	}
	puts := newLedger(t, ledger.Config{Limits: []ledger.Limit{{Name: "x", Policy: perSecond(1), Counts: ledger.Failures, Routes: []string{"put"}}}})
	puts.Fail(ms(0), &ledger.Request{Key: "a", Route: "get"})
	if d := puts.Arrive(ms(1), &ledger.Request{Key: "a", Route: "put"}); !d.OK {
		t.Errorf("failures: one of another route counts: %+v", d)
	}
	// The refusal was a failure, too.
	if n := passes(l, ms(1002), key("a"), 1); n != 1 {
		t.Errorf("failures: %d pass when one is left of three", n)
	}
}

func TestCosts(t *testing.T) {
	l := newLedger(t, ledger.Config{Limits: []ledger.Limit{
		{Name: "requests", Policy: perSecond(100), Fixed: 1},
		{Name: "plain", Policy: perSecond(100)},
		{Name: "tokens", Policy: perSecond(100), Cost: "tokens", Settle: true},
		{Name: "puts", Policy: perSecond(100), Routes: []string{"put", "patch"}, Fixed: 5},
	}})
	used := func() (used []int64) {
		for _, s := range l.States(nil, epoch) {
			used = append(used, s.Used())
		}
		return used
	}
	d := l.Arrive(epoch, &ledger.Request{Route: "get", Costs: []ledger.Cost{{N: 3, More: 5}, {Name: "tokens", N: 40, More: -30}}})
	if diff := cmp.Diff([]int64{1, 3, 40}, used()); diff != "" {
		t.Errorf("on arrival (-want +got):\n%s", diff)
	}
	l.Answered(epoch, d.Visit)
	if diff := cmp.Diff([]int64{1, 3, 10}, used()); diff != "" {
		t.Errorf("settled (-want +got):\n%s", diff)
	}
	d = l.Arrive(epoch, &ledger.Request{Route: "patch"})
	if diff := cmp.Diff([]int64{2, 4, 10, 5}, used()); diff != "" {
		t.Errorf("one that says nothing of costs (-want +got):\n%s", diff)
	}
	l.Answered(epoch, d.Visit)

	// The plain cost is settled as it was, if nothing else is said of it.
	one := newLedger(t, ledger.Config{Limits: []ledger.Limit{{Name: "plain", Policy: perSecond(100), Settle: true}}})
	one.Answered(epoch, one.Arrive(epoch, key("a")).Visit)
	if got := one.States(nil, epoch)[0].Used(); got != 1 {
		t.Errorf("%d used of a limit that a request was settled with, want 1", got)
	}

	// No more is given back than was taken.
	d = l.Arrive(epoch, &ledger.Request{Costs: []ledger.Cost{{Name: "tokens", N: 5, More: -9}}})
	l.Answered(epoch, d.Visit)
	if diff := cmp.Diff([]int64{3, 5, 10}, used()); diff != "" {
		t.Errorf("given back too much (-want +got):\n%s", diff)
	}
}

func TestConcurrencyIsReleased(t *testing.T) {
	l := newLedger(t, ledger.Config{Limits: []ledger.Limit{
		{Name: "parallel", Policy: policy.Concurrency{Limit: 2}, Counts: ledger.All},
		{Name: "second", Policy: perSecond(3)},
	}})
	first, second := l.Arrive(epoch, key("a")), l.Arrive(epoch, key("a"))
	for range 3 { // those that are refused are not under way
		if d := l.Arrive(epoch, key("a")); d.OK || d.Limit != 0 || d.Retry != 0 {
			t.Fatalf("a third at a time: %+v", d)
		}
	}
	l.Answered(epoch, first.Visit)
	if n := passes(l, epoch, key("a"), 2); n != 1 {
		t.Errorf("%d pass in the place of one, want 1", n)
	}
	// What was under way before the memory was lost gives nothing back after.
	l.Forget()
	if n := passes(l, epoch, key("a"), 2); n != 2 {
		t.Errorf("%d pass after all is forgotten, want 2", n)
	}
	l.Answered(epoch, second.Visit)
	if n := passes(l, epoch, key("a"), 1); n != 0 {
		t.Error("an answer from before the memory was lost made room")
	}
}

// Where requests have a key in common, what is held until the answer, what delays,
// and whom else a penalty knows is no less so.
func TestInCommon(t *testing.T) {
	inCommon := func(c ledger.Config) *ledger.Ledger {
		l, err := ledger.New(c, ledger.ByKey)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	l := inCommon(ledger.Config{Limits: []ledger.Limit{{Name: "parallel", Policy: policy.Concurrency{Limit: 1}}}})
	d := l.Arrive(epoch, key("a"))
	if n := passes(l, epoch, key("a"), 1); n != 0 {
		t.Error("two pass at a time")
	}
	l.Answered(epoch, d.Visit)
	if n := passes(l, epoch, key("a"), 2); n != 1 {
		t.Errorf("%d pass after an answer, want 1", n)
	}

	l = inCommon(ledger.Config{Limits: []ledger.Limit{{Name: "slow", Policy: policy.Queue{N: 1, Per: time.Second, Length: 2}}}})
	l.Arrive(epoch, key("a"))
	if d := l.Arrive(epoch, key("a")); d.Delay != time.Second {
		t.Errorf("a queue: %+v, want a delay of 1s", d)
	}

	l = inCommon(ledger.Config{Limits: []ledger.Limit{{Name: "all", Policy: perSecond(1), Counts: ledger.All}}})
	passes(l, epoch, key("a"), 2)
	if n := passes(l, epoch.Add(time.Second+1), key("a"), 1); n != 1 {
		t.Errorf("%d pass a second after a refusal that counts, want 1", n)
	}
	if n := passes(l, epoch.Add(time.Second+2), key("a"), 1); n != 0 {
		t.Errorf("%d pass at once after that, want none", n)
	}
	if n := passes(l, epoch.Add(2*time.Second+2), key("a"), 1); n != 0 {
		t.Error("a refusal does not count")
	}

	l = inCommon(ledger.Config{Limits: []ledger.Limit{{Name: "puts", Policy: perSecond(1), Routes: []string{"put"}}}})
	if n := passes(l, epoch, &ledger.Request{Key: "a", Route: "get"}, 2); n != 2 {
		t.Errorf("%d pass of another route than the limit's, want 2", n)
	}
	if n := passes(l, epoch, &ledger.Request{Key: "a", Route: "put"}, 2); n != 1 {
		t.Errorf("%d pass of the limit's route, want 1", n)
	}

	l = inCommon(ledger.Config{
		Limits:  []ledger.Limit{{Name: "second", Policy: perSecond(1)}},
		Penalty: ledger.Penalty{Penalty: policy.Penalty{After: 1}, Scope: ledger.ByIP},
	})
	first, other := &ledger.Request{Key: "a", IP: "1"}, &ledger.Request{Key: "a", IP: "2"}
	passes(l, epoch, first, 2)
	if d := l.Arrive(epoch.Add(time.Minute), other); !d.OK {
		t.Errorf("another address than the one that is blocked: %+v", d)
	}
	if d := l.Arrive(epoch.Add(time.Minute), first); !d.Banned {
		t.Errorf("the address that is blocked: %+v", d)
	}
}

// A queue among other limits delays, and one that refuses does not.
func TestQueueAmongOthers(t *testing.T) {
	l := newLedger(t, ledger.Config{Limits: []ledger.Limit{
		{Name: "slow", Policy: policy.Queue{N: 1, Per: time.Second, Length: 9}, Counts: ledger.All},
		{Name: "second", Policy: perSecond(2)},
	}})
	if !l.Delays() {
		t.Error("it does not say that it delays")
	}
	for i, want := range []ledger.Decision{{OK: true, Limit: -1}, {OK: true, Limit: -1, Delay: time.Second}, {Limit: 1, Retry: time.Second + 1}} {
		if d := l.Arrive(epoch, key("a")); d != want {
			t.Errorf("number %d: %+v, want %+v", i, d, want)
		}
	}
	if newLedger(t, ledger.Config{Limits: many(2)}).Delays() {
		t.Error("windows delay")
	}
}

// A ledger does not change with the list that it was made of, and tells the state
// of the first limit for anybody.
func TestLimitsAreItsOwn(t *testing.T) {
	limits := []ledger.Limit{{Name: "x", Policy: perSecond(2), Cost: "tokens"}, {Name: "y", Policy: perSecond(9)}}
	l := newLedger(t, ledger.Config{Limits: limits})
	limits[0] = ledger.Limit{Name: "z", Policy: perSecond(100)}
	for i, want := range []int64{0, 0, 2, 2} {
		r := &ledger.Request{Key: "a"}
		if i == 2 {
			r.Costs = []ledger.Cost{{Name: "tokens", N: 2}}
		}
		l.Arrive(epoch, r)
		if got := l.First(epoch, r); got.Used() != want || got.Limit != 2 {
			t.Errorf("after request %d of the first limit: %+v, want %d of 2 used", i, got, want)
		}
	}
	if got := l.First(epoch, key("b")); got.Used() != 0 {
		t.Errorf("of who has sent nothing %d are used", got.Used())
	}
}

func TestNames(t *testing.T) {
	for _, tt := range []struct{ got, want string }{
		{fmt.Sprint(ledger.Accepted, ledger.All, ledger.Failures, ledger.Counts(3)), "accepted all failures Counts(3)"},
		{fmt.Sprint(ledger.AllOrNone, ledger.InOrder, ledger.Order(2)), "all-or-none in-order Order(2)"},
		{fmt.Sprint(ledger.Refusals, ledger.Errors, ledger.Strikes(2)), "refusals errors Strikes(2)"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %s, want %s", tt.got, tt.want)
		}
	}
}

// Errors count for a penalty on errors, or a limit of failures.
func TestCountsErrors(t *testing.T) {
	one := policy.Penalty{After: 1}
	failures := []ledger.Limit{{Name: "x", Policy: perSecond(1)}, {Name: "y", Policy: perSecond(1), Counts: ledger.Failures}}
	for i, tt := range []struct {
		config ledger.Config
		want   bool
	}{
		{ledger.Config{}, false},
		{ledger.Config{Limits: failures[:1], Penalty: ledger.Penalty{Penalty: one}}, false},
		{ledger.Config{Limits: failures[:1], Penalty: ledger.Penalty{Strikes: ledger.Errors}}, false}, // there is none
		{ledger.Config{Limits: failures[:1], Penalty: ledger.Penalty{Penalty: one, Strikes: ledger.Errors}}, true},
		{ledger.Config{Limits: failures}, true},
	} {
		if got := tt.config.CountsErrors(); got != tt.want {
			t.Errorf("%d: %v, want %v", i, got, tt.want)
		}
	}
}

// What is a strike: refusals, or errors, and nothing during a ban. Who is let
// through has no wait, and who is banned for a time is not blocked.
func TestStrikes(t *testing.T) {
	const s = time.Second
	minute := policy.Penalty{After: 1, For: []time.Duration{time.Minute, time.Hour}}
	limits := []ledger.Limit{{Name: "x", Policy: perSecond(1)}, {Name: "y", Policy: perSecond(9), Counts: ledger.Failures}}
	let := func(l *ledger.Ledger, at time.Duration, want bool, wait time.Duration) {
		t.Helper()
		if ok, retry := l.Let(epoch.Add(at), key("a")); ok != want || retry != wait {
			t.Errorf("at %v it is let through: %v, after %v; want %v, %v", at, ok, retry, want, wait)
		}
	}
	l := newLedger(t, ledger.Config{Limits: limits, Penalty: ledger.Penalty{Penalty: minute}})
	let(l, 0, true, 0)
	l.Fail(epoch, key("a")) // counts for y alone
	let(l, 0, true, 0)
	l = newLedger(t, ledger.Config{Limits: limits, Penalty: ledger.Penalty{Penalty: minute, Strikes: ledger.Errors}})
	l.Fail(epoch, key("a"))
	let(l, 0, false, time.Minute)
	l.Fail(epoch.Add(30*s), key("a"))
	let(l, 59*s, false, s)
	if n := l.Blocked(); n != 0 {
		t.Errorf("%d are blocked for ever, want none", n)
	}
	let(l, 60*s, true, 0)
	let(newLedger(t, ledger.Config{Limits: limits}), 0, true, 0)
	if n := newLedger(t, ledger.Config{Limits: limits}).Blocked(); n != 0 {
		t.Errorf("%d are blocked without a penalty", n)
	}
}

func TestQueues(t *testing.T) {
	l := newLedger(t, ledger.Config{Limits: []ledger.Limit{
		{Name: "slow", Policy: policy.Queue{N: 1, Per: time.Second, Length: 2}, Scope: ledger.ByKey},
		{Name: "all", Policy: policy.Queue{N: 1, Per: 100 * time.Millisecond, Length: 100}, Scope: ledger.ByAll},
	}})
	if !l.Delays() {
		t.Error("it does not say that it delays")
	}
	for i, want := range []time.Duration{0, time.Second, 2 * time.Second} {
		if d := l.Arrive(epoch, key("a")); !d.OK || d.Delay != want {
			t.Errorf("number %d: %+v, want a delay of %v", i, d, want)
		}
	}
	if d := l.Arrive(epoch, key("a")); d.OK || d.Retry != time.Second {
		t.Errorf("a full queue: %+v", d)
	}
	if d := l.Arrive(epoch, key("b")); d.Delay != 300*time.Millisecond { // behind three others
		t.Errorf("another key: %+v", d)
	}
}

func TestPenalties(t *testing.T) {
	limits := []ledger.Limit{{Name: "x", Policy: perSecond(1)}}
	ban := policy.Penalty{After: 2, Within: 10 * time.Second, For: []time.Duration{time.Minute}}
	r := &ledger.Request{Key: "a", IP: "1"}
	other := &ledger.Request{Key: "b", IP: "1"}

	l := newLedger(t, ledger.Config{Limits: limits, Penalty: ledger.Penalty{Penalty: ban, Scope: ledger.ByIP}})
	if n := passes(l, epoch, r, 3); n != 1 {
		t.Fatalf("%d pass, want 1", n)
	}
	for _, who := range []*ledger.Request{r, other} {
		if d := l.Arrive(epoch.Add(time.Second), who); !d.Banned || d.Retry != 59*time.Second {
			t.Errorf("key %s of a banned address: %+v", who.Key, d)
		}
	}
	if d := l.Arrive(epoch.Add(time.Minute), other); !d.OK {
		t.Errorf("after the ban: %+v", d)
	}

	// Errors of any kind, in someone else's name as well.
	l = newLedger(t, ledger.Config{Limits: limits, Penalty: ledger.Penalty{Penalty: ban, Scope: ledger.ByIP, Strikes: ledger.Errors}})
	l.Fail(epoch, r)
	l.Fail(epoch, other)
	if ok, retry := l.Let(epoch, r); ok || retry != time.Minute {
		t.Errorf("after two errors: let through %v, %v", ok, retry)
	}
	l.Fail(epoch, r) // while it is banned
	if ok, _ := l.Let(epoch.Add(time.Minute), r); !ok {
		t.Error("an error during a ban has made it longer")
	}

	l = newLedger(t, ledger.Config{Limits: limits, Penalty: ledger.Penalty{Penalty: policy.Penalty{After: 1}}})
	passes(l, epoch, r, 2)
	if n := l.Blocked(); n != 1 {
		t.Errorf("%d are blocked, want 1", n)
	}
	if d := l.Arrive(epoch, r); !d.Banned || d.Retry != policy.Never {
		t.Errorf("blocked: %+v", d)
	}
	l.Forget()
	if n := l.Blocked(); n != 0 {
		t.Errorf("%d are blocked after all is forgotten", n)
	}
}

// A million keys take no more room than there is, and no more of the limit than
// those who have a place of their own and one that all others share.
func TestMemoryIsBounded(t *testing.T) {
	const places = 10
	l := newLedger(t, ledger.Config{
		Limits:     []ledger.Limit{{Name: "x", Policy: policy.Window{Limit: 3, Length: time.Hour}}},
		Penalty:    ledger.Penalty{Penalty: policy.Penalty{After: 100, Within: time.Hour, For: []time.Duration{time.Hour}}},
		MaxEntries: places,
	})
	passed := 0
	for i := range 1000 {
		passed += passes(l, epoch.Add(time.Duration(i)), key(fmt.Sprint("key ", i)), 5)
	}
	if want := 3 * (places + 1); passed != want {
		t.Errorf("%d requests of a thousand keys pass, want %d", passed, want)
	}
	// Those who have a place keep it as long as something is against them ...
	if n := passes(l, epoch.Add(time.Minute), key("key 0"), 1); n != 0 {
		t.Error("the first key has been forgotten within its window")
	}
	// ... and make room then.
	later := epoch.Add(2*time.Hour + time.Minute)
	passed = 0
	for i := range places {
		passed += passes(l, later, key(fmt.Sprint("new ", i)), 5)
	}
	if passed != 3*places {
		t.Errorf("%d requests of new keys pass when the old ones are clean, want %d", passed, 3*places)
	}
}

// What is asked of a ledger is what each limit says of what belongs to it: a
// model with a machine for each name, found by spelling it out. That requests have
// something in common makes no difference.
func TestAgainstModel(t *testing.T) {
	scopes := []ledger.Scope{0, ledger.ByKey, ledger.ByIP, ledger.ByAll, ledger.ByKey | ledger.ByRoute, ledger.ByAccount | ledger.ByResource}
	rapid.Check(t, func(t *rapid.T) {
		c := ledger.Config{Order: ledger.Order(rapid.IntRange(0, 1).Draw(t, "order"))}
		for i := range rapid.IntRange(1, 4).Draw(t, "limits") {
			c.Limits = append(c.Limits, ledger.Limit{
				Name:   fmt.Sprint(i),
				Policy: policy.Bucket{Capacity: rapid.Int64Range(1, 6).Draw(t, "capacity"), N: 1, Per: time.Millisecond},
				Scope:  rapid.SampledFrom(scopes).Draw(t, "scope"),
				Routes: rapid.SampledFrom([][]string{nil, {"r1"}, {"r1", "r2"}}).Draw(t, "routes"),
				Counts: ledger.Counts(rapid.IntRange(0, 2).Draw(t, "counts")),
				Cost:   rapid.SampledFrom([]string{"", "tokens"}).Draw(t, "cost"),
			})
			if limit := &c.Limits[i]; limit.Cost == "" {
				limit.Fixed = rapid.Int64Range(0, 2).Draw(t, "fixed")
			}
		}
		const everything = ledger.ByKey | ledger.ByIP | ledger.ByAccount | ledger.ByRoute | ledger.ByResource
		common := rapid.SampledFrom([]ledger.Scope{0, ledger.ByKey, everything}).Draw(t, "common")
		l, err := ledger.New(c, common)
		if err != nil {
			t.Fatal(err)
		}
		m := model{c, map[string]policy.Policy{}}
		now := epoch
		name := func(prefix string) string { return fmt.Sprint(prefix, rapid.IntRange(0, 2).Draw(t, prefix)) }
		for range rapid.IntRange(1, 60).Draw(t, "requests") {
			now = now.Add(time.Duration(rapid.IntRange(0, 2_000_000).Draw(t, "pause")))
			r := &ledger.Request{Key: name("k"), IP: name("i"), Account: name("a"), Route: name("r"), Resource: name("x")}
			if common != 0 {
				r.Key = "k"
			}
			if common == everything {
				r.IP, r.Account, r.Route, r.Resource = "i", "a", "r1", "x"
			}
			if rapid.Bool().Draw(t, "has a cost") {
				r.Costs = []ledger.Cost{{Name: "tokens", N: rapid.Int64Range(0, 4).Draw(t, "tokens")}}
			}
			got := l.Arrive(now, r)
			if ok, retry := m.arrive(now, r); got.OK != ok || got.Retry != retry {
				t.Fatalf("%+v of %+v, the model says %v, %v", got, r, ok, retry)
			}
		}
	})
}

type model struct {
	ledger.Config
	machines map[string]policy.Policy
}

func (m model) arrive(now time.Time, r *ledger.Request) (ok bool, retry time.Duration) {
	var passed, refused []int
	for i, limit := range m.Limits {
		if limit.Routes != nil && !slices.Contains(limit.Routes, r.Route) {
			continue
		}
		ok, wait := m.machine(i, r).Check(now, m.cost(i, r))
		if !ok {
			refused = append(refused, i)
			retry = max(retry, wait)
			if m.Order == ledger.InOrder {
				break
			}
			continue
		}
		passed = append(passed, i)
		if m.Order == ledger.InOrder && limit.Counts != ledger.Failures {
			m.machine(i, r).Charge(now, m.cost(i, r))
		}
	}
	for i, limit := range m.Limits {
		charged := false
		switch limit.Counts {
		case ledger.Accepted:
			charged = m.Order == ledger.AllOrNone && refused == nil && slices.Contains(passed, i)
		case ledger.All:
			charged = slices.Contains(refused, i) || m.Order == ledger.AllOrNone && slices.Contains(passed, i)
		case ledger.Failures:
			charged = refused != nil && (limit.Routes == nil || slices.Contains(limit.Routes, r.Route))
		}
		if charged {
			m.machine(i, r).Charge(now, m.cost(i, r))
		}
	}
	return refused == nil, retry
}

func (m model) cost(i int, r *ledger.Request) int64 {
	if fixed := m.Limits[i].Fixed; fixed > 0 {
		return fixed
	}
	for _, c := range r.Costs {
		if c.Name == m.Limits[i].Cost {
			return c.N
		}
	}
	if m.Limits[i].Cost == "" {
		return 1
	}
	return 0
}

// machine is the one of a limit for a request.
func (m model) machine(i int, r *ledger.Request) policy.Policy {
	name := fmt.Sprint("limit ", i)
	for part, value := range map[ledger.Scope]string{
		ledger.ByKey: r.Key, ledger.ByIP: r.IP, ledger.ByAccount: r.Account, ledger.ByRoute: r.Route, ledger.ByResource: r.Resource,
	} {
		if m.Limits[i].Scope.Has(part) {
			name += " " + value // no two parts have the same values
		}
	}
	words := strings.Fields(name)
	slices.Sort(words)
	name = strings.Join(words, " ")
	if m.machines[name] == nil {
		p, err := m.Limits[i].Policy.New(0)
		if err != nil {
			panic(err)
		}
		m.machines[name] = p
	}
	return m.machines[name]
}

func TestAdjust(t *testing.T) {
	l := newLedger(t, ledger.Config{Limits: []ledger.Limit{
		{Name: "x", Policy: perSecond(1)},
		{Name: "y", Policy: policy.Bucket{Capacity: 9, N: 1, Per: time.Hour}},
	}})
	if err := l.Adjust(epoch, 0, perSecond(0)); err == nil {
		t.Error("nobody is known, and a bad limit is taken")
	}
	passes(l, epoch, key("a"), 1)
	for _, bad := range []struct {
		limit int
		c     policy.Config
		want  string
	}{
		{2, perSecond(1), "there is no limit 2, want 0 to 1"},
		{-1, perSecond(1), "there is no limit -1, want 0 to 1"},
		{0, perSecond(0), "window: Limit is 0"},
		{0, policy.Concurrency{Limit: 1}, "a limit is changed to a policy.Concurrency, want a policy.Window as it was"},
	} {
		if err := l.Adjust(epoch, bad.limit, bad.c); err == nil || !strings.HasPrefix(err.Error(), bad.want) {
			t.Errorf("%v: %v, want %s", bad.c, err, bad.want)
		}
	}
	all := newLedger(t, ledger.Config{Limits: []ledger.Limit{{Name: "x", Policy: perSecond(1), Scope: ledger.ByAll}}})
	few := newLedger(t, ledger.Config{Limits: []ledger.Limit{{Name: "x", Policy: perSecond(1)}}, MaxEntries: 1})
	for _, l := range []*ledger.Ledger{all, few} {
		passes(l, epoch, key("a"), 1)
		passes(l, epoch, key("b"), 1)
		if err := l.Adjust(epoch, 0, perSecond(4)); err != nil {
			t.Fatal(err)
		}
		if n := passes(l, epoch, key("b"), 9); n != 3 {
			t.Errorf("%d more pass of those who share, want 3", n)
		}
	}
	if err := l.Adjust(epoch, 0, perSecond(4)); err != nil {
		t.Fatal(err)
	}
	if n := passes(l, epoch, key("a"), 9); n != 3 {
		t.Errorf("%d more pass of one that is known, want 3", n)
	}
	if n := passes(l, epoch, key("b"), 9); n != 4 {
		t.Errorf("%d pass of a new one, want 4", n)
	}
}

// fixed is a window that nobody can change.
type fixed struct{ policy.Window }

func (f fixed) New(tick time.Duration) (policy.Policy, error) {
	p, err := f.Window.New(tick)
	return struct{ policy.Policy }{p}, err
}

func TestWhatCannotBeAdjusted(t *testing.T) {
	l := newLedger(t, ledger.Config{Limits: []ledger.Limit{{Name: "x", Policy: fixed{perSecond(1)}}}})
	if err := l.Adjust(epoch, 0, perSecond(2)); err == nil || err.Error() != `limit "x" cannot be changed` {
		t.Errorf("a limit that cannot be changed: %v", err)
	}
}

func TestNothingAllocates(t *testing.T) {
	l := newLedger(t, ledger.Config{
		Limits: []ledger.Limit{
			{Name: "second", Policy: perSecond(20), Scope: ledger.ByKey | ledger.ByRoute},
			{Name: "tokens", Policy: policy.Bucket{Capacity: 100, N: 1000, Per: time.Second}, Cost: "tokens", Settle: true, Scope: ledger.ByAccount},
			{Name: "parallel", Policy: policy.Concurrency{Limit: 3}, Counts: ledger.All},
			{Name: "bad", Policy: perSecond(100), Scope: ledger.ByIP, Counts: ledger.Failures},
		},
		Penalty: ledger.Penalty{Penalty: policy.Penalty{After: 50, Within: time.Second, For: []time.Duration{time.Second}}, Strikes: ledger.Errors},
	})
	now := epoch
	states := make([]ledger.State, 0, 4)
	requests := []*ledger.Request{
		{Key: "a", IP: "1", Route: "get", Costs: []ledger.Cost{{Name: "tokens", N: 7, More: -3}}},
		{Key: "b", IP: "1", Route: "put"},
	}
	i := 0
	visit := func() {
		now, i = now.Add(30*time.Millisecond), i+1
		d := l.Arrive(now, requests[i%2])
		states = l.States(states[:0], now)
		if d.Visit != nil {
			l.Answered(now.Add(time.Millisecond), d.Visit)
		}
		if i%10 == 0 {
			l.Fail(now, requests[0])
		}
	}
	for range 1000 {
		visit()
	}
	if passed := l.Arrive(now.Add(time.Minute), requests[0]); passed.Visit == nil {
		t.Fatal("nothing is to be released or settled")
	}
	now = now.Add(time.Minute)
	if n := testing.AllocsPerRun(1000, visit); n != 0 {
		t.Errorf("%v allocations per request, want 0", n)
	}
}

// many are so many limits.
func many(n int) (limits []ledger.Limit) {
	for i := range n {
		limits = append(limits, ledger.Limit{Name: fmt.Sprint(i), Policy: perSecond(1)})
	}
	return limits
}

func TestValidate(t *testing.T) {
	good := ledger.Limit{Name: "x", Policy: perSecond(1)}
	limit := func(change func(*ledger.Limit)) ledger.Config {
		bad := ledger.Limit{Name: "y", Policy: perSecond(1)}
		change(&bad)
		return ledger.Config{Limits: []ledger.Limit{good, bad}}
	}
	for _, tt := range []struct {
		config ledger.Config
		want   string
	}{
		{ledger.Config{Limits: make([]ledger.Limit, 17)}, "got 17 Limits, want at most 16"},
		{limit(func(l *ledger.Limit) { l.Name = "" }), "got Limits[1]: the Name is missing"},
		{limit(func(l *ledger.Limit) { l.Name = "x" }), `got Limits[1]: the Name is "x", which is that of Limits[0]`},
		{limit(func(l *ledger.Limit) { l.Policy = nil }), `got Limits[1]: the Policy of "y" is missing`},
		{limit(func(l *ledger.Limit) { l.Policy = perSecond(0) }), "got Limits[1]: window: Limit is 0"},
		{limit(func(l *ledger.Limit) { l.Scope = ledger.ByAll | ledger.ByKey }), "got Limits[1]: Scope is key+all, want any of"},
		{limit(func(l *ledger.Limit) { l.Scope = 1 << 7 }), "got Limits[1]: Scope is Scope(0x80), want any of"},
		{limit(func(l *ledger.Limit) { l.Routes = []string{"a", ""} }), "got Limits[1]: got an empty name in Routes"},
		{limit(func(l *ledger.Limit) { l.Fixed = -1 }), "got Limits[1]: the Fixed cost is -1, want 0 to"},
		{limit(func(l *ledger.Limit) { l.Fixed, l.Cost = 1, "a" }), `got Limits[1]: the Fixed cost is 1 and Cost is "a", want one of them`},
		{limit(func(l *ledger.Limit) { l.Fixed, l.Settle = 1, true }), "got Limits[1]: the Fixed cost is 1, which leaves nothing to Settle"},
		{limit(func(l *ledger.Limit) { l.Counts = 3 }), "got Limits[1]: got Counts Counts(3), want one of [accepted all failures]"},
		{limit(func(l *ledger.Limit) { l.Counts, l.Settle = ledger.Failures, true }), "got Limits[1]: failures are counted when"},
		{limit(func(l *ledger.Limit) { l.Policy, l.Settle = policy.Concurrency{Limit: 4}, true }), "got Limits[1]: what is under way is given back with the answer"},
		{limit(func(l *ledger.Limit) { l.Policy, l.Counts = policy.Concurrency{Limit: 4}, ledger.Failures }), "got Limits[1]: failures are over when"},
		{ledger.Config{Order: 2}, "the Order is Order(2), want one of [all-or-none in-order]"},
		{ledger.Config{Limits: many(16)}, ""},
		{limit(func(l *ledger.Limit) { l.Fixed = policy.MaxLimit }), ""},
		{limit(func(l *ledger.Limit) { l.Fixed = policy.MaxLimit + 1 }), "got Limits[1]: the Fixed cost is"},
		{ledger.Config{Tick: policy.MaxTick}, ""},
		{ledger.Config{Tick: policy.MaxTick + 1}, "the Tick is 1h0m0.000000001s, want 0s to 1h0m0s"},
		{ledger.Config{Tick: -1}, "the Tick is -1ns, want 0s to 1h0m0s"},
		{ledger.Config{MaxEntries: -1}, "got MaxEntries -1, want 0 or more"},
		{ledger.Config{Penalty: ledger.Penalty{Penalty: policy.Penalty{After: -1}}}, "penalty: After is -1"},
		{ledger.Config{Penalty: ledger.Penalty{Strikes: 2}}, "penalty: Strikes is Strikes(2), want one of [refusals errors]"},
		{ledger.Config{Penalty: ledger.Penalty{Scope: 1 << 6}}, "penalty: Scope is Scope(0x40), want any of"},
		{ledger.Config{Limits: []ledger.Limit{good}}, ""},
	} {
		err := tt.config.Validate()
		if (err == nil) != (tt.want == "") || err != nil && !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%v, want %s", err, tt.want)
		}
		if _, newErr := ledger.New(tt.config, 0); (newErr == nil) != (err == nil) {
			t.Errorf("New: %v, Validate: %v", newErr, err)
		}
	}
}

func TestOnly(t *testing.T) {
	byKey := ledger.Limit{Name: "x", Scope: ledger.ByKey | ledger.ByRoute}
	byIP := ledger.Limit{Name: "y", Scope: ledger.ByIP}
	after := policy.Penalty{After: 1}
	for _, tt := range []struct {
		config ledger.Config
		want   bool
	}{
		{ledger.Config{Limits: []ledger.Limit{byKey, {Name: "z"}}}, true},
		{ledger.Config{Limits: []ledger.Limit{byKey, byIP}}, false},
		{ledger.Config{Limits: []ledger.Limit{byKey}, Penalty: ledger.Penalty{Scope: ledger.ByIP}}, true}, // there is none
		{ledger.Config{Limits: []ledger.Limit{byKey}, Penalty: ledger.Penalty{Penalty: after, Scope: ledger.ByIP}}, false},
		{ledger.Config{Limits: []ledger.Limit{byKey}, Penalty: ledger.Penalty{Penalty: after}}, true},
	} {
		if got := tt.config.Only(ledger.ByKey); got != tt.want {
			t.Errorf("%+v: %v", tt.config, got)
		}
	}
}
