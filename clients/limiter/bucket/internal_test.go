package bucket

import "testing"

func TestTutorialPortions(t *testing.T) {
	for _, c := range []struct{ n, parts, portion int }{
		{1, 1, 1},     // 1 a second
		{2, 1, 2},     // prime: all at once
		{4, 2, 2},     // 2 every 1/2 s
		{7, 1, 7},     // prime
		{8, 4, 2},     // 2 every 250 ms
		{9, 3, 3},     // 3 every 1/3 s
		{12, 6, 2},    // 2 every 1/6 s
		{20, 10, 2},   // 2 every 100 ms
		{35, 7, 5},    // 5 every 1/7 s
		{997, 1, 997}, // prime
	} {
		parts := largestDivisor(c.n)
		if parts != c.parts || c.n/parts != c.portion {
			t.Errorf("%d/s: %d parts of %d, want %d of %d", c.n, parts, c.n/parts, c.parts, c.portion)
		}
	}
}
