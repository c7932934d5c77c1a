package server

import (
	"strings"
	"unicode"
)

// maxNonceDigits is how many digits Python's int takes, leading zeros
// included.
const maxNonceDigits = 4300

// An integer is one of any size that is not negative. The zero value is 0.
type integer struct {
	small uint64 // the value, if it has at most smallDigits digits
	large string // else its decimal digits, without leading zeros
}

// smallDigits is how many decimal digits always fit into a uint64.
const smallDigits = 19

// above tells whether n is greater than m.
func (n integer) above(m integer) bool {
	switch {
	case len(n.large) != len(m.large):
		return len(n.large) > len(m.large)
	case n.large == "":
		return n.small > m.small
	}
	return n.large > m.large
}

// parseNonce reads what Python's int reads in base 10: blanks around it, a
// sign, and decimal digits of any script, with single underscores between
// them. With a minus it is not ok, because no nonce is good that is not above
// 0. It allocates only for a nonce of more than smallDigits digits.
//
// Thirteen digits take 0.1 to 0.2 µs. A way of its own for a few plain ones would
// save most of that, of a request that costs more than 10 µs over HTTP.
func parseNonce(s string) (n integer, ok bool) {
	s = strings.TrimFunc(s, unicode.IsSpace)
	s = strings.TrimPrefix(s, "+") // a "-" is no digit
	digits, significant := 0, 0
	underscore := true // one may not come next
	for _, r := range s {
		if r == '_' {
			if underscore {
				return integer{}, false
			}
			underscore = true
			continue
		}
		d, isDigit := decimal(r)
		if !isDigit {
			return integer{}, false
		}
		underscore = false
		digits++
		if significant > 0 || d > 0 {
			significant++
		}
		n.small = n.small*10 + d // wraps around if there are too many
	}
	if underscore || digits > maxNonceDigits {
		return integer{}, false
	}
	if significant > smallDigits {
		n = integer{large: significantDigits(s, significant)}
	}
	return n, true
}

// significantDigits returns the last n digits of s.
func significantDigits(s string, n int) string {
	all := make([]byte, 0, len(s))
	for _, r := range s {
		if d, isDigit := decimal(r); isDigit {
			all = append(all, '0'+byte(d))
		}
	}
	return string(all[len(all)-n:])
}

// decimal is the value of a decimal digit of any script. Unicode has the ten
// of a script one after another, and whole tens of them.
func decimal(r rune) (d uint64, ok bool) {
	if r <= unicode.MaxASCII {
		return uint64(r - '0'), '0' <= r && r <= '9'
	}
	for _, run := range unicode.Nd.R16 {
		if rune(run.Lo) <= r && r <= rune(run.Hi) {
			return uint64(r-rune(run.Lo)) % 10, true
		}
	}
	for _, run := range unicode.Nd.R32 {
		if rune(run.Lo) <= r && r <= rune(run.Hi) {
			return uint64(r-rune(run.Lo)) % 10, true
		}
	}
	return 0, false
}
