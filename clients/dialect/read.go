// Package dialect reads what an HTTP answer says of rate limits, in whatever way
// its API says it, without being told which: from status, header fields and the
// beginning of the body to a limiter.Outcome.
//
// Nothing that a server says is taken for more than it is. A time until something
// is a year at most, a count 1e15. What is left of a limit is never more than the
// limit. A field that cannot be read says nothing, unless the answer is a refusal:
// then nothing is left, and a pause that is 0, has passed or cannot be read is one
// second, for a refusal always means that something has to pass first.
package dialect

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"ratebench/clients/limiter"
)

// A Reader reads answers. The zero value reads everything that an answer says by
// itself; its fields are for APIs that leave something to their documentation.
type Reader struct {
	// Limits are those of counters that count up and do not say how far, as
	// Binance's, by the name of the budget: "weight 1m", "orders 10s". A counter
	// without its limit is no budget.
	Limits map[string]int64
	// Refusals are statuses that mean a refusal because of a limit even where
	// nothing else in the answer says so, as the 503 of nginx. A 429, 418, 423
	// and 529 always do.
	Refusals []int
	// Bodies has Answer look into the body of every answer: for APIs that refuse
	// with a 200 (Kraken, Slack, Shopify's GraphQL), or that tell in the body what
	// the header does not.
	Bodies bool
	// RetryUnit is what a number in Retry-After counts. 0 is seconds.
	RetryUnit time.Duration
}

const (
	// mostTime is the longest time until something.
	mostTime = 365 * 24 * time.Hour
	// leastPause is how long to wait at least where something has to pass and it
	// is not said what: the least that most fields can say.
	leastPause = time.Second
	// mostCount is the most of anything that can be left.
	mostCount = 1e15
	// mostBudgets bounds how many limits one answer can tell of.
	mostBudgets = 32
)

// Read says what an answer says. The body may be nil, or its beginning; now is
// when the answer came, for dates in an answer that does not give its own.
//
// Budgets are in the order of the fields' names, and of the lists in them. Reset
// is the longest time until there is more: where a dialect does not tell it, the
// window, or leastPause where nothing is left and the window is not told either.
//
// A refusal because of a limit is a 429, 418, 423, 529 or one of r.Refusals; any
// other status of 400 or more that asks for a pause or names a rate limit in its
// body; a 403 or 503 that says that nothing is left; and less than 400 with an error
// in its body that names a rate limit. RetryAfter is what Retry-After says, or else,
// after a refusal, the body, or else the longest Reset of a budget of which nothing
// is left. Blocked is a refusal that speaks of a ban or a block, or a 418 or 423,
// and of no end to it; Banned is one that has an end.
func (r *Reader) Read(status int, h http.Header, body []byte, now time.Time) limiter.Outcome {
	o := limiter.Outcome{Status: status, Received: received(h)}
	c := clock{h, now}
	said := readBody(status, body, c)
	pause, asked := r.retryAfter(h, c)
	refused := said.limited || r.refuses(status) || status >= 400 && asked
	o.Budgets = r.budgets(h, c, refused)
	if said.budget.Limit > 0 {
		o.Budgets = append(o.Budgets, said.budget)
	}
	refused = refused || couldRefuse(status) && slices.ContainsFunc(o.Budgets, isSpent)
	banned := refused && (said.banned || bans(status))
	o.Blocked = banned && !asked && said.pause == 0
	o.Banned = banned && !o.Blocked
	if refused && !o.Blocked {
		pause = pauseAfter(pause, asked, &said, o.Budgets)
	}
	o.Cost, o.RetryAfter = said.cost, pause
	o.Refused = refused && status != http.StatusTooManyRequests // which needs no telling
	return o
}

// Answer reads an answer that came now.
func (r *Reader) Answer(resp *http.Response) limiter.Outcome {
	var body []byte
	if r.Bodies {
		body = Peek(resp)
	}
	return r.Read(resp.StatusCode, resp.Header, body, time.Now())
}

// refuses reports whether a status always means a refusal because of a limit. 529
// is an overload.
func (r *Reader) refuses(status int) bool {
	return status == http.StatusTooManyRequests || bans(status) || status == 529 || slices.Contains(r.Refusals, status)
}

// bans reports whether a status means that a client has been shut out: 418 is what
// Binance answers to who goes on after a 429, and 423 is Shopify's.
func bans(status int) bool { return status == http.StatusTeapot || status == http.StatusLocked }

// couldRefuse reports whether a status is one that APIs refuse with and that has
// other meanings as well. Others come with nothing left because the request was
// the last one.
func couldRefuse(status int) bool {
	return status == http.StatusForbidden || status == http.StatusServiceUnavailable
}

// pauseAfter is the pause after a refusal, which is what Retry-After asked for if it
// did.
func pauseAfter(pause time.Duration, asked bool, said *text, budgets []limiter.Budget) time.Duration {
	switch {
	case asked && pause == 0:
		return leastPause
	case asked:
		return pause
	case said.pause > 0:
		return said.pause
	}
	return longest(budgets)
}

func isSpent(b limiter.Budget) bool { return b.Remaining == 0 }

// longest is the longest reset of a budget of which nothing is left.
func longest(budgets []limiter.Budget) (d time.Duration) {
	for _, b := range budgets {
		if isSpent(b) {
			d = max(d, b.Reset)
		}
	}
	return d
}

// retryAfter is the pause that an answer asks for: of several, the longest. A
// field that is there and cannot be read asks for one of 0.
func (r *Reader) retryAfter(h http.Header, c clock) (pause time.Duration, asked bool) {
	for _, text := range h["Retry-After"] {
		asked = true
		d, ok := c.until(text)
		if n, isNumber := readNumber(text); ok && isNumber && n < leastDate {
			d = within(scale(n, r.retryUnit(n, h)))
		}
		pause = max(pause, d)
	}
	return pause, asked
}

// retryUnit is what a number in Retry-After counts. Discord counted milliseconds
// once. An answer that tells by decimals when its bucket is full again shows it:
// n milliseconds are just that, and n seconds far from it. Where n is small, both
// could be so by chance, and it is taken for seconds.
func (r *Reader) retryUnit(n float64, h http.Header) time.Duration {
	if r.RetryUnit > 0 {
		return r.RetryUnit
	}
	const least, near = 100, 1.5 // milliseconds
	after, ok := number(h, "X-Ratelimit-Reset-After", highest)
	if ok && n >= least && n > 1000*after-near && n < 1000*after+near {
		return time.Millisecond
	}
	return time.Second
}

// received is when the server says that the request reached it; zero if it does
// not.
func received(h http.Header) time.Time {
	text := h["X-Received-At"]
	if len(text) == 0 {
		return time.Time{}
	}
	ms, ok := readNumber(text[0])
	if !ok || ms > 1e18 || strings.Contains(text[0], ".") {
		return time.Time{}
	}
	return time.UnixMilli(int64(ms))
}
