package dialect

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// ietfFields are those of draft-ietf-httpapi-ratelimit-headers-11: a list of
// policies and a list of what is left of each, as structured fields (RFC 9651).
//
//	RateLimit-Policy: "burst";q=20;w=1, "daily";q=1000;w=86400;qu="tokens"
//	RateLimit: "burst";r=12;t=1, "daily";r=800;t=4000
//
// A window of less than a second, which w cannot say, is left out, and so is t
// when all is there.
func ietfFields(h http.Header, a *Answer) {
	var policies, left strings.Builder
	for _, s := range a.Limits {
		if s.Hidden {
			continue
		}
		if policies.Len() > 0 {
			policies.WriteString(", ")
			left.WriteString(", ")
		}
		name := quoted(s.Name)
		fmt.Fprintf(&policies, "%s;q=%d", name, s.Limit)
		if s.Window >= time.Second {
			fmt.Fprintf(&policies, ";w=%d", ceil(s.Window, time.Second))
		}
		if s.Unit != "" {
			fmt.Fprintf(&policies, ";qu=%s", quoted(s.Unit))
		}
		fmt.Fprintf(&left, "%s;r=%d", name, s.Remaining)
		if s.Reset > 0 {
			fmt.Fprintf(&left, ";t=%d", ceil(s.Reset, time.Second))
		}
	}
	if policies.Len() > 0 {
		h.Set("RateLimit-Policy", policies.String())
		h.Set("RateLimit", left.String())
	}
}

// quoted is a String of structured fields, which are printable ASCII; what is not
// becomes a "?". An empty one is "default".
func quoted(s string) string {
	if s == "" {
		s = "default"
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r > '~':
			b.WriteByte('?')
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// ietf06Fields are those of draft 06, which has room for one limit and asks for
// the one that is nearest to refusing: the least part of it is left.
func ietf06Fields(h http.Header, a *Answer) {
	s := a.tightest()
	if s == nil {
		return
	}
	h.Set("RateLimit-Limit", number(s.Limit))
	h.Set("RateLimit-Remaining", number(s.Remaining))
	h.Set("RateLimit-Reset", seconds(s.Reset))
}

func (a *Answer) tightest() *State {
	var least *State
	for i := range a.Limits {
		s := &a.Limits[i]
		if s.Hidden {
			continue
		}
		if least == nil || float64(s.Remaining)*float64(least.Limit) < float64(least.Remaining)*float64(s.Limit) {
			least = s
		}
	}
	return least
}
