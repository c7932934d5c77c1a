package metrics

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ratebench/clients"
	"ratebench/clients/limiter"
)

// sameRuns compares runs to the last bit.
var sameRuns = cmp.Comparer(func(a, b Histogram) bool {
	x, err := a.MarshalJSON()
	if err != nil {
		panic(err)
	}
	y, err := b.MarshalJSON()
	if err != nil {
		panic(err)
	}
	return string(x) == string(y)
})

// What happens on two keys, in 2.5 s, worked out by hand: the ids of key 0 are even.
func TestKeysRecorder(t *testing.T) {
	tell := func(s script, of int) {
		at := func(d time.Duration, kind clients.Kind, id int64, change ...func(*clients.Event)) {
			if of < 0 || int(id%2) == of {
				s.at(d, kind, id, append(change, key(int(id%2)))...)
			}
		}
		at(0, clients.Generated, 0)
		at(0, clients.Taken, 0)
		at(0, clients.Generated, 1)
		at(100*ms, clients.Generated, 3)
		at(500*ms, clients.Answered, 0, created(0, 0), answered(100*ms, success))
		at(600*ms, clients.Taken, 1)
		at(800*ms, clients.Answered, 1, created(0, 0), answered(700*ms, refusal))
		at(800*ms, clients.DeadLettered, 1)
		at(900*ms, clients.Requeued, 1)
		at(900*ms, clients.Generated, 2)
		at(900*ms, clients.Generated, 4)
		at(900*ms, clients.Generated, 6)
		at(1200*ms, clients.Taken, 2)
		at(1300*ms, clients.Answered, 2, answered(1200*ms, banned))
		at(1300*ms, clients.DeadLettered, 2)
		at(1400*ms, clients.Buried, 2)
		at(1500*ms, clients.Taken, 3)
		at(1600*ms, clients.Answered, 3, answered(1500*ms, banned))
		at(1600*ms, clients.Dropped, 3, because(clients.Answered))
		at(1700*ms, clients.Taken, 4)
		at(1700*ms, clients.Expired, 4)
		at(1700*ms, clients.Dropped, 4, because(clients.Expired))
		at(2000*ms, clients.Taken, 1)
		at(2200*ms, clients.Answered, 1, created(0, 900*ms), answered(2100*ms, success))
		at(2300*ms, clients.Taken, 6)
	}
	end := start.Add(2500 * ms)
	first := 1300 * ms
	want := Run{
		Duration:    2500 * ms,
		Ledger:      Ledger{Generated: 6, Succeeded: 2, Expired: 1, Failed: 1, Graveyard: 1, InFlight: 1},
		Responses:   Responses{OK: 2, RateLimited: 1, Blocked: 2},
		Expirations: 1, Retries: 1,
		KeysBlocked: 2, FirstBlock: &first, Blocks: []time.Duration{1300 * ms, 1600 * ms},
		Latency: histogramOf(1, 500*ms, 2200*ms), Service: histogramOf(1, 400*ms, 100*ms),
		// Main queue of key 0: 3 from 900, 2 from 1200, 1 from 1700 to 2300 ms; of
		// key 1: 1 from 0, 2 from 100, 1 from 600, 2 from 900, 1 from 1500 to 2000.
		Main: Depth{Mean: (3*0.3 + 2*0.5 + 0.6 + 0.1 + 2*0.5 + 0.3 + 2*0.6 + 0.5) / 2.5, Peak: 3},
		DLQ:  Depth{Mean: (0.1 + 0.1) / 2.5, Peak: 1},
		Series: []Second{
			{Generated: 6, OK: 1, RateLimited: 1, Retries: 1,
				LatencyMean: 500 * ms, LatencyP50: 500 * ms, LatencyP99: 500 * ms,
				Main: 3*0.1 + 0.1 + 2*0.5 + 0.3 + 2*0.1, DLQ: 0.1, InFlight: 0.5 + 0.2},
			{Blocked: 2, Expirations: 1,
				Main: 3*0.2 + 2*0.5 + 0.3 + 2*0.5 + 0.5, DLQ: 0.1, InFlight: 0.1 + 0.1},
			{OK: 1, LatencyMean: 2200 * ms, LatencyP50: 2200 * ms, LatencyP99: 2200 * ms,
				Main: 0.3 / 0.5, InFlight: (0.2 + 0.2) / 0.5},
		},
		Graveyard: []int64{2},
	}
	together := NewKeysRecorder(start, true).Together(2)
	tell(script{together}, -1)
	oneByOne := NewKeysRecorder(start, true)
	var apart [2]*Recorder
	for k := range 2 {
		tell(script{oneByOne}, 1-k) // in whatever order
		oneByOne.EndKey(end)
		apart[k] = NewKeysRecorder(start, true)
		tell(script{apart[k]}, k)
		apart[k].EndKey(end)
	}
	apart[1].Add(apart[0])
	for name, r := range map[string]*Recorder{"together": together, "one by one": oneByOne, "added": apart[1]} {
		if diff := cmp.Diff(want, r.Finish(end), sameRuns, near); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}

// A life is what happens on one key, at random but in an order that there can be.
type life struct {
	t                   *rapid.T
	key, keys           int64
	next                int64
	main, dlq, inFlight []int64
	events              []clients.Event
	created, firstOf    map[int64]time.Time
	now                 time.Time
}

func (l *life) tell(kind clients.Kind, id int64, change func(*clients.Event)) {
	e := clients.Event{Time: l.now, Kind: kind, Key: int(l.key), Request: clients.Request{ID: id, First: l.firstOf[id], Created: l.created[id]}}
	if change != nil {
		change(&e)
	}
	l.events = append(l.events, e)
}

func pop(list *[]int64) int64 {
	id := (*list)[0]
	*list = (*list)[1:]
	return id
}

// step makes something happen, if it can.
func (l *life) step() {
	l.now = l.now.Add(time.Duration(rapid.IntRange(0, 400).Draw(l.t, "pause")) * ms)
	switch rapid.IntRange(0, 5).Draw(l.t, "what") {
	case 0, 1:
		id := l.key + l.next*l.keys
		l.next++
		l.firstOf[id], l.created[id] = l.now, l.now
		l.tell(clients.Generated, id, nil)
		l.main = append(l.main, id)
	case 2:
		if len(l.main) > 0 {
			id := pop(&l.main)
			l.tell(clients.Taken, id, nil)
			l.inFlight = append(l.inFlight, id)
		}
	case 3:
		if len(l.inFlight) > 0 {
			l.answer(pop(&l.inFlight))
		}
	case 4:
		if len(l.inFlight) > 0 {
			id := pop(&l.inFlight)
			l.tell(clients.Expired, id, nil)
			l.tell(clients.Dropped, id, because(clients.Expired))
		}
	case 5:
		if len(l.dlq) == 0 {
			return
		}
		if id := pop(&l.dlq); rapid.Bool().Draw(l.t, "buried") {
			l.tell(clients.Buried, id, nil)
		} else {
			l.created[id] = l.now
			l.tell(clients.Requeued, id, nil)
			l.main = append(l.main, id)
		}
	}
}

func (l *life) answer(id int64) {
	o := rapid.SampledFrom([]limiter.Outcome{
		success, success, refusal, banned, {Status: 400}, {Status: 401}, {Status: 500}, {Status: 429, Banned: true}, {Err: clients.ErrTimeout},
	}).Draw(l.t, "outcome")
	o.Sent = l.created[id]
	l.tell(clients.Answered, id, func(e *clients.Event) { e.Outcome = o })
	switch {
	case o.OK():
	case rapid.Bool().Draw(l.t, "dead letter"):
		l.tell(clients.DeadLettered, id, nil)
		l.dlq = append(l.dlq, id)
	default:
		l.tell(clients.Dropped, id, because(clients.Answered))
	}
}

// Whether keys are recorded together, one after another, or by several recorders
// that are added up, what comes out is the same, and the counts are those of each
// key by itself.
func TestKeysInWhateverOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const keys = 3
		end := start.Add(time.Duration(rapid.IntRange(1, 3000).Draw(t, "length")) * ms)
		row := rapid.SampledFrom([]time.Duration{0, 700 * ms}).Draw(t, "row")
		recorder := func() *Recorder { return NewKeysRecorder(start, true).InRowsOf(row) }
		var all []clients.Event
		var of [keys][]clients.Event
		var single Run
		for k := range of {
			l := &life{t: t, key: int64(k), keys: keys, now: start, created: map[int64]time.Time{}, firstOf: map[int64]time.Time{}}
			for range rapid.IntRange(0, 30).Draw(t, "steps") {
				if l.step(); l.now.After(end) {
					break
				}
			}
			of[k] = slices.DeleteFunc(l.events, func(e clients.Event) bool { return e.Time.After(end) })
			all = append(all, of[k]...)
			alone := NewRecorder(start, true).InRowsOf(row)
			for i := range of[k] {
				alone.Observe(&of[k][i])
			}
			single.add(ptr(alone.Finish(end)))
		}
		slices.SortStableFunc(all, func(a, b clients.Event) int { return a.Time.Compare(b.Time) })
		together := recorder().Together(keys)
		for i := range all {
			together.Observe(&all[i])
		}
		oneByOne, added := recorder(), recorder()
		for k := range of {
			apart := recorder()
			for i := range of[k] {
				oneByOne.Observe(&of[k][i])
				apart.Observe(&of[k][i])
			}
			oneByOne.EndKey(end)
			apart.EndKey(end)
			added.Add(apart)
		}
		want := together.Finish(end)
		for name, r := range map[string]*Recorder{"one by one": oneByOne, "added": added} {
			if diff := cmp.Diff(want, r.Finish(end), sameRuns); diff != "" {
				t.Fatalf("%s (-together +%s)\n%s", name, name, diff)
			}
		}
		slices.Sort(single.Blocks)
		slices.Sort(single.Graveyard)
		if diff := cmp.Diff(
			[]any{want.Ledger, want.Responses, want.Expirations, want.Retries, want.KeysBlocked, want.Blocks, want.Main.Peak, want.DLQ.Peak, want.Graveyard},
			[]any{single.Ledger, single.Responses, single.Expirations, single.Retries, single.KeysBlocked, single.Blocks, single.Main.Peak, single.DLQ.Peak, single.Graveyard},
		); diff != "" {
			t.Fatalf("counts (-together +each by itself)\n%s", diff)
		}
	})
}

func ptr(r Run) *Run { return &r }

// A set of durations says the same however it came together: exactly while they
// are few, as a histogram does from then on.
func TestSpread(t *testing.T) {
	durations := func(n int) (list []time.Duration) {
		for i := range n {
			list = append(list, time.Duration((i*7919)%n)*1234*time.Microsecond)
		}
		return list
	}
	for _, n := range []int{0, 1, 2, few - 1, few, few + 1, 2*few + 3} {
		list := durations(n)
		var want Second
		if n > few {
			h := histogramOf(1, list...)
			want = Second{LatencyMean: h.Mean(), LatencyP50: h.Quantile(0.5), LatencyP99: h.Quantile(0.99)}
		} else if n > 0 {
			want.distribute(slices.Clone(list))
		}
		for name, parts := range map[string][]int{"at once": {n}, "in two": {n / 2, n - n/2}, "one and the rest": {min(1, n), max(n-1, 0)}} {
			var appended, added, reversed spread
			rest := list
			for _, size := range parts {
				part := rest[:size]
				rest = rest[size:]
				appended.append(slices.Clone(part))
				var o spread
				o.append(slices.Clone(part))
				added.add(&o)
				o.add(&reversed)
				reversed = o
			}
			for how, s := range map[string]*spread{"appended": &appended, "added": &added, "added the other way": &reversed} {
				var got Second
				s.distribute(&got)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%d %s, %s (-want +got)\n%s", n, name, how, diff)
				}
			}
		}
	}
}

// Events of one key, in order: what becomes of its queues, and of a sliver at the end.
func TestKeysToTheEnd(t *testing.T) {
	events := func(s script) {
		for id, at := range []time.Duration{0, 10 * ms, 20 * ms} {
			s.at(at, clients.Generated, int64(id))
			s.at(at, clients.Taken, int64(id))
		}
		for _, id := range []int64{2, 1, 0} { // one after another through the dead letter queue
			s.at(100*ms, clients.DeadLettered, id)
			if id > 0 {
				s.at(100*ms, clients.Buried, id)
			} else {
				s.at(200*ms, clients.Requeued, id)
			}
		}
		s.at(300*ms, clients.Generated, 3)
		s.at(400*ms, clients.Taken, 0)
		s.at(2020*ms, clients.Answered, 0, created(0, 1900*ms), answered(2000*ms, success))
	}
	end := start.Add(2050 * ms)
	r, other := NewKeysRecorder(start, true).Together(1), NewKeysRecorder(start, true)
	events(script{r})
	events(script{other})
	other.EndKey(end)
	sum := NewKeysRecorder(start, true)
	sum.Add(other)
	sum.Add(other)
	if p := sum.Progress(end); p.MeanLatency != 120*ms {
		t.Errorf("a mean latency of %v since the last creation, want 120ms", p.MeanLatency)
	}
	run := r.Finish(end)
	if run.Main.Peak != 2 || run.DLQ.Peak != 1 || !slices.Equal(run.Graveyard, []int64{1, 2}) {
		t.Errorf("peaks of %d and %d, and %v buried; want 2, 1, [1 2]", run.Main.Peak, run.DLQ.Peak, run.Graveyard)
	}
	if n := len(run.Series); n != 2 || run.Series[1].OK != 1 { // what happened in the sliver is of the second before
		t.Errorf("%d seconds, of which the last is %+v; want 2 with a success", n, run.Series[n-1])
	}
	if got := sum.Finish(end).Series; len(got) != 2 || got[1].OK != 2 {
		t.Errorf("two keys: %+v", got)
	}
	for elapsed, want := range map[time.Duration]float64{0: 0, 1: 1} {
		s := script{NewKeysRecorder(start, false).Together(1)}
		s.at(0, clients.Generated, 0)
		if got := s.Finish(start.Add(elapsed)).Main.Mean; got != want {
			t.Errorf("the mean queue of %v is %v, want %v", elapsed, got, want)
		}
	}
}

// Every count of a run is added to that of another.
func TestRunsAddUp(t *testing.T) {
	r := Run{Ledger: Ledger{1, 2, 3, 4, 5, 6, 7}, Responses: Responses{1, 2, 3, 4, 5, 6, 7, 8}}
	r.add(&Run{Ledger: Ledger{10, 20, 30, 40, 50, 60, 70}, Responses: Responses{10, 20, 30, 40, 50, 60, 70, 80}})
	want := Run{Ledger: Ledger{11, 22, 33, 44, 55, 66, 77}, Responses: Responses{11, 22, 33, 44, 55, 66, 77, 88}}
	if diff := cmp.Diff(want, r, sameRuns); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// A run that is over at once has a row in which depths are measured by a whole one;
// from the first instant on, by what there is of it.
func TestKeysOfARunThatIsOverAtOnce(t *testing.T) {
	for length, main := range map[time.Duration]float64{0: 0, 1: 1, 10 * ms: 1, 1250 * ms: 1} {
		r := NewKeysRecorder(start, false)
		script{r}.at(0, clients.Generated, 0, key(0))
		end := start.Add(length)
		r.EndKey(end)
		run := r.Finish(end)
		last := run.Series[len(run.Series)-1]
		if last.Main != main || run.Main.Mean != main || run.Series[0].Generated != 1 {
			t.Errorf("after %v: %v in the row and %v in all, want %v; the rows are %+v", length, last.Main, run.Main.Mean, main, run.Series)
		}
	}
}

// Keys whose loads end in different seconds have all of them together.
func TestRowsOfKeysThatEndApart(t *testing.T) {
	short, long := &rowSums{}, &rowSums{}
	short.end(0, &secondRecorder{})
	long.end(0, &secondRecorder{})
	long.end(1, &secondRecorder{})
	for _, order := range [][2]*rowSums{{short, long}, {long, short}} {
		sum := &rowSums{}
		sum.add(order[0])
		sum.add(order[1])
		if sum.ended != 2 {
			t.Errorf("%d rows have ended, want 2", sum.ended)
		}
	}
}
