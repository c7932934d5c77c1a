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
				k := limiter.Ticket(rapid.IntRange(0, departed).Draw(rt, "ticket"))
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
