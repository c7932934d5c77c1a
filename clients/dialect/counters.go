package dialect

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"ratebench/clients/limiter"
)

// riot appends the budgets of two lists by window, in seconds:
//
//	X-App-Rate-Limit: 20:1,100:120
//	X-App-Rate-Limit-Count: 1:1,1:120
//
// Their names end in the window, as "application 120s".
func riot(budgets []limiter.Budget, h http.Header, kind, limits, counts string) []limiter.Budget {
	if len(h[limits]) == 0 || len(h[counts]) == 0 {
		return budgets
	}
	limit, used := h[limits][0], h[counts][0]
	for n := 0; limit != "" && n < mostBudgets; n++ {
		var one string
		one, limit, _ = strings.Cut(limit, ",")
		most, window, ok := pair(one, ":")
		spent, known := atWindow(used, window)
		if !ok || !known || window <= 0 {
			continue
		}
		budgets = append(budgets, limiter.Budget{
			Name:  kind + " " + strconv.FormatInt(count(window), 10) + "s",
			Limit: count(most), Remaining: count(max(0, most-spent)), Window: within(scale(window, time.Second)),
		})
	}
	return budgets
}

// atWindow is the number in a list by window that has this one.
func atWindow(list string, window float64) (n float64, ok bool) {
	for list != "" {
		var one string
		one, list, _ = strings.Cut(list, ",")
		if n, w, ok := pair(one, ":"); ok && w == window {
			return n, true
		}
	}
	return 0, false
}

// pair reads two numbers.
func pair(text, between string) (a, b float64, ok bool) {
	left, right, _ := strings.Cut(text, between)
	a, okA := readNumber(left)
	b, okB := readNumber(right)
	return a, b, okA && okB
}

// shopify appends the budget of X-Shopify-Shop-Api-Call-Limit: 32/40, which is
// used/limit.
func shopify(budgets []limiter.Budget, h http.Header) []limiter.Budget {
	for _, text := range h["X-Shopify-Shop-Api-Call-Limit"] {
		if used, limit, ok := pair(text, "/"); ok && limit > 0 {
			return append(budgets, limiter.Budget{Limit: count(limit), Remaining: count(max(0, limit-used))})
		}
	}
	return budgets
}

// binanceFields are the beginnings of the fields of Binance, before the window.
var binanceFields = []struct{ prefix, name string }{
	{"X-Mbx-Used-Weight-", "weight"},
	{"X-Mbx-Order-Count-", "orders"},
	{"X-Sapi-Used-Ip-Weight-", "ip weight"},
	{"X-Sapi-Used-Uid-Weight-", "uid weight"},
}

// binance appends the budgets of counters whose limits are known, in the order of
// their names, such as "weight 1m". Windows are aligned, so that the answer's date
// tells how long one still lasts.
func (r *Reader) binance(budgets []limiter.Budget, h http.Header, c clock) []limiter.Budget {
	if len(r.Limits) == 0 {
		return budgets
	}
	from := len(budgets)
	for field, values := range h {
		for _, b := range binanceFields {
			interval, ok := strings.CutPrefix(field, b.prefix)
			if !ok || len(values) == 0 {
				continue
			}
			name := b.name + " " + strings.ToLower(interval)
			window, known := binanceWindow(interval)
			used, ok := readNumber(values[0])
			if limit := r.Limits[name]; ok && known && limit > 0 {
				budgets = append(budgets, limiter.Budget{Name: name, Limit: limit,
					Remaining: max(0, limit-count(used)), Window: window, Reset: c.aligned(window)})
			}
		}
	}
	slices.SortFunc(budgets[from:], func(a, b limiter.Budget) int { return cmp.Compare(a.Name, b.Name) })
	return budgets
}

// binanceWindow is the window that a field ends in: 1m, 10s.
func binanceWindow(interval string) (d time.Duration, ok bool) {
	if interval == "" {
		return 0, false
	}
	end := len(interval) - 1
	n, ok := readNumber(interval[:end])
	var unit time.Duration
	switch interval[end] | 0x20 { // in lower case
	case 's':
		unit = time.Second
	case 'm':
		unit = time.Minute
	case 'h':
		unit = time.Hour
	case 'd':
		unit = 24 * time.Hour
	}
	d = within(scale(n, unit))
	return d, ok && d > 0
}

// aligned is how long a window that began at a multiple of its length still lasts,
// or its length where only our own clock could tell.
func (c clock) aligned(window time.Duration) time.Duration {
	if len(c.header["Date"]) == 0 {
		return window
	}
	at := time.Duration(c.answered().Unix()) % (window / time.Second) * time.Second
	return window - at
}
