package overlay_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ratebench/harness/chart/overlay"
	"ratebench/harness/internal/resulttest"
	"ratebench/harness/result"
)

func example() result.Data {
	d := resulttest.Synthetic(resulttest.Many(2), 1, 10*time.Second)
	d.Summary.CeilingSteps = result.NewCeilingSteps(resulttest.SomeSteps(2*time.Second, 5*time.Second), d.Summary.Ceilings)
	first, second := d.Summary.Strategies[0].Name, d.Summary.Strategies[1].Name
	d.Scenario = []byte(`{"duration":"10s","load":{"every":"1ms","stages":[{"at":"3s","every":"2ms"},{"at":"4s","every":"1ms"},{"at":"50s","every":"2ms"}]},
		"strategies":[{"name":"` + first + `"},{"name":"` + second + `","label":"two","client":{"clock":{"jumps":[{"at":"1s","by":"3s"}]}}}]}`)
	return d
}

func TestOf(t *testing.T) {
	d := example()
	want := []overlay.Span{
		{From: 1, To: 1, Kind: overlay.Clock, Strategy: 1, What: "clock jumps by 3s"},
		{From: 2, To: 5, Kind: overlay.Down, Strategy: overlay.All, What: "server down"},
		{From: 3, To: 4, Kind: overlay.Load, Strategy: overlay.All, What: "a request every 2ms"},
		{From: 5, To: 10, Kind: overlay.Limit, Strategy: overlay.All, What: "server cap 50.0"},
	}
	if diff := cmp.Diff(want, overlay.Of(&d, 10)); diff != "" {
		t.Errorf("want (-), got (+)\n%s", diff)
	}
	// Called by its label, it is the same strategy.
	d.Summary.Strategies[1].Plain = "two"
	if diff := cmp.Diff(want, overlay.Of(&d, 10)); diff != "" {
		t.Errorf("labelled: want (-), got (+)\n%s", diff)
	}
	if diff := cmp.Diff(want[1:], overlay.For(want, 0)); diff != "" {
		t.Errorf("of the first: want (-), got (+)\n%s", diff)
	}
	// Results of an earlier version have only the steps of their ceilings, as far as
	// the axis goes.
	d.Scenario = nil
	if diff := cmp.Diff([]overlay.Span{{From: 2, To: 4, Kind: overlay.Down, Strategy: overlay.All, What: "server down"}}, overlay.Of(&d, 4)); diff != "" {
		t.Errorf("an earlier version: want (-), got (+)\n%s", diff)
	}
}

func TestApart(t *testing.T) {
	down := func(who int) overlay.Span { return overlay.Span{From: 1, To: 2, Kind: overlay.Store, Strategy: who} }
	got := overlay.Apart([]overlay.Span{down(0), down(3), {From: 1, To: 2, Kind: overlay.Limit, Strategy: overlay.All}})
	want := []overlay.Span{down(overlay.All), {From: 1, To: 2, Kind: overlay.Limit, Strategy: overlay.All}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want (-), got (+)\n%s", diff)
	}
}

// A kind is in the key once, in words, and the darker the less can be had.
func TestKey(t *testing.T) {
	key := overlay.Key(overlay.Of(new(example()), 10))
	var labels []string
	for _, item := range key {
		labels = append(labels, item.Label)
	}
	if diff := cmp.Diff([]string{"another limit", "another load", "server down", "clock jumps"}, labels); diff != "" {
		t.Errorf("want (-), got (+)\n%s", diff)
	}
	if overlay.Down.Opacity() <= overlay.Store.Opacity() || overlay.Store.Opacity() <= overlay.Limit.Opacity() {
		t.Error("an outage is not the darkest")
	}
}
