package result

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Decimals that the files keep: more than the spread over the runs deserves,
// and few enough for differences between two versions of a file to be read.
const (
	CountDigits        = 4 // rates and means of counts
	millisecondsDigits = 3
	SeriesDigits       = 2 // everything in a series
)

// countRounding is more than two equal means with countDigits can differ by,
// when they were added up in different ways.
const countRounding = 1e-3

func Round(v float64, digits int) float64 {
	unit := math.Pow10(digits)
	return math.Round(v*unit)/unit + 0 // + 0 turns a negative zero into zero
}

// roundPositive rounds v, which is more than 0, to the given number of decimals,
// or of significant digits where these are more: it does not become 0.
func roundPositive(v float64, digits int) float64 {
	leading := int(math.Floor(math.Log10(v))) // the power of ten of the first digit
	return Round(v, max(digits, digits-1-leading))
}

func milliseconds(d time.Duration) float64 {
	return Round(float64(d)/float64(time.Millisecond), millisecondsDigits)
}

// shortest writes a rounded number without trailing zeros.
func Shortest(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// fixed writes v with the given number of decimals.
func Fixed(v float64, decimals int) string { return strconv.FormatFloat(v, 'f', decimals, 64) }

// countText writes a mean of counts for people: three digits or whole numbers,
// and never a zero that is none.
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

// durationText writes milliseconds for people.
func DurationText(ms float64) string {
	switch {
	case ms >= 10_000:
		return Fixed(ms/1000, 1) + " s"
	case ms >= 1000:
		return Fixed(ms/1000, 2) + " s"
	case ms >= 10:
		return Fixed(ms, 0) + " ms"
	}
	return Fixed(ms, 1) + " ms"
}

// oneLine replaces every run of white space by a blank.
func OneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// ellipsis stands for what was left out.
const Ellipsis = "…"

// abbreviate shortens s to a number of characters.
func Abbreviate(s string, characters int) string {
	if runes := []rune(s); len(runes) > characters {
		return strings.TrimRight(string(runes[:characters-1]), " ") + Ellipsis
	}
	return s
}

// value is what v points to; false: there is no value.
func Value(v *float64) (float64, bool) {
	if v == nil {
		return 0, false
	}
	return *v, true
}
