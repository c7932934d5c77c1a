package metrics

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ratebench/clients"
	"ratebench/clients/limiter"
)

// Requests are counted by their kind, under the lock.
func TestRouteRecorder(t *testing.T) {
	var r *RouteRecorder
	r = NewRouteRecorder([]string{"get", "put"}, func(id int64) int {
		if r.mu.TryLock() {
			t.Error("counts without the lock")
			r.mu.Unlock()
		}
		return int(id) % 2
	})
	at := func(d time.Duration, kind clients.Kind, id int64, change ...func(*clients.Event)) {
		e := clients.Event{Time: start.Add(d), Kind: kind, Request: clients.Request{ID: id, First: start.Add(d - 30*ms), Created: start.Add(d - ms)}}
		for _, f := range change {
			f(&e)
		}
		r.Observe(&e)
	}
	at(0, clients.Generated, 0)
	at(0, clients.Generated, 1)
	at(0, clients.Generated, 3)
	at(0, clients.Taken, 3)
	at(0, clients.Expired, 1)
	at(0, clients.Dropped, 1)
	at(5*ms, clients.Answered, 0, answered(0, success))
	for _, o := range []limiter.Outcome{refusal, banned, {Status: 429, Banned: true}, {Status: 500}, {Status: 400}, {Err: clients.ErrTimeout}} {
		at(7*ms, clients.Answered, 3, answered(0, o))
	}
	want := []Route{
		{Name: "get", Generated: 1, Succeeded: 1, Latency: histogramOf(1, 30*ms)},
		{Name: "put", Generated: 2, Refused: 3, Expired: 1},
	}
	if diff := cmp.Diff(want, r.Routes(), sameRuns); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// The kinds of several runs are added up, each with its own; a run without any
// adds nothing.
func TestPoolRoutes(t *testing.T) {
	a := &Run{Routes: []Route{
		{Name: "get", Generated: 1, Succeeded: 2, Refused: 3, Expired: 4, Latency: histogramOf(1, ms)},
		{Name: "put", Generated: 5, Succeeded: 6, Refused: 7, Expired: 8, Latency: histogramOf(1, 2*ms)},
	}}
	b := &Run{Routes: []Route{
		{Name: "get", Generated: 10, Succeeded: 20, Refused: 30, Expired: 40, Latency: histogramOf(1, 3*ms)},
		{Name: "put", Generated: 50, Succeeded: 60, Refused: 70, Expired: 80},
	}}
	want := []Route{
		{Name: "get", Generated: 11, Succeeded: 22, Refused: 33, Expired: 44, Latency: histogramOf(1, ms, 3*ms)},
		{Name: "put", Generated: 55, Succeeded: 66, Refused: 77, Expired: 88, Latency: histogramOf(1, 2*ms)},
	}
	if diff := cmp.Diff(want, PoolRoutes([]*Run{a, {}, b}), sameRuns); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if a.Routes[0].Generated != 1 || a.Routes[0].Latency.Count() != 1 {
		t.Error("a run that was pooled has changed")
	}
}
