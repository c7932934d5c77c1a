package fit

import (
	"net/http"
	"slices"
	"time"

	"ratebench/clients/dialect"
	"ratebench/clients/limiter"
	"ratebench/harness/measured"
)

// A Limit is one that the answers state.
type Limit struct {
	Name   string        // as the answers have it; "": they have one
	Limit  int64         // the last that was stated
	Window time.Duration // 0: not known
	// Guessed says that Window is not stated, and was worked out from the longest
	// time until there was more and from how many requests were answered well
	// within how long.
	Guessed bool
	Stated  int // in how many answers
}

// refused reports whether an answer is a refusal because of a limit.
func refused(r measured.Request) bool { return read(r).Limited() }

// read is what an answer says of limits.
func read(r measured.Request) limiter.Outcome {
	if r.Failed || r.Status == 0 {
		return limiter.Outcome{}
	}
	var reader dialect.Reader
	return reader.Read(r.Status, canonical(r.Header), nil, r.Start.Add(r.Latency))
}

// canonical is a header with the names that net/http gives them: those of HTTP/2
// are in small letters.
func canonical(h http.Header) http.Header {
	out := make(http.Header, len(h))
	for name, values := range h {
		for _, value := range values {
			out.Add(name, value)
		}
	}
	return out
}

// limitsOf are the limits that answers state, in the order in which they first
// do. The requests are sorted by their start, if that is known.
func limitsOf(requests []measured.Request) []Limit {
	var limits []Limit
	for _, r := range requests {
		if len(r.Header) == 0 {
			continue
		}
		for _, b := range read(r).Budgets {
			if b.Limit <= 0 {
				continue
			}
			i := slices.IndexFunc(limits, func(l Limit) bool { return l.Name == b.Name })
			if i < 0 {
				i = len(limits)
				limits = append(limits, Limit{Name: b.Name, Guessed: true})
			}
			limits[i].see(b)
		}
	}
	for i := range limits {
		if l := &limits[i]; l.Guessed {
			l.Window = guessWindow(l.Window, shortestSpan(requests, l.Limit))
		}
	}
	return limits
}

// see takes what one answer says of a limit. Of a window that is not stated, it
// keeps the longest time until there was more.
func (l *Limit) see(b limiter.Budget) {
	l.Stated++
	l.Limit = b.Limit
	switch {
	case b.Window > 0:
		l.Window, l.Guessed = b.Window, false
	case l.Guessed:
		l.Window = max(l.Window, b.Reset)
	}
}

// usual are windows as APIs have them.
var usual = []time.Duration{
	time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second,
	time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	time.Hour, 24 * time.Hour,
}

// guessWindow is a window of which the longest time until there was more is
// known, mostly in whole seconds, rounded up, and the shortest span that held a
// request more than the limit: the longest usual window that both allow, or else
// the longest that they do.
func guessWindow(reset, span time.Duration) time.Duration {
	most := min(reset, span)
	for _, w := range slices.Backward(usual) {
		if w <= most && w >= reset-time.Second {
			return w
		}
	}
	return most
}

// shortestSpan is the shortest time from a request to the one so many after it, of
// those that were answered well; with the latency of the second, since that of the
// first may have been none.
func shortestSpan(requests []measured.Request, limit int64) time.Duration {
	var sent, answered []time.Time
	for _, r := range requests {
		if !r.Start.IsZero() && !r.Failed && r.Status < http.StatusBadRequest {
			sent, answered = append(sent, r.Start), append(answered, r.Start.Add(r.Latency))
		}
	}
	shortest := time.Duration(1<<63 - 1)
	for i := int(min(limit, int64(len(sent)))); i < len(sent); i++ {
		shortest = min(shortest, answered[i].Sub(sent[i-int(limit)]))
	}
	return shortest
}
