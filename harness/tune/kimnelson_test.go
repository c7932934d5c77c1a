package tune

import (
	"math"
	"math/rand/v2"
	"testing"
)

// play races k candidates whose values are drawn by a function, and returns the
// one that wins and how many seeds that took.
func play(k int, alpha, delta float64, draw func() []float64) (winner, seeds int) {
	r := newRace(k, 10, alpha, delta)
	for n := 1; ; n++ {
		for i, v := range draw() {
			if !r.out[i] {
				r.add(i, v)
			}
		}
		r.screen(n)
		if r.settled(n) {
			return r.left()[0], n
		}
	}
}

// What KN promises: the best wins with a probability of 1 − α where it is better
// by δ. With all others just δ behind, which is the worst case, of 1000 races 950
// or more are won, less three standard deviations of such a count; with common
// random numbers, which have a part in all values of a seed, as many, and with
// unequal variances.
func TestKimNelsonSelectsTheBest(t *testing.T) {
	const k, alpha, delta = 10, 0.05, 0.5
	races := 1000
	if testing.Short() {
		races = 250
	}
	for name, spread := range map[string]struct{ common, own, more float64 }{
		"independent":    {0, 1, 0},
		"common numbers": {5, 1, 0},
		"unequal":        {1, 0.5, 0.2},
	} {
		random := rand.New(rand.NewPCG(11, 12))
		wrong, seeds := 0, 0
		for race := range races {
			best := race % k
			winner, n := play(k, alpha, delta, func() []float64 {
				common := spread.common * random.NormFloat64()
				values := make([]float64, k)
				for i := range values {
					values[i] = common + (spread.own+spread.more*float64(i))*random.NormFloat64()
				}
				values[best] += delta
				return values
			})
			seeds += n
			if winner != best {
				wrong++
			}
		}
		most := alpha*float64(races) + 3*math.Sqrt(alpha*(1-alpha)*float64(races))
		if float64(wrong) > most {
			t.Errorf("%s: %d of %d races are won by another than the best, want %.0f at most", name, wrong, races, most)
		}
		t.Logf("%s: %d of %d wrong, %.1f seeds", name, wrong, races, float64(seeds)/float64(races))
	}
}

// The constants of the handbook's example: k = 4, n₀ = 10, α = 0.05.
func TestKimNelsonConstants(t *testing.T) {
	r := newRace(4, 10, 0.05, 1)
	// η = ½((2·0.05/3)^(−2/9) − 1) = 0.5647; h² = 2·0.5647·9
	if math.Abs(r.h2-10.165) > 0.01 {
		t.Errorf("h² is %.4f, want 10.165", r.h2)
	}
}

// Candidates that come to the same stay in together, and the race ends.
func TestKimNelsonTies(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	r := newRace(3, 10, 0.05, 0.1)
	for n := 1; n <= 100; n++ {
		v := random.NormFloat64()
		r.add(0, v)
		r.add(1, v)
		r.add(2, v-1)
		r.screen(n)
		if r.settled(n) {
			if got := r.left(); len(got) != 2 || got[0] != 0 || got[1] != 1 || n != 10 {
				t.Errorf("%v left after %d seeds, want 0 and 1 after 10", got, n)
			}
			return
		}
	}
	t.Error("the race does not end")
}

// Who is dropped is out, and its values say nothing any more.
func TestDropped(t *testing.T) {
	r := newRace(2, 10, 0.05, 0.1)
	r.drop(0)
	if !r.settled(0) || len(r.left()) != 1 || r.left()[0] != 1 {
		t.Errorf("%v left", r.left())
	}
}
