package dialect

import (
	"net/http"
	"strings"
	"time"

	"ratebench/clients/limiter"
)

// A family is the header fields that tell of one limit, by their canonical names.
// Those that are empty it does not have.
type family struct {
	name      string // of the budget
	nameField string // the field that has it

	limit, remaining, used, reset string

	resetAfter string // a time, where reset is a date and both may be told
	window     time.Duration
}

// families are those whose fields all have names of their own. GitHub's, Reddit's
// and Discord's are one, and so are the fields of draft 06 and those of many
// others before it.
var families = []family{
	{limit: "Ratelimit-Limit", remaining: "Ratelimit-Remaining", reset: "Ratelimit-Reset"},
	{nameField: "X-Ratelimit-Resource", limit: "X-Ratelimit-Limit", remaining: "X-Ratelimit-Remaining",
		used: "X-Ratelimit-Used", reset: "X-Ratelimit-Reset", resetAfter: "X-Ratelimit-Reset-After"},
	{limit: "X-Rate-Limit-Limit", remaining: "X-Rate-Limit-Remaining", reset: "X-Rate-Limit-Reset"},

	openai("Requests", 0), openai("Tokens", 0),
	// Kong's, whose names are those of the windows.
	openai("Second", time.Second), openai("Minute", time.Minute), openai("Hour", time.Hour), openai("Day", 24*time.Hour),

	anthropic("Requests"), anthropic("Tokens"), anthropic("Input-Tokens"), anthropic("Output-Tokens"),
}

func openai(unit string, window time.Duration) family {
	return family{name: strings.ToLower(unit), limit: "X-Ratelimit-Limit-" + unit, remaining: "X-Ratelimit-Remaining-" + unit,
		reset: "X-Ratelimit-Reset-" + unit, window: window}
}

func anthropic(unit string) family {
	const prefix = "Anthropic-Ratelimit-"
	return family{name: strings.ToLower(unit), limit: prefix + unit + "-Limit", remaining: prefix + unit + "-Remaining",
		reset: prefix + unit + "-Reset"}
}

// budgets are those that header fields tell.
func (r *Reader) budgets(h http.Header, c clock, refused bool) (budgets []limiter.Budget) {
	if namesLimit(h) {
		for _, left := range h["Ratelimit"] {
			budgets = ietf(budgets, left, h["Ratelimit-Policy"])
		}
		for i := range families {
			if b, ok := families[i].read(h, c, refused); ok {
				budgets = append(budgets, b)
			}
		}
		budgets = riot(budgets, h, "application", "X-App-Rate-Limit", "X-App-Rate-Limit-Count")
		budgets = riot(budgets, h, "method", "X-Method-Rate-Limit", "X-Method-Rate-Limit-Count")
		budgets = shopify(budgets, h)
	}
	budgets = r.binance(budgets, h, c)
	for i := range budgets {
		believe(&budgets[i])
	}
	return budgets[:min(len(budgets), mostBudgets)]
}

// namesLimit reports whether a field has a limit in its name, as all have but
// Binance's: most answers are done with here.
func namesLimit(h http.Header) bool {
	for field := range h {
		if strings.Contains(field, "imit") {
			return true
		}
	}
	return false
}

// read reads the budget of a family. What is left must be told, or what is used
// and the limit; after a refusal, which says that nothing is, one other field is
// enough.
func (f *family) read(h http.Header, c clock, refused bool) (b limiter.Budget, ok bool) {
	limit, hasLimit := number(h, f.limit, lowest)
	remaining, hasRemaining := number(h, f.remaining, lowest)
	used, hasUsed := number(h, f.used, highest)
	reset, hasReset := f.until(h, c)
	switch {
	case hasRemaining:
	case hasLimit && hasUsed:
		remaining = max(0, limit-used)
	case refused && hasReset:
	default:
		return b, false
	}
	b = limiter.Budget{Name: f.name, Limit: count(limit), Remaining: count(remaining), Window: f.window, Reset: reset}
	if name := h[f.nameField]; len(name) > 0 {
		b.Name = name[0]
	} else if bucket := h["X-Ratelimit-Bucket"]; f.nameField != "" && len(bucket) > 0 {
		b.Name = bucket[0]
	}
	return b, true
}

// until is when the limit of a family is reset.
func (f *family) until(h http.Header, c clock) (d time.Duration, ok bool) {
	fields := h[f.resetAfter]
	if len(fields) == 0 {
		fields = h[f.reset]
	}
	for _, text := range fields {
		if one, good := c.until(text); good {
			d, ok = max(d, one), true
		}
	}
	return d, ok
}

// believe bounds what a budget says by what can be.
func believe(b *limiter.Budget) {
	b.Limit, b.Remaining = min(b.Limit, mostCount), min(b.Remaining, mostCount)
	if b.Limit > 0 {
		b.Remaining = min(b.Remaining, b.Limit)
	}
	b.Window, b.Reset = within(b.Window), within(b.Reset)
	if b.Reset == 0 && (b.Remaining == 0 || b.Remaining < b.Limit) {
		b.Reset = b.Window // the longest it can take
	}
	if b.Reset == 0 && b.Remaining == 0 {
		b.Reset = leastPause
	}
}

// Of several values of one field, which should not be, that one counts which lets
// less through.
func lowest(a, b float64) float64  { return min(a, b) }
func highest(a, b float64) float64 { return max(a, b) }

// number reads a field that is a number, maybe with more behind it, as the
// limit of draft 06: 10, 10;w=1.
func number(h http.Header, field string, choose func(a, b float64) float64) (n float64, ok bool) {
	for _, text := range h[field] {
		if end := strings.IndexAny(text, ",;"); end >= 0 {
			text = text[:end]
		}
		switch one, good := readNumber(text); {
		case good && ok:
			n = choose(n, one)
		case good:
			n, ok = one, true
		}
	}
	return n, ok
}
