package result_test

import (
	"testing"

	"ratebench/harness/result"
)

func TestNumberTexts(t *testing.T) {
	for _, tc := range []struct{ got, want string }{
		{result.CountText(0), "0"},
		{result.CountText(0.001), "<0.01"},
		{result.CountText(0.05), "0.05"},
		{result.CountText(9.99), "9.99"},
		{result.CountText(12.34), "12.3"},
		{result.CountText(1234567), "1\u202f234\u202f567"},
		{result.DurationText(0.25), "0.2 ms"},
		{result.DurationText(49.6), "50 ms"},
		{result.DurationText(1234), "1.23 s"},
		{result.DurationText(12345), "12.3 s"},
		{result.Shortest(result.Round(-0.00001, 4)), "0"},
		{result.Shortest(result.Round(2.00005, 4)), "2.0001"},
	} {
		if tc.got != tc.want {
			t.Errorf("got %q, want %q", tc.got, tc.want)
		}
	}
}
