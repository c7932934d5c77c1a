package dialect

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Binance tells what has been used, with the window in the name of the field, and
// neither the limit nor a reset.
//
// Source: binance-spot-api-docs, rest-api.md.

const binanceOrders = "orders"

func binanceFields(h http.Header, a *Answer) {
	for i := range a.Limits {
		s := &a.Limits[i]
		switch {
		case s.Hidden || s.Window <= 0:
		case s.Unit == binanceOrders:
			h.Set("X-MBX-ORDER-COUNT-"+interval(s.Window, ""), number(s.used()))
		default:
			h.Set("X-MBX-USED-WEIGHT-"+interval(s.Window, ""), number(s.used()))
		}
	}
}

// intervals are Binance's, each a multiple of the next.
var intervals = [...]struct {
	length       time.Duration
	letter, word string
}{
	{24 * time.Hour, "D", "DAY"},
	{time.Hour, "H", "HOUR"},
	{time.Minute, "M", "MINUTE"},
	{time.Second, "S", "SECOND"},
}

// interval is a window as Binance writes it: 10S, 1M, 5M; and in words, "10
// SECOND", where there is something to put between number and word. Less than a
// second is one.
func interval(window time.Duration, between string) string {
	for _, i := range intervals {
		if window%i.length == 0 {
			return number(int64(window/i.length)) + unitOf(between, i.letter, i.word)
		}
	}
	return number(ceil(window, time.Second)) + unitOf(between, "S", "SECOND")
}

// Interval is a window as Binance's fields name it, such as 1M or 10S.
func Interval(window time.Duration) string { return interval(window, "") }

func unitOf(between, letter, word string) string {
	if between == "" {
		return letter
	}
	return between + word
}

func binanceRefusal(a *Answer) []byte {
	s := a.refuser()
	switch {
	case a.Verdict == Banned && a.Retry > 0:
		until := ceil(time.Duration(a.Now.Add(a.Retry).UnixNano()), time.Millisecond)
		return fmt.Appendf(nil, `{"code":-1003,"msg":"Way too much request weight used; IP banned until %d. Please use WebSocket Streams for live updates to avoid bans."}`, until)
	case a.Verdict == Banned:
		return []byte(`{"code":-1003,"msg":"Way too much request weight used; IP banned. Please use WebSocket Streams for live updates to avoid bans."}`)
	case s == nil:
		return []byte(`{"code":-1003,"msg":"Too many requests queued."}`)
	case s.Hidden: // RAW_REQUESTS
		return fmt.Appendf(nil, `{"code":-1003,"msg":"Too many requests; current limit is %d requests per %s. Please use WebSocket Streams for live updates to avoid polling the API."}`,
			s.Limit, interval(s.Window, " "))
	case s.Unit == binanceOrders:
		return fmt.Appendf(nil, `{"code":-1015,"msg":"Too many new orders; current limit is %d orders per %s."}`, s.Limit, interval(s.Window, " "))
	}
	return fmt.Appendf(nil, `{"code":-1003,"msg":"Too much request weight used; current limit is %d request weight per %s. Please use WebSocket Streams for live updates to avoid polling the API."}`,
		s.Limit, interval(s.Window, " "))
}

// Riot tells all windows in one field, and what has been used of each in another,
// those of the route beside those of the application. Windows are whole seconds.
// When the service behind the API refuses, which is a hidden limit, it tells
// nothing about it.
//
// Source: hextechdocs.dev, "Rate limiting".

func riotFields(h http.Header, a *Answer) {
	riotLimits(h, "X-App-Rate-Limit", a, false)
	riotLimits(h, "X-Method-Rate-Limit", a, true)
	if a.Verdict == Limited && !riotSilent(a) {
		kind := "application"
		if a.refuser().Route {
			kind = "method"
		}
		h.Set("X-Rate-Limit-Type", kind)
	}
}

// riotSilent: the service behind the API has refused.
func riotSilent(a *Answer) bool {
	s := a.refuser()
	return a.Verdict == Limited && (s == nil || s.Hidden)
}

func riotLimits(h http.Header, field string, a *Answer, ofRoute bool) {
	var limits, counts []string
	for _, s := range a.Limits {
		if s.Hidden || s.Route != ofRoute || s.Window <= 0 {
			continue
		}
		window := seconds(s.Window)
		limits = append(limits, number(s.Limit)+":"+window)
		counts = append(counts, number(s.used())+":"+window)
	}
	if limits != nil {
		h.Set(field, strings.Join(limits, ","))
		h.Set(field+"-Count", strings.Join(counts, ","))
	}
}

func riotRefusal(*Answer) []byte {
	return []byte(`{"status":{"message":"Rate limit exceeded","status_code":429}}` + "\n")
}
