package metrics

// roundest is the number from lo to hi, both 0 or more, that has the most zeros
// at its end; of several, the one nearest to the middle, the lower of two.
func roundest(lo, hi int64) int64 {
	middle := lo + (hi-lo)/2
	for unit := int64(1e18); unit > 1; unit /= 10 {
		below := middle - middle%unit
		switch above := below + unit; {
		case below >= lo && middle-below <= above-middle: // as it is where only below is in the range
			return below
		case above <= hi && above > below:
			return above
		}
	}
	return middle
}
