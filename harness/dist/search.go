package dist

// search returns the smallest k in [lo, hi] for which reached holds, given
// that it holds for hi and, from the smallest on, for all that follow. It
// looks around the guess first, in strides that double, so that a good guess
// costs two calls and a bad one the logarithm of its error.
func search(lo, guess, hi int64, reached func(k int64) bool) int64 {
	guess = min(max(guess, lo), hi)
	below, at := lo-1, hi // the answer is in (below, at]
	if reached(guess) {
		at = guess
		for stride := int64(1); at-lo >= stride; stride *= 2 {
			if !reached(at - stride) {
				below = at - stride
				break
			}
			at -= stride
		}
	} else {
		below = guess
		for stride := int64(1); hi-below > stride; stride *= 2 {
			if reached(below + stride) {
				at = below + stride
				break
			}
			below += stride
		}
	}
	for at-below > 1 {
		if mid := below + (at-below)/2; reached(mid) {
			at = mid
		} else {
			below = mid
		}
	}
	return at
}
