package tune

import "math"

// A race is the fully sequential procedure KN of Kim and Nelson ("A Fully
// Sequential Procedure for Indifference-Zone Selection in Simulation", ACM
// TOMACS 11, 2001; "Selecting the Best System", Handbooks in Operations Research
// and Management Science 13, ch. 17, 2006). After a first stage of n₀ seeds, i is
// out after r seeds as soon as for some l
//
//	mean(X_i − X_l) < −W_il(r)/r,  W_il(r) = max(0, δ/2 · (h²·S²_il/δ² − r)),
//	h² = 2η(n₀ − 1),  η = ½((2α/(k − 1))^(−2/(n₀−1)) − 1),
//
// where S²_il is the variance of X_i − X_l over the first stage. What is left is
// the best of k with a probability of 1 − α at least, if it is better than all
// others by δ or more, and else one that is worse by less than δ. Values of a seed
// may depend on each other, as they do where all candidates meet the same load and
// latencies: the variance of a difference has that in it. They are supposed to be
// about normal, as means over a run are.
type race struct {
	delta  float64
	first  int // n₀
	h2     float64
	values [][]float64 // of each candidate, seed by seed: the higher the better
	out    []bool
	s2     [][]float64 // nil during the first stage
}

// newRace is that of k candidates, 2 or more.
func newRace(k, first int, alpha, delta float64) *race {
	n := float64(first - 1)
	eta := 0.5 * (math.Pow(2*alpha/float64(k-1), -2/n) - 1)
	return &race{delta: delta, first: first, h2: 2 * eta * n, values: make([][]float64, k), out: make([]bool, k)}
}

// add records the value of a candidate with the next seed.
func (r *race) add(i int, value float64) { r.values[i] = append(r.values[i], value) }

// drop takes a candidate out, whatever its values.
func (r *race) drop(i int) { r.out[i] = true }

// left are the candidates that are not out.
func (r *race) left() []int {
	var left []int
	for i, out := range r.out {
		if !out {
			left = append(left, i)
		}
	}
	return left
}

// screen takes out what is worse after n seeds, of which everybody who is left has
// at least as many.
func (r *race) screen(n int) {
	if n < r.first {
		return
	}
	if r.s2 == nil {
		r.estimate()
	}
	left := r.left()
	worse := make([]bool, len(r.out))
	for _, i := range left {
		for _, l := range left {
			if i != l && r.mean(i, l, n) < -r.margin(i, l, n)/float64(n) {
				worse[i] = true
				break
			}
		}
	}
	for i := range worse {
		r.out[i] = r.out[i] || worse[i]
	}
}

// settled reports whether no further seed would take anybody out: one is left, or
// those that are left are the same.
func (r *race) settled(n int) bool {
	left := r.left()
	if len(left) < 2 {
		return true
	}
	if r.s2 == nil {
		return false
	}
	for _, i := range left {
		for _, l := range left {
			if i != l && (r.s2[i][l] > 0 || r.mean(i, l, n) != 0) {
				return false
			}
		}
	}
	return true
}

// estimate sets the variances of the first stage.
func (r *race) estimate() {
	r.s2 = make([][]float64, len(r.out))
	for _, i := range r.left() {
		r.s2[i] = make([]float64, len(r.out))
		for _, l := range r.left() {
			mean, sum := r.mean(i, l, r.first), 0.0
			for n := range r.first {
				d := r.values[i][n] - r.values[l][n] - mean
				sum += d * d
			}
			r.s2[i][l] = sum / float64(r.first-1)
		}
	}
}

// mean is how much i is better than l over the first n seeds.
func (r *race) mean(i, l, n int) float64 {
	sum := 0.0
	for k := range n {
		sum += r.values[i][k] - r.values[l][k]
	}
	return sum / float64(n)
}

// margin is W.
func (r *race) margin(i, l, n int) float64 {
	return max(0, r.delta/2*(r.h2*r.s2[i][l]/(r.delta*r.delta)-float64(n)))
}
