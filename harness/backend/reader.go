package backend

import (
	"strconv"
	"strings"
	"time"

	said "ratebench/clients/dialect"
	"ratebench/harness/scenario/api"
	"ratebench/harness/scenario/rules"
	"ratebench/server/dialect"
)

// BudgetName is what a client reads as the name of a limit in the answers of an
// API with several, as its documentation says. Where its dialect tells them not
// apart, it is the name of the limit, by which no budget goes.
func BudgetName(s *api.Server, l *rules.Limit) string {
	d, _ := dialect.Parse(s.Dialect)
	window := l.Window.Per
	if l.Kind() != "window" {
		window = 0
	}
	switch {
	case d == dialect.OpenAI || d == dialect.Anthropic:
		if l.Cost == "" {
			return "requests"
		}
		return l.Cost
	case d == dialect.Binance && window > 0:
		return binanceCounter(l)
	case d == dialect.Riot && window > 0:
		kind := "application "
		if l.Has(rules.ScopeRoute) || len(l.Routes) > 0 {
			kind = "method "
		}
		return kind + strconv.FormatInt(int64((window+time.Second-1)/time.Second), 10) + "s"
	case d == dialect.Shopify && l.Cost == "points":
		return l.Cost
	}
	return l.Name
}

// binanceCounter is the name of a window's counter.
func binanceCounter(l *rules.Limit) string {
	unit := "weight"
	if l.Cost == "orders" {
		unit = l.Cost
	}
	return unit + " " + strings.ToLower(dialect.Interval(l.Window.Per))
}

// Reader reads answers as a client does that knows the documentation of the API;
// nil: it is the reference, or says no more.
func Reader(s *api.Server) *said.Reader {
	c := Dialect(s)
	if c == nil {
		return nil
	}
	r := &said.Reader{Bodies: true, Limits: map[string]int64{}}
	if c.Status >= 400 {
		r.Refusals = append(r.Refusals, c.Status)
	}
	if c.RetryAfter == dialect.RetryMilliseconds {
		r.RetryUnit = time.Millisecond
	}
	for i := range s.Limits {
		if l := &s.Limits[i]; l.Window.N > 0 {
			r.Limits[binanceCounter(l)] = l.Window.N
		}
	}
	return r
}
