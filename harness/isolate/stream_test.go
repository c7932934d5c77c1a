package isolate

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"ratebench/clients"
	"ratebench/clients/limiter"
)

// A list keeps the ids of what it is told.
type list []int64

func (l *list) Observe(e *clients.Event) { *l = append(*l, e.Request.ID) }

func TestMerger(t *testing.T) {
	start := time.Unix(1_700_000_000, 0)
	at := func(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }
	told := func(until int, events ...int) batch {
		b := batch{Until: at(until)}
		for _, ms := range events {
			b.Events = append(b.Events, happening{Time: at(ms), ID: int64(ms)})
		}
		return b
	}
	var got list
	m := newMerger(2, start, &got)
	for _, step := range []struct {
		name  string
		do    func()
		want  list
		known int
	}{
		{"one of two has told", func() { m.add(0, told(10, 3, 8)) }, nil, 0},
		{"the other too, up to 5", func() { m.add(1, told(5, 4)) }, list{3, 4}, 5},
		{"a little late", func() { m.add(1, told(9, 2)) }, list{3, 4, 2, 8}, 9},
		{"nothing new", func() { m.add(0, told(20, 15)) }, list{3, 4, 2, 8}, 9},
		{"one ends", func() { m.end(1) }, list{3, 4, 2, 8, 15}, 20},
		{"the last one ends", func() { m.add(0, told(30, 25, 31)); m.end(0) }, list{3, 4, 2, 8, 15, 25, 31}, 31},
	} {
		step.do()
		if diff := cmp.Diff(step.want, got); diff != "" || !m.known().Equal(at(step.known)) {
			t.Errorf("%s: known up to %v; want (-), got (+)\n%s", step.name, m.known().Sub(start), diff)
		}
	}
}

// However events are cut into batches and whoever tells first, all of them are
// passed on once, in the order of time.
func TestMergerOrdersEverything(t *testing.T) {
	start := time.Unix(1_700_000_000, 0)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 4).Draw(t, "processes")
		var got list
		m := newMerger(n, start, &got)
		now := make([]int, n)
		var want list
		for range rapid.IntRange(0, 40).Draw(t, "batches") {
			p := rapid.IntRange(0, n-1).Draw(t, "process")
			var b batch
			for range rapid.IntRange(0, 3).Draw(t, "events") {
				now[p] += rapid.IntRange(1, 5).Draw(t, "pause")
				id := int64(now[p]*n + p)
				b.Events = append(b.Events, happening{Time: start.Add(time.Duration(id)), ID: id})
				want = append(want, id)
			}
			b.Until = start.Add(time.Duration(now[p]*n + p))
			m.add(p, b)
		}
		for p := range n {
			m.end(p)
		}
		slices.Sort(want)
		if !slices.Equal(want, got) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

// Events come out of the pipe as they went in.
func TestEventsTravel(t *testing.T) {
	at := time.Unix(1_700_000_000, 123_456_789)
	request := clients.Request{ID: 7, First: at, Created: at.Add(time.Second), Retries: 2}
	for _, e := range []clients.Event{
		{Time: at, Kind: clients.Generated, Key: clients.NoKey, Request: request},
		{Time: at, Kind: clients.Dropped, Cause: clients.Expired, Key: 3, Request: request},
		{Time: at, Kind: clients.Answered, Request: request, Outcome: limiter.Outcome{
			Status: 429, Blocked: true, Refused: true, Sent: at, Created: request.Created, Received: at.Add(1),
			RetryAfter: time.Second, Budgets: []limiter.Budget{{Limit: 20, Remaining: 3, Reset: time.Minute}},
		}},
		{Time: at, Kind: clients.Answered, Request: request, Outcome: limiter.Outcome{Sent: at, Created: request.Created, Err: clients.ErrTimeout}},
		{Time: at, Kind: clients.Answered, Request: request, Outcome: limiter.Outcome{Sent: at, Created: request.Created, Err: errors.New("connection reset")}},
	} {
		text, err := json.Marshal(happeningOf(&e))
		if err != nil {
			t.Fatal(err)
		}
		var h happening
		if err := json.Unmarshal(text, &h); err != nil {
			t.Fatal(err)
		}
		sameError := cmp.Comparer(func(a, b error) bool {
			return errors.Is(a, clients.ErrTimeout) == errors.Is(b, clients.ErrTimeout) && (a == nil) == (b == nil) && (a == nil || a.Error() == b.Error())
		})
		if diff := cmp.Diff(e, h.event(), sameError, cmpopts.EquateApproxTime(0)); diff != "" {
			t.Errorf("want (-), got (+)\n%s", diff)
		}
	}
}
