package harness

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"ratebench/harness/wire"
)

func TestConditions(t *testing.T) {
	share := func(s float64) *float64 { return &s }
	quiet := Conditions{Wire: wire.Times{Shortest: ms / 10, Longest: ms / 2}, Late: ms / 5, Latest: 30 * ms, Own: share(.3), Others: share(.1)}
	const text = "timers late by 0.2 ms (1 in 100) and 30 ms at most; processors: 30 % own, 10 % others; way to the server at most 0.5 ms, limiters were told 5 ms"
	if quiet.Busy() || quiet.String() != text {
		t.Errorf("%v %q", quiet.Busy(), quiet)
	}
	for what, c := range map[string]Conditions{
		"late timers":    {Late: 2*ms + 1},
		"others at work": {Own: share(.1), Others: share(.26)},
		"nothing left":   {Own: share(.8), Others: share(.11)},
	} {
		if !c.Busy() {
			t.Errorf("%s: not busy", what)
		}
	}
	if c := (Conditions{Own: share(.95)}); c.Busy() {
		t.Error("what others do is not known, and yet it is busy")
	}
	if got, want := (Conditions{Late: 3 * ms}).String(), "measured on a busy machine: timers late by 3 ms (1 in 100) and 0 ms at most; processors: ? % own, ? % others; way to the server at most 0 ms, limiters were told 5 ms"; got != want {
		t.Errorf("got %q", got)
	}
}

// In a bubble no timer is late.
func TestWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := StartWatch()
		time.Sleep(100 * ms)
		c := w.Finish()
		if w.timers != 12 || c.Late != 0 || c.Latest != 0 {
			t.Errorf("%d timers: %+v", w.timers, c)
		}
	})
}

func TestWatchKeepsTheLastTimers(t *testing.T) {
	w := &Watch{}
	for range mostTimers {
		w.note(time.Second)
	}
	for range mostTimers {
		w.note(time.Millisecond)
	}
	if len(w.late) != mostTimers || w.latest != time.Second || percentile(w.late, 1) != time.Millisecond {
		t.Errorf("%d kept, at most %v, latest %v", len(w.late), percentile(w.late, 1), w.latest)
	}
}

func TestPercentile(t *testing.T) {
	sixteen := make([]time.Duration, 16)
	for i := range sixteen {
		sixteen[len(sixteen)-1-i] = time.Duration(i + 1)
	}
	for q, want := range map[float64]time.Duration{.01: 1, .5: 8, .9: 15, .99: 16, 1: 16} {
		if got := percentile(sixteen, q); got != want {
			t.Errorf("%v: %d, want %d", q, got, want)
		}
	}
	if got := percentile(nil, .99); got != 0 {
		t.Errorf("of none: %v", got)
	}
}

// The conditions are told once, when all seeds have run.
func TestRealRunTellsItsConditions(t *testing.T) {
	sc := parse(t, "duration: 100ms\nruns: 2\n")
	sc.Strategies = sc.Strategies[:2]
	var told []Conditions
	if _, err := Run(context.Background(), sc, Options{Real: true, Conditions: func(c Conditions) { told = append(told, c) }}); err != nil {
		t.Fatal(err)
	}
	if len(told) != 1 || told[0].Wire.Longest <= 0 || told[0].Wire.Shortest > told[0].Wire.Longest || told[0].Latest < told[0].Late {
		t.Errorf("told %+v", told)
	}
}
