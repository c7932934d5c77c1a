package keyedrand

import (
	"math"
	"testing"
)

// The first outputs of SplitMix64 from state 0, whose n-th state is n times the
// golden ratio of 2^64.
func TestNumber(t *testing.T) {
	const golden = 0x9e3779b97f4a7c15
	for n, want := range []uint64{0xe220a8397b1dcdaf, 0x6e789e6aa1b965f4, 0x06c45d188009454f, 0xf88bb8a8724c81ec} {
		if got := Number(uint64(n) * golden); got != want {
			t.Errorf("output %d is %#x, want %#x", n, got, want)
		}
	}
}

func TestKeysAreMixedInTheirOrder(t *testing.T) {
	if got, want := Number(1, 2, 3), mix(mix(mix(1)^2)^3); got != want {
		t.Errorf("got %#x, want %#x", got, want)
	}
	if Number(1, 2) == Number(2, 1) || Number(1) == Number(1, 0) {
		t.Error("different keys give the same number")
	}
}

func TestStreamsHaveTheNumbersOfAllKeys(t *testing.T) {
	for i := range uint64(100) {
		if got, want := StreamOf(i, 7).Number(3*i), Number(i, 7, 3*i); got != want {
			t.Errorf("the number of %d, 7 and %d is %#x, want %#x", i, 3*i, got, want)
		}
		if got, want := StreamOf(i).Uniform(i), Uniform(i, i); got != want {
			t.Errorf("the draw of %d and %d is %v, want %v", i, i, got, want)
		}
	}
}

// Means of 10^5 draws are within 5 standard deviations of what they should be,
// along each of the keys.
func TestUniform(t *testing.T) {
	const n = 100_000
	for name, draw := range map[string]func(i uint64) float64{
		"one key":        func(i uint64) float64 { return Uniform(i) },
		"first of two":   func(i uint64) float64 { return Uniform(i, 7) },
		"second of two":  func(i uint64) float64 { return Uniform(7, i) },
		"third of three": func(i uint64) float64 { return Uniform(1, 2, i) },
	} {
		sum, squares := 0.0, 0.0
		for i := range uint64(n) {
			u := draw(i)
			if u < 0 || u >= 1 {
				t.Fatalf("%s: %v is outside [0, 1)", name, u)
			}
			sum += u
			squares += u * u
		}
		if mean, sigma := sum/n, math.Sqrt(1./12/n); math.Abs(mean-1./2) > 5*sigma {
			t.Errorf("%s: mean %v", name, mean)
		}
		if mean, sigma := squares/n, math.Sqrt(4./45/n); math.Abs(mean-1./3) > 5*sigma { // 1/5 - 1/9
			t.Errorf("%s: mean of squares %v", name, mean)
		}
	}
}
