package ledger

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ratebench/server/policy"
)

// A plain ledger says of every request what it would say if it did not know that
// it is plain.
func TestPlainIsNoOtherLedger(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := Limit{Name: "l", Policy: policy.Window{Limit: int64(rapid.IntRange(1, 4).Draw(t, "limit")), Length: time.Second}}
		switch rapid.IntRange(0, 2).Draw(t, "price") {
		case 1:
			limit.Fixed = 2
		case 2:
			limit.Cost = "points"
		}
		c := Config{Limits: []Limit{limit}, Tick: time.Millisecond}
		if rapid.Bool().Draw(t, "penalty") {
			c.Penalty.Penalty = policy.Penalty{After: rapid.IntRange(1, 3).Draw(t, "after"), For: []time.Duration{2 * time.Second}, Extend: rapid.Bool().Draw(t, "extend")}
		}
		got, err := New(c, ByKey)
		if err != nil {
			t.Fatal(err)
		}
		want, _ := New(c, ByKey)
		if got.plain.limit == nil {
			t.Fatal("it is not plain")
		}
		now := time.Unix(1_700_000_000, 0)
		for range rapid.IntRange(0, 50).Draw(t, "requests") {
			want.plain = plain{}
			now = now.Add(time.Duration(rapid.IntRange(0, 700).Draw(t, "ms")) * time.Millisecond)
			r := &Request{Key: "k"}
			if rapid.Bool().Draw(t, "costs") {
				r.Costs = []Cost{{Name: limit.Cost, N: int64(rapid.IntRange(0, 3).Draw(t, "cost"))}}
			}
			a, b := got.Arrive(now, r), want.Arrive(now, r)
			if diff := cmp.Diff(b, a); diff != "" {
				t.Fatalf("decision: %s", diff)
			}
			if diff := cmp.Diff(want.States(nil, now), got.States(nil, now)); diff != "" {
				t.Fatalf("states: %s", diff)
			}
			switch rapid.IntRange(0, 9).Draw(t, "then") {
			case 0:
				got.Forget()
				want.Forget()
			case 1:
				to := policy.Window{Limit: int64(rapid.IntRange(1, 6).Draw(t, "to")), Length: time.Second}
				if e, f := got.Adjust(now, 0, to), want.Adjust(now, 0, to); e != nil || f != nil {
					t.Fatal(e, f)
				}
			case 2:
				got.Fail(now, r)
				want.Fail(now, r)
			}
			if got.Blocked() != want.Blocked() {
				t.Fatalf("%d blocked, want %d", got.Blocked(), want.Blocked())
			}
		}
	})
}
