package policy

import (
	"math"
	"math/bits"
)

// plus is a + b, or the largest or smallest number there is if that is beyond
// it.
func plus(a, b int64) int64 {
	switch sum := a + b; {
	case b > 0 && sum < a:
		return math.MaxInt64
	case b < 0 && sum > a:
		return math.MinInt64
	default:
		return sum
	}
}

// mulDiv is a·b/c with its remainder, of numbers that are not negative, c being
// positive. A quotient of more than 63 bits is the largest number there is.
func mulDiv(a, b, c int64) (q, r int64) {
	high, low := bits.Mul64(uint64(a), uint64(b))
	if high >= uint64(c) {
		return math.MaxInt64, 0
	}
	quotient, remainder := bits.Div64(high, low, uint64(c))
	if quotient > math.MaxInt64 {
		return math.MaxInt64, 0
	}
	return int64(quotient), int64(remainder)
}
