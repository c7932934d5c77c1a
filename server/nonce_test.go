package server

import (
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// parseNonce accepts what strconv.ParseInt does.
func TestParseNonce(t *testing.T) {
	same := func(t interface{ Errorf(string, ...any) }, s string) {
		want, err := strconv.ParseInt(s, 10, 64)
		got, ok := parseNonce(s)
		if ok != (err == nil) || ok && got != want {
			t.Errorf("parseNonce(%q) = %d, %v; ParseInt: %d, %v", s, got, ok, want, err)
		}
	}
	for _, s := range []string{
		"", "0", "-0", "+0", "-", "+", "+-1", "--1", "007", "1_000", "0x10", " 1", "1 ", "١",
		"9223372036854775807", "9223372036854775808", "+9223372036854775808",
		"-9223372036854775808", "-9223372036854775809",
		"18446744073709551615", "18446744073709551616", "99999999999999999999999999",
	} {
		same(t, s)
	}
	rapid.Check(t, func(t *rapid.T) {
		same(t, rapid.StringMatching(`[+-]?[0-9]{1,21}`).Draw(t, "nonce"))
	})
}
