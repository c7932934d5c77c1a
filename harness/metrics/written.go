package metrics

import (
	"math"
	"strconv"
)

// Written says how the figures of a metric are written for people.
type Written uint8

// The ways of writing a figure.
const (
	AsCount        Written = iota // three digits, or whole numbers in groups
	AsRate                        // per second: a decimal, or three digits of what is less than 1
	AsMilliseconds                // in ms or s
	AsSeconds
	AsRatio // two decimals
)

// Text writes a figure for people. It never writes a zero that is none.
func (w Written) Text(v float64) string {
	switch w {
	case AsRate:
		return RateText(v, 1)
	case AsMilliseconds:
		return DurationText(v)
	case AsSeconds:
		return RateText(v, 1) + " s"
	case AsRatio:
		return RateText(v, 2)
	}
	return CountText(v)
}

// digits is how many significant digits a figure keeps in files: far more than
// its spread over the runs deserves, so that what is derived from it is right,
// and few enough for it to be the same on every processor.
const digits = 9

// Rounded is a figure as files hold it, with nine significant digits.
// Results are rounded so when they are built: nothing depends on whether they
// come from runs or from files.
func Rounded(v float64) float64 { return Significant(v, digits) }

// Significant rounds v to so many significant digits.
func Significant(v float64, digits int) float64 {
	if v == 0 {
		return 0 // of a negative zero, too
	}
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', digits, 64), 64)
	if err != nil {
		return v // beyond the largest number when rounded up
	}
	return r
}

// Round rounds v to so many decimals.
func Round(v float64, decimals int) float64 {
	unit := math.Pow10(decimals)
	if r := math.Round(v*unit) / unit; !math.IsInf(r, 0) && !math.IsNaN(r) {
		return r + 0 // turns a negative zero into zero
	}
	return v // so large that it has no decimals
}

// Shortest writes a figure without trailing zeros.
func Shortest(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// Fixed writes v with so many decimals.
func Fixed(v float64, decimals int) string { return strconv.FormatFloat(v, 'f', decimals, 64) }

// RateText writes v with so many decimals, or with three significant digits
// where these are more.
func RateText(v float64, decimals int) string {
	if v != 0 && math.Abs(v) < 1e-6 {
		return strconv.FormatFloat(v, 'e', 2, 64)
	}
	return Fixed(v, RateDecimals(v, decimals))
}

// RateDecimals is how many decimals RateText writes a rate with.
func RateDecimals(v float64, least int) int {
	if v == 0 || math.Abs(v) >= 1 {
		return least
	}
	leading := int(math.Floor(math.Log10(math.Abs(v)))) // the power of ten of the first digit
	return min(max(least, 2-leading), digits)
}

// MarginText writes how far the interval around a rate reaches to either side,
// with as many decimals as RateText writes the rate with.
func MarginText(margin, rate float64, decimals int) string {
	if rate != 0 && math.Abs(rate) < 1e-6 {
		return RateText(margin, decimals)
	}
	return Fixed(margin, RateDecimals(rate, decimals))
}

// CountText writes a mean of counts for people: three digits or whole numbers.
func CountText(v float64) string {
	switch {
	case v > 0 && v < 0.01:
		return "<0.01"
	case v < 10:
		return Shortest(Round(v, 2))
	case v < 100:
		return Shortest(Round(v, 1))
	}
	return thousands(v)
}

// thousands groups the digits of a whole number by narrow spaces.
func thousands(v float64) string {
	s := Fixed(v, 0)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "\u202f" + s[i:]
	}
	return s
}

// DurationText writes milliseconds for people.
func DurationText(ms float64) string {
	switch {
	case ms >= 10_000:
		return Fixed(ms/1000, 1) + " s"
	case ms >= 1000:
		return Fixed(ms/1000, 2) + " s"
	case ms >= 10:
		return Fixed(ms, 0) + " ms"
	case ms > 0 && ms < 0.05:
		return "<0.1 ms"
	}
	return Fixed(ms, 1) + " ms"
}
