package stats

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Partition puts what a sorted list has at an index there, and loses nothing.
func TestPartition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.SampledFrom([]int{1, 3, 1000}).Draw(t, "most") // with many that are equal
		values := rapid.SliceOfN(rapid.IntRange(0, most), 1, 200).Draw(t, "values")
		if rapid.Bool().Draw(t, "sorted") {
			slices.Sort(values)
		}
		k := rapid.IntRange(0, len(values)-1).Draw(t, "k")
		sorted := slices.Sorted(slices.Values(values))
		Partition(values, k)
		if values[k] != sorted[k] || slices.Max(values[:k+1]) > values[k] || slices.Min(values[k:]) < values[k] {
			t.Fatalf("index %d of %v, sorted %v", k, values, sorted)
		}
		if slices.Sort(values); !slices.Equal(values, sorted) {
			t.Fatalf("%v have become %v", sorted, values)
		}
	})
}

// Lists that rise, fall, rise and fall, or are all the same take no longer than it
// takes to sort them some times over.
func TestPartitionOfPatterns(t *testing.T) {
	const n = 100_000
	for name, at := range map[string]func(i int) int{
		"rising":    func(i int) int { return i },
		"falling":   func(i int) int { return -i },
		"the same":  func(int) int { return 7 },
		"organ":     func(i int) int { return min(i, n-i) },
		"saw":       func(i int) int { return i % 100 },
		"in chance": func(int) int { return rand.IntN(n) },
	} {
		values := make([]int, n)
		for i := range values {
			values[i] = at(i)
		}
		sorted := slices.Sorted(slices.Values(values))
		for _, k := range []int{0, n / 2, n * 99 / 100, n - 1} {
			if Partition(values, k); values[k] != sorted[k] {
				t.Errorf("%s: index %d has %d, want %d", name, k, values[k], sorted[k])
			}
		}
	}
}
