package server

import "math"

// parseNonce reads a base-10 int64 with an optional sign: what
// strconv.ParseInt accepts, without the error that it allocates.
func parseNonce(s string) (n int64, ok bool) {
	negative := false
	if s != "" && (s[0] == '-' || s[0] == '+') {
		negative = s[0] == '-'
		s = s[1:]
	}
	if s == "" {
		return 0, false
	}
	// The digits are summed below zero, where there is room for one more.
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0, false
		}
		if n < math.MinInt64/10 {
			return 0, false
		}
		n *= 10
		digit := int64(c - '0')
		if n < math.MinInt64+digit {
			return 0, false
		}
		n -= digit
	}
	if negative {
		return n, true
	}
	return -n, n != math.MinInt64
}
