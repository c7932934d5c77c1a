package flights_test

import (
	"testing"

	"pgregory.net/rapid"

	"ratebench/clients/internal/flights"
	"ratebench/clients/limiter"
)

// Departures under way against a map of them.
func TestFlights(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var f flights.Costs
		want := map[limiter.Ticket]int64{}
		departed := 0
		for range rapid.IntRange(1, 300).Draw(rt, "steps") {
			if cost := rapid.Int64Range(0, 5).Draw(rt, "cost"); rapid.Bool().Draw(rt, "depart") {
				want[f.Depart(cost)] = cost
				departed++
			} else {
				k := limiter.Ticket(rapid.IntRange(-1, departed+1).Draw(rt, "ticket"))
				if got := f.Cost(k); got != want[k] {
					rt.Fatalf("%d costs %d, want %d", k, got, want[k])
				}
				if got := f.Land(k); got != want[k] {
					rt.Fatalf("%d cost %d, want %d", k, got, want[k])
				}
				delete(want, k)
			}
			sum := int64(0)
			for _, c := range want {
				sum += c
			}
			if f.Sum() != sum || f.None() != (len(want) == 0) {
				rt.Fatalf("%d under way, want %d", f.Sum(), sum)
			}
		}
	})
}

// A departure is settled by what the answer says that it cost, if it does.
func TestSettle(t *testing.T) {
	for _, tt := range []struct{ charged, cost, more int64 }{
		{3, 5, 2}, {3, 1, -2}, {3, 3, 0}, {0, 1, 1}, {3, 0, 0}, {3, -1, 0},
	} {
		var f flights.Costs
		other := f.Depart(7)
		if got := f.Settle(f.Depart(tt.charged), tt.cost); got != tt.more || f.Sum() != 7 {
			t.Errorf("%d charged, it cost %d: %d more, with %d under way; want %d, 7", tt.charged, tt.cost, got, f.Sum(), tt.more)
		}
		if got := f.Settle(other+9, tt.cost); got != max(0, tt.cost) || f.Sum() != 7 {
			t.Errorf("one that is not there cost %d: %d more, want as much", tt.cost, got)
		}
	}
}

// The room is that of those between the oldest and the newest, and no ticket, of
// the past or the future, is taken for another that has its place.
func TestTicketsOfOtherTimes(t *testing.T) {
	var f flights.Costs
	for i := range 20 {
		if f.Land(f.Depart(1)) != 1 || !f.None() {
			t.Fatalf("departure %d did not end", i)
		}
	}
	current := f.Depart(5) // at a place where several were
	for _, k := range []limiter.Ticket{current - 16, current - 8, current - 1, current + 1, current + 8, current + 16} {
		if f.Cost(k) != 0 || f.Land(k) != 0 {
			t.Errorf("ticket %d has a cost, while %d alone is under way", k, current)
		}
	}
	if f.Cost(current) != 5 || f.None() {
		t.Error("the one that is under way is gone")
	}
}
