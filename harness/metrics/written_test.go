package metrics

import (
	"math"
	"testing"
)

func TestTexts(t *testing.T) {
	for _, tc := range []struct{ got, want string }{
		{CountText(0), "0"},
		{CountText(0.001), "<0.01"},
		{CountText(0.05), "0.05"},
		{CountText(9.99), "9.99"},
		{CountText(12.34), "12.3"},
		{CountText(1234567), "1\u202f234\u202f567"},
		{DurationText(0), "0.0 ms"},
		{DurationText(0.001), "<0.1 ms"},
		{DurationText(0.25), "0.2 ms"},
		{DurationText(49.6), "50 ms"},
		{DurationText(1234), "1.23 s"},
		{DurationText(12345), "12.3 s"},
		{RateText(0, 1), "0.0"},
		{RateText(84.736, 1), "84.7"},
		{RateText(84.736, 2), "84.74"},
		{RateText(0.5, 1), "0.500"},
		{RateText(10.0/86400, 1), "0.000116"},
		{RateText(1e-7, 1), "1.00e-07"},
		{RateText(0.999, 1), "0.999"},
		{RateText(1, 1), "1.0"},
		{RateText(-0.5, 1), "-0.500"},
		{DurationText(9999), "10.00 s"},
		{DurationText(123_456), "123.5 s"},
		{MarginText(0.189, 84.7, 2), "0.19"},
		{MarginText(0.0000012, 10.0/86400, 2), "0.000001"},
		{MarginText(0, 10.0/86400, 2), "0.000000"},
		{MarginText(2e-8, 1e-7, 2), "2.00e-08"},
		{MarginText(0, 0, 2), "0.00"},
		{CountText(0.01), "0.01"},
		{CountText(10), "10"},
		{CountText(99.96), "100"},
		{CountText(100), "100"},
		{CountText(999.6), "1\u202f000"},
		{CountText(-1), "-1"},
		{CountText(0.123), "0.12"},
		{CountText(10.26), "10.3"},
		{CountText(9.996), "10"},
		{CountText(100.4), "100"},
		{CountText(100.6), "101"},
		{AsRate.Text(84.736), "84.7"},
		{AsRate.Text(0.012345), "0.0123"},
		{AsSeconds.Text(1.25), "1.2 s"},
		{AsRatio.Text(1.256), "1.26"},
		{AsRatio.Text(0.5), "0.500"},
		{RateText(1e-6, 1), "0.00000100"},
		{RateText(-1e-7, 1), "-1.00e-07"},
		{MarginText(0.5, 1e-6, 1), "0.50000000"},
		{MarginText(0.5, 2, 1), "0.5"},
		{MarginText(5e-8, 0, 2), "0.00"},
		{Shortest(Significant(math.MaxFloat64, 2)), Shortest(math.MaxFloat64)}, // 1.8e308 there is not
		{Shortest(Significant(1234.5, 2)), "1200"},
		{Shortest(Significant(math.Inf(1), 2)), "+Inf"},
		{Shortest(Significant(math.Inf(-1), 2)), "-Inf"},
		{Shortest(Significant(math.NaN(), 2)), "NaN"},
		{Shortest(Round(math.Inf(1), 2)), "+Inf"},
		{Shortest(Round(math.NaN(), 2)), "NaN"},
		{Shortest(Round(-math.MaxFloat64, 4)), Shortest(-math.MaxFloat64)},
		{DurationText(9.96), "10.0 ms"},
		{DurationText(10), "10 ms"},
		{DurationText(0.05), "0.1 ms"},
		{DurationText(999.4), "999 ms"},
		{DurationText(1000), "1.00 s"},
		{DurationText(10_000), "10.0 s"},
		{AsSeconds.Text(0.5), "0.500 s"},
		{AsRate.Text(0.0001157), "0.000116"},
		{AsMilliseconds.Text(1234), "1.23 s"},
		{AsCount.Text(1234), "1\u202f234"},
		{Shortest(Rounded(math.Copysign(0, -1))), "0"},
		{Shortest(Rounded(1.0 / 3)), "0.333333333"},
		{Shortest(Rounded(10.0 / 86400)), "0.000115740741"},
		{Shortest(Rounded(123456789.4)), "123456789"},
		{Shortest(Round(-0.00001, 4)), "0"},
		{Shortest(Round(2.00005, 4)), "2.0001"},
		{Shortest(Round(1e300, 4)), Shortest(1e300)},
		{Shortest(Round(math.MaxFloat64, 4)), Shortest(math.MaxFloat64)}, // times 10,000 it is infinite
	} {
		if tc.got != tc.want {
			t.Errorf("got %q, want %q", tc.got, tc.want)
		}
	}
	if v := Rounded(math.MaxFloat64); math.IsInf(v, 0) {
		t.Error("rounding makes the greatest number infinite")
	}
}

// There is one zero, and what is no number is not rounded.
func TestSignificantOfNoFigures(t *testing.T) {
	if v := Significant(math.Copysign(0, -1), 3); v != 0 || math.Signbit(v) {
		t.Errorf("a negative zero becomes %v", v)
	}
	if v := Significant(math.NaN(), 3); !math.IsNaN(v) {
		t.Errorf("NaN becomes %v", v)
	}
	for sign := -1; sign <= 1; sign += 2 {
		if v := Significant(math.Inf(sign), 3); !math.IsInf(v, sign) {
			t.Errorf("%v becomes %v", math.Inf(sign), v)
		}
	}
}
