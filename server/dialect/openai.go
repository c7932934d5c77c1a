package dialect

import (
	"fmt"
	"net/http"
	"time"
)

// OpenAI and Anthropic tell a limit for each unit: the first one of it. Units
// are part of the names of their fields. Their resets are when nothing is used any
// more: "its initial state", "fully replenished".
//
// Sources: developers.openai.com, "Rate limits"; docs.anthropic.com, "Rate
// limits".

func openaiFields(h http.Header, a *Answer) {
	a.eachUnit(func(unit string, s *State) {
		h.Set("X-RateLimit-Limit-"+unit, number(s.Limit))
		h.Set("X-RateLimit-Remaining-"+unit, number(s.Remaining))
		h.Set("X-RateLimit-Reset-"+unit, milliseconds(s.full()).String())
	})
}

func openaiRefusal(a *Answer) []byte {
	unit, again := a.refusedUnit(), ""
	if a.Retry > 0 {
		again = fmt.Sprintf(" Please try again in %v.", milliseconds(a.Retry))
	}
	return fmt.Appendf(nil, `{"error":{"message":"Rate limit reached on %s.%s","type":"%s","param":null,"code":"rate_limit_exceeded"}}`+"\n", unit, again, unit)
}

func anthropicFields(h http.Header, a *Answer) {
	if a.first() != nil {
		setDate(h, a.Now)
	}
	a.eachUnit(func(unit string, s *State) {
		h.Set("Anthropic-RateLimit-"+unit+"-Limit", number(s.Limit))
		h.Set("Anthropic-RateLimit-"+unit+"-Remaining", number(s.Remaining))
		h.Set("Anthropic-RateLimit-"+unit+"-Reset", secondAfter(a.Now, s.full()).Format(time.RFC3339))
	})
}

func anthropicRefusal(a *Answer) []byte {
	return fmt.Appendf(nil, `{"type":"error","error":{"type":"rate_limit_error","message":"This request would exceed the rate limit of %s."}}`+"\n",
		a.refusedUnit())
}

// eachUnit calls yield with the first limit of each unit that is told of.
func (a *Answer) eachUnit(yield func(unit string, s *State)) {
	for i := range a.Limits {
		s := &a.Limits[i]
		if !s.Hidden && a.told(func(other *State) bool { return other.Unit == s.Unit }) == s {
			yield(token(s.Unit, "requests"), s)
		}
	}
}

func (a *Answer) refusedUnit() string {
	if s := a.refuser(); s != nil {
		return token(s.Unit, "requests")
	}
	return "requests"
}
