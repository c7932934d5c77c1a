package dialect

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Shopify tells a bucket of requests in a field, and a bucket of points, which is
// the GraphQL API's, in the body, where it also refuses: with a 200.
//
// Sources: shopify.dev, "API limits" and "REST Admin API rate limits".

const shopifyPoints = "points"

func shopifyFields(h http.Header, a *Answer) {
	if s := a.told(func(s *State) bool { return s.Unit != shopifyPoints }); s != nil {
		h.Set("X-Shopify-Shop-Api-Call-Limit", number(s.used())+"/"+number(s.Limit))
	}
}

func (a *Answer) points() *State {
	return a.told(func(s *State) bool { return s.Unit == shopifyPoints })
}

// shopifyThrottled reports whether points are what was too few.
func shopifyThrottled(a *Answer) bool {
	s := a.refuser()
	return a.Verdict == Limited && s != nil && s.Unit == shopifyPoints
}

func shopifyStatus(a *Answer) int {
	if shopifyThrottled(a) {
		return http.StatusOK
	}
	return http.StatusTooManyRequests
}

// shopifySilent: what the points say is enough to compute the pause.
func shopifySilent(a *Answer) bool { return shopifyThrottled(a) || a.Verdict == Banned }

func shopifySuccess(a *Answer) []byte {
	s := a.points()
	if s == nil {
		return a.Body
	}
	body := bytes.TrimSpace(a.Body)
	if len(body) == 0 || string(body) == "{}" {
		body = []byte(`{"data":{}}`)
	}
	end := len(body) - 1
	if body[0] != '{' || body[end] != '}' {
		return a.Body // nothing that has room for it
	}
	body = append(bytes.Clone(body[:end]), `,"extensions":`...)
	return append(shopifyCost(body, a, s, strconv.FormatInt(a.Cost, 10)), "}\n"...)
}

func shopifyRefusal(a *Answer) []byte {
	switch s := a.refuser(); {
	case a.Verdict == Banned:
		return []byte(`{"errors":"Locked"}` + "\n")
	case shopifyThrottled(a):
		b := []byte(`{"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED","documentation":"https://shopify.dev/api/usage/rate-limits"}}],"extensions":`)
		return append(shopifyCost(b, a, s, "null"), "}\n"...)
	default:
		return []byte(`{"errors":"Exceeded ` + shopifyRate(s) + `calls per second for api client. Reduce request rates to resume uninterrupted service."}` + "\n")
	}
}

// shopifyCost appends the extension that tells of the points.
func shopifyCost(b []byte, a *Answer, s *State, actual string) []byte {
	return fmt.Appendf(b, `{"cost":{"requestedQueryCost":%d,"actualQueryCost":%s,"throttleStatus":{"maximumAvailable":%d.0,"currentlyAvailable":%d,"restoreRate":%s}}}`,
		a.Asked, actual, s.Limit, s.Remaining, decimal(s.perSecond(), -1))
}

// shopifyRate is how many requests leak in a second, and a blank.
func shopifyRate(s *State) string {
	if s == nil || s.Window <= 0 {
		return ""
	}
	return strings.TrimSuffix(decimal(s.perSecond(), 1), ".0") + " "
}

// perSecond is how much of a bucket fills in a second; 0 where it does not.
func (s *State) perSecond() float64 {
	if s.Window <= 0 {
		return 0
	}
	return float64(s.Limit) / (float64(s.Window) / float64(time.Second))
}

// decimal is a number with so many decimals, or, for -1, as many as it has and one
// at least.
func decimal(x float64, digits int) string {
	text := strconv.FormatFloat(x, 'f', digits, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}
