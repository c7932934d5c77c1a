package harness

import (
	"testing"
	"time"

	"ratebench/clients"
	"ratebench/harness/kinds"
	"ratebench/harness/scenario"
	"ratebench/harness/virtual"
)

// perKeyEvents are what happens to the load of a scenario with a generator for
// each of three keys, in a run of 10 s.
func perKeyEvents(t *testing.T, load string) []clients.Event {
	t.Helper()
	text := "version: 1\nduration: 10s\nserver: {keys: 3}\nload: {per: key, " + load + "}\nstrategies: [{name: a, limiter: {kind: paced}, retry: {}}]\n"
	sc, err := scenario.Loader{Kinds: kinds.All()}.Parse("x.yaml", []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	var all []clients.Event
	run := virtualRun{scenario: sc, strategy: &sc.Strategies[0], seed: 1, observer: observerFunc(func(e *clients.Event) { all = append(all, *e) })}
	if _, err := run.run(sc.Duration); err != nil {
		t.Fatal(err)
	}
	return all
}

type observerFunc func(*clients.Event)

func (f observerFunc) Observe(e *clients.Event) { f(e) }

// Each key has requests of its own, with numbers of their own, and what one key
// has too much of does not hold up another.
func TestPerKeyLoad(t *testing.T) {
	key := map[int64]int{}
	made, taken := map[int64]bool{}, map[int]int{}
	for _, e := range perKeyEvents(t, `every: "constant(100ms)"`) {
		switch e.Kind {
		case clients.Generated:
			if made[e.Request.ID] {
				t.Fatalf("request %d is made twice", e.Request.ID)
			}
			made[e.Request.ID] = true
		case clients.Taken:
			taken[e.Key]++
			key[e.Request.ID] = e.Key
		}
	}
	if len(made) != 300 || taken[0] != 100 || taken[1] != 100 || taken[2] != 100 {
		t.Errorf("%d requests, taken for each key %v, want 100 for each", len(made), taken)
	}
	for id, k := range key {
		if int(id)%3 != k {
			t.Fatalf("request %d is worked on for key %d", id, k)
		}
	}
}

// The streams of two keys are not the same.
func TestPerKeyStreamsDiffer(t *testing.T) {
	at := map[int64][]time.Duration{}
	for _, e := range perKeyEvents(t, `every: "exponential(100ms)"`) {
		if e.Kind == clients.Generated {
			at[e.Request.ID%3] = append(at[e.Request.ID%3], e.Time.Sub(virtual.Epoch))
		}
	}
	if len(at[0]) < 50 || at[0][5] == at[1][5] || at[1][5] == at[2][5] {
		t.Errorf("the sixth requests are made at %v, %v and %v", at[0][5], at[1][5], at[2][5])
	}
}

// A count is of all keys together, and the run ends with the last of them.
func TestPerKeyCount(t *testing.T) {
	for count, load := range map[int]string{7: "count: 7", 2: "count: 2"} {
		made, ended := 0, 0
		for _, e := range perKeyEvents(t, load) {
			if e.Kind == clients.Generated {
				made++
			}
			if isEnd(&e) {
				ended++
			}
		}
		if made != count || ended != count {
			t.Errorf("count %d: %d made, %d ended", count, made, ended)
		}
	}
}

// A stage of the load holds from its time on.
func TestLoadStages(t *testing.T) {
	text := "version: 1\nduration: 10s\nload: {every: 100ms, stages: [{at: 2s, every: 10ms}, {at: 5s, every: 1s}]}\nstrategies: [{name: a, limiter: {kind: paced}}]\n"
	sc, err := scenario.Loader{Kinds: kinds.All()}.Parse("x.yaml", []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	runs, err := Run(t.Context(), sc, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for second, want := range []int{10, 10, 100, 100, 100, 1, 1, 1, 1, 1} {
		if got := runs[0].Series[second].Generated; got != want {
			t.Errorf("%d requests in second %d, want %d", got, second, want)
		}
	}
}
