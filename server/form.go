package server

import (
	"strings"
	"unicode/utf8"
)

// parseParams reads the parameters that count from a query string or a form,
// and never fails: what is not well-formed stands for itself.
func parseParams(form string) params {
	var p params
	for pair := range strings.SplitSeq(form, "&") {
		name, value, _ := strings.Cut(pair, "=")
		p.set(unescape(name), value)
	}
	return p
}

// set takes the first value of a parameter that counts.
func (p *params) set(name, escaped string) {
	var known *param
	switch name {
	case "api_key":
		known = &p.key
	case "nonce":
		known = &p.nonce
	case "req_id":
		known = &p.reqID
	default:
		return
	}
	if !known.sent {
		*known = param{unescape(escaped), true}
	}
}

// unescape reads "+" as a space and "%" with two hexadecimal digits as a
// byte; any other "%" stays. The result is valid UTF-8, with a U+FFFD for
// each sequence that was not.
func unescape(s string) string {
	if strings.ContainsAny(s, "%+") {
		b := make([]byte, 0, len(s))
		for i := 0; i < len(s); i++ {
			c := s[i]
			if c == '+' {
				c = ' '
			} else if c == '%' && i+2 < len(s) {
				if b, ok := unhex(s[i+1], s[i+2]); ok {
					c = b
					i += 2
				}
			}
			b = append(b, c)
		}
		s = string(b)
	}
	return replaceBroken(s)
}

// unhex reads a byte of two hexadecimal digits.
func unhex(high, low byte) (b byte, ok bool) {
	h, okHigh := hexDigit(high)
	l, okLow := hexDigit(low)
	return h<<4 | l, okHigh && okLow
}

func hexDigit(c byte) (d byte, ok bool) {
	switch {
	case '0' <= c && c <= '9':
		return c - '0', true
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10, true
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}

// replaceBroken puts one U+FFFD in the place of each maximal subpart of a
// sequence that is no UTF-8 (The Unicode Standard, section 3.9), as Python
// does. Go's own loops and strings.ToValidUTF8 count otherwise.
func replaceBroken(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		for size < len(s) && !utf8.FullRuneInString(s[:size+1]) {
			size++ // a byte more of one that is only begun
		}
		b.WriteRune(r)
		s = s[size:]
	}
	return b.String()
}
