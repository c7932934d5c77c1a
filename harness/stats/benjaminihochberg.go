package stats

import "slices"

// BenjaminiHochberg adjusts the p-values of m tests so that rejecting where the
// adjusted one is at most α keeps the expected share of false rejections among
// all rejections (the false discovery rate) at α or less. The tests may be
// independent or, as those of figures that rise and fall together, positively
// dependent. With p₍₁₎ ≤ … ≤ p₍ₘ₎ it is
//
//	p̃₍ᵢ₎ = min over j ≥ i of min(1, m/j · p₍ⱼ₎)
//
// (Benjamini and Hochberg, "Controlling the False Discovery Rate: A Practical and
// Powerful Approach to Multiple Testing", Journal of the Royal Statistical Society
// B 57, 1995; for dependent tests, Benjamini and Yekutieli, "The Control of the
// False Discovery Rate in Multiple Testing under Dependency", 2001). The adjusted
// values are in the order of p, which is left as it is; none for none.
func BenjaminiHochberg(p []float64) []float64 {
	adjusted := make([]float64, len(p))
	lowest := 1.0
	for rank, i := range slices.Backward(ascending(p)) {
		lowest = min(lowest, float64(len(p))/float64(rank+1)*p[i])
		adjusted[i] = lowest
	}
	return adjusted
}
