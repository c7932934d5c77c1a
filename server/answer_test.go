package server

import (
	"testing"
	"time"

	"ratebench/server/ledger"
	"ratebench/server/policy"
)

// A body is JSON if it begins like it.
func TestContentType(t *testing.T) {
	const plain, json = "text/plain; charset=utf-8", "application/json"
	for body, want := range map[string]string{
		"": plain, " ": plain, "x": plain, "x{": plain, "<html>": "text/html; charset=utf-8",
		"{": json, "[]": json, `"x"`: json, " \t\r\n{}": json,
	} {
		if got := contentType([]byte(body)); got != want {
			t.Errorf("%q is %s, want %s", body, got, want)
		}
	}
}

// What is told of a limit, and what a request was charged by the first that
// settles, and turned out to cost.
func TestToldOfLimits(t *testing.T) {
	second := policy.Window{Limit: 9, Length: time.Second}
	c := ReferenceConfig()
	c.Limit, c.BlockAfter, c.NoNonces = Limit{}, 0, true
	c.Limits = []ledger.Limit{
		{Name: "plain", Policy: second},
		{Name: "puts", Policy: second, Routes: []string{"put"}, Cost: "size", Hidden: true},
		{Name: "each", Policy: second, Scope: ledger.ByKey | ledger.ByRoute},
		{Name: "tokens", Policy: second, Cost: "tokens", Settle: true},
	}
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	for i, route := range []bool{false, true, true, false} {
		got := s.tell(&ledger.State{Limit: i, State: policy.State{Limit: 9, Remaining: 4, Reset: time.Second}, Refused: i == 3})
		if got.Route != route || got.Name != c.Limits[i].Name || got.Unit != c.Limits[i].Cost || got.Hidden != (i == 1) || got.Refused != (i == 3) ||
			got.Limit != 9 || got.Remaining != 4 || got.Reset != time.Second {
			t.Errorf("of limit %d: %+v", i, got)
		}
	}
	for i, tt := range []struct {
		costs       []ledger.Cost
		asked, cost int64
	}{
		{nil, 0, 0},
		{[]ledger.Cost{{N: 7, More: 1}, {Name: "size", N: 3}}, 0, 0},
		{[]ledger.Cost{{N: 7}, {Name: "tokens", N: 60, More: -40}}, 60, 20},
		{[]ledger.Cost{{Name: "tokens", N: 60, More: 5}}, 60, 65},
		{[]ledger.Cost{{Name: "tokens", N: 60, More: -70}}, 60, 0},
	} {
		if asked, cost := s.settled(&ledger.Request{Costs: tt.costs}); asked != tt.asked || cost != tt.cost {
			t.Errorf("request %d: charged %d, cost %d; want %d and %d", i, asked, cost, tt.asked, tt.cost)
		}
	}
}
