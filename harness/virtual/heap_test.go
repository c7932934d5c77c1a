package virtual

import (
	"slices"
	"testing"
)

// Whatever is kept of a heap comes out in order, none of it included.
func TestHeapKeepsInOrder(t *testing.T) {
	for size := range 30 {
		for modulus := range int64(4) {
			var h heap
			var want []int64
			kept := func(at int64) bool { return modulus > 0 && at%modulus == 0 }
			for i := range size {
				at := int64(i * 7 % 31)
				h.push(entry{at, uint64(i)})
				if kept(at) {
					want = append(want, at)
				}
			}
			slices.Sort(want)
			h.keep(func(e entry) bool { return kept(e.at) })
			var got []int64
			for h.len() > 0 {
				got = append(got, h.first().at)
				h.pop()
			}
			if !slices.Equal(got, want) {
				t.Errorf("of %d, every one by %d: got %v, want %v", size, modulus, got, want)
			}
		}
	}
}
