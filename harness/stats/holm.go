package stats

import (
	"cmp"
	"slices"
)

// Holm adjusts the p-values of m tests so that rejecting where the adjusted one
// is at most α keeps the probability of even one false rejection at α or less,
// however the tests depend on each other. With p₍₁₎ ≤ … ≤ p₍ₘ₎ it is
//
//	p̃₍ᵢ₎ = max over j ≤ i of min(1, (m − j + 1) · p₍ⱼ₎)
//
// (Holm, "A Simple Sequentially Rejective Multiple Test Procedure", Scandinavian
// Journal of Statistics 6, 1979). The adjusted values are in the order of p,
// which is left as it is; none for none.
func Holm(p []float64) []float64 {
	adjusted := make([]float64, len(p))
	highest := 0.0
	for rank, i := range ascending(p) {
		highest = max(highest, min(1, float64(len(p)-rank)*p[i]))
		adjusted[i] = highest
	}
	return adjusted
}

// ascending are the indices of values from the least to the greatest.
func ascending(values []float64) []int {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(values[a], values[b]) })
	return order
}
