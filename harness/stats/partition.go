package stats

import (
	"cmp"
	"math/bits"
	"slices"
)

// Partition reorders values so that the one that would be at index k if they were
// sorted is there, none before it is greater, and none after it is less. It takes a
// time that is proportional to their number, where to sort takes more. k is an index
// of values.
//
// Source: Hoare, "Algorithm 65: Find", 1961, with the median of three; what is left is
// sorted if it does not get smaller as fast as it should.
func Partition[T cmp.Ordered](values []T, k int) {
	for rounds := 2 * bits.Len(uint(len(values))); len(values) > 12 && rounds > 0; rounds-- {
		i, j := split(values)
		switch {
		case k <= j:
			values = values[:j+1]
		case k >= i:
			values, k = values[i:], k-i
		default: // those in between are equal
			return
		}
	}
	slices.Sort(values)
}

// split reorders three values or more around one of them: up to j none is greater,
// and from i on none is less. Those between the two are equal to it.
func split[T cmp.Ordered](values []T) (i, j int) {
	pivot := median(values[0], values[len(values)/2], values[len(values)-1])
	i, j = 0, len(values)-1
	for i <= j {
		for values[i] < pivot {
			i++
		}
		for values[j] > pivot {
			j--
		}
		if i <= j {
			values[i], values[j] = values[j], values[i]
			i++
			j--
		}
	}
	return i, j
}

func median[T cmp.Ordered](a, b, c T) T { return max(min(a, b), min(max(a, b), c)) }
