package dialect

import (
	"math"
	"strings"
	"time"

	"ratebench/clients/limiter"
)

// ietf appends the budgets of a RateLimit field, in any of the forms that the
// drafts had, with what RateLimit-Policy says of them:
//
//	"default";r=50;t=30      draft 08 and later
//	default;r=50;t=30        the same as tokens, of some
//	limit=100, remaining=50, reset=30     draft 07
//
// A field that is malformed says nothing, as structured fields have it (RFC 9651).
func ietf(budgets []limiter.Budget, left string, policies []string) []limiter.Budget {
	members, ok := parseList(left)
	if !ok {
		return budgets
	}
	if b, ok := dictionary(members); ok {
		return append(budgets, withPolicy(b, policies))
	}
	for _, m := range members {
		if r, ok := m.get("r"); ok {
			t, _ := m.get("t")
			b := limiter.Budget{Name: m.name, Remaining: count(r), Reset: within(scale(t, time.Second))}
			budgets = append(budgets, withPolicy(b, policies))
		}
	}
	return budgets
}

// dictionary is the budget of draft 07.
func dictionary(members []member) (b limiter.Budget, ok bool) {
	for _, m := range members {
		switch n := m.value; {
		case !m.hasValue:
		case m.name == "limit":
			b.Limit = count(n)
		case m.name == "remaining":
			b.Remaining, ok = count(n), true
		case m.name == "reset":
			b.Reset = within(scale(n, time.Second))
		}
	}
	return b, ok
}

// withPolicy adds what the policy of a budget's name says: its quota and window.
func withPolicy(b limiter.Budget, policies []string) limiter.Budget {
	for _, text := range policies {
		members, ok := parseList(text)
		if !ok {
			continue
		}
		for _, m := range members {
			if m.name != b.Name {
				continue
			}
			if q, ok := m.get("q"); ok {
				b.Limit = count(q)
			} else if m.isNumber { // draft 07: 100;w=60
				b.Limit = count(m.value)
			}
			if w, ok := m.get("w"); ok {
				b.Window = within(scale(w, time.Second))
			}
			return b
		}
	}
	return b
}

// A member is one of a list: a string, a token or a number, or a token with a
// value, and parameters, of which those are kept that are numbers.
type member struct {
	name     string
	value    float64
	isNumber bool // the member is a number, which is value
	hasValue bool // the member is name=value
	keys     [mostParameters]string
	numbers  [mostParameters]float64
	n        int
}

const mostParameters = 4 // q, w, r, t: others are not looked at

func (m *member) get(key string) (float64, bool) {
	for i := range m.n {
		if m.keys[i] == key {
			return m.numbers[i], true
		}
	}
	return 0, false
}

func (m *member) set(key string, n float64) {
	switch key {
	case "q", "w", "r", "t":
	default:
		return
	}
	for i := range m.n {
		if m.keys[i] == key { // the last one counts
			m.numbers[i] = n
			return
		}
	}
	m.keys[m.n], m.numbers[m.n] = key, n
	m.n++
}

// parseList reads a list, of which the first mostBudgets count.
func parseList(text string) (members []member, ok bool) {
	s := scanner{text}
	for {
		m, ok := s.member()
		if !ok {
			return nil, false
		}
		if len(members) < mostBudgets {
			members = append(members, m)
		}
		s.blanks()
		if s.rest == "" {
			return members, true
		}
		if !s.take(',') {
			return nil, false
		}
	}
}

// A scanner reads a structured field from the front.
type scanner struct{ rest string }

func (s *scanner) blanks() { s.rest = strings.TrimLeft(s.rest, " \t") }

func (s *scanner) take(c byte) bool {
	if s.rest == "" || s.rest[0] != c {
		return false
	}
	s.rest = s.rest[1:]
	return true
}

func (s *scanner) member() (m member, ok bool) {
	s.blanks()
	v, ok := s.item()
	if !ok {
		return m, false
	}
	m.name, m.value, m.isNumber = v.text, v.number, v.isNumber
	if !v.isNumber && s.take('=') {
		v, ok := s.item()
		if !ok {
			return m, false
		}
		m.value, m.hasValue = v.number, v.isNumber
	}
	for s.blanks(); s.take(';'); s.blanks() {
		s.blanks()
		key := s.token()
		if key == "" {
			return m, false
		}
		if !s.take('=') {
			continue // it is true
		}
		v, ok := s.item()
		if !ok {
			return m, false
		}
		if v.isNumber {
			m.set(key, v.number)
		}
	}
	return m, true
}

// An item is a string or token, which is text, or a number.
type item struct {
	text     string
	number   float64
	isNumber bool
}

func (s *scanner) item() (v item, ok bool) {
	switch {
	case s.rest == "":
		return v, false
	case s.rest[0] == '"':
		v.text, ok = s.quoted()
		return v, ok
	case s.rest[0] == ':': // bytes in base 64
		end := strings.IndexByte(s.rest[1:], ':')
		if end < 0 {
			return v, false
		}
		s.rest = s.rest[end+2:]
		return v, true
	case s.rest[0] == '-':
		s.rest = s.rest[1:]
		n, ok := s.digits()
		v.isNumber = ok && n == 0 // less than nothing says nothing
		return v, ok
	}
	if n, ok := s.digits(); ok {
		return item{number: n, isNumber: true}, true
	}
	v.text = s.token()
	return v, v.text != ""
}

func (s *scanner) digits() (n float64, ok bool) {
	end := len(s.rest) - len(strings.TrimLeft(s.rest, "0123456789."))
	n, ok = readNumber(s.rest[:end])
	s.rest = s.rest[end:]
	return min(n, math.MaxInt64), ok
}

// token reads a token or a key; "" is none.
func (s *scanner) token() string {
	isIn := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("?_-.*:/@", r)
	}
	end := strings.IndexFunc(s.rest, func(r rune) bool { return !isIn(r) })
	if end < 0 {
		end = len(s.rest)
	}
	token := s.rest[:end]
	s.rest = s.rest[end:]
	return token
}

func (s *scanner) quoted() (text string, ok bool) {
	var b strings.Builder
	for i := 1; i < len(s.rest); i++ {
		switch c := s.rest[i]; c {
		case '"':
			s.rest = s.rest[i+1:]
			return b.String(), true
		case '\\':
			if i++; i == len(s.rest) || s.rest[i] != '"' && s.rest[i] != '\\' {
				return "", false
			}
			b.WriteByte(s.rest[i])
		default:
			if c < ' ' || c > '~' {
				return "", false
			}
			b.WriteByte(c)
		}
	}
	return "", false
}
