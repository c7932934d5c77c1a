package server

import (
	"math/big"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

// A plain decimal number is read as math/big reads it, whatever its size, and
// compared as math/big compares.
func TestParseNonceAgainstBig(t *testing.T) {
	number := rapid.StringMatching(`0{0,3}[0-9]{1,45}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := number.Draw(t, "a"), number.Draw(t, "b")
		m, okM := parseNonce(a)
		n, okN := parseNonce(b)
		x, okX := new(big.Int).SetString(a, 10)
		y, okY := new(big.Int).SetString(b, 10)
		if !okM || !okN || !okX || !okY {
			t.Fatalf("%s, %s: not read", a, b)
		}
		if got, want := m.above(n), x.Cmp(y) > 0; got != want {
			t.Errorf("%s above %s: %v, want %v", a, b, got, want)
		}
	})
}

// Every decimal digit of Unicode has the value that its place among the ten
// of its script says, and nothing else is one.
func TestDecimalDigits(t *testing.T) {
	next := uint64(0)
	for r := rune(0); r <= unicode.MaxRune; r++ {
		d, ok := decimal(r)
		if ok != unicode.Is(unicode.Nd, r) {
			t.Fatalf("%U: a digit: %v", r, ok)
		}
		if !ok {
			if next != 0 {
				t.Fatalf("%U breaks off a row of digits at %d", r, next)
			}
			continue
		}
		if d != next {
			t.Fatalf("%U is %d, want %d", r, d, next)
		}
		next = (next + 1) % 10
	}
}

func TestNonceBoundaries(t *testing.T) {
	for _, c := range []struct {
		text  string
		small uint64
		large string
		ok    bool
	}{
		{"9999999999999999999", 9999999999999999999, "", true}, // 19 digits
		{"10000000000000000000", 0, "10000000000000000000", true},
		{"00010000000000000000000", 0, "10000000000000000000", true},
		{strings.Repeat("0", maxNonceDigits-1) + "7", 7, "", true},
		{strings.Repeat("0", maxNonceDigits) + "7", 0, "", false},
		{"1_0", 10, "", true},
		{"-1", 0, "", false},
		{"-0", 0, "", false},
		{"\xff", 0, "", false},
	} {
		n, ok := parseNonce(c.text)
		if ok != c.ok || ok && (n != integer{c.small, c.large}) {
			t.Errorf("%.30q: %v, %v; want %d %q, %v", c.text, n, ok, c.small, c.large, c.ok)
		}
	}
}
