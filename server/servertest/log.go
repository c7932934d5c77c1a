package servertest

import (
	"cmp"
	"slices"
	"time"

	"ratebench/server"
)

// A Request is one that the API has answered.
type Request struct {
	// At is when it was judged, since the API started; one that was not judged
	// has the time of its answer.
	At time.Duration
	// Key is the API key; "" is none that the API knows. Where all keys are
	// welcome, one that sent none has its address for a key.
	Key string
	// Route is what the Front made of the request; without one it is the method
	// and the path, such as "GET /api/request". Resource is what it is about.
	Route, Resource string
	// Status is that of the answer.
	Status int
	// Verdict is what the server made of it; 0 for what it did not judge, such
	// as another path.
	Verdict server.Verdict
}

// refused reports whether it was over the limit, or came from a blocked key.
func (r Request) refused() bool {
	return r.Verdict == server.RateLimited || r.Verdict == server.Blocked
}

// A Log is what an API has answered, in the order of arrival. Its methods select
// from it and do not change it: the number of refusals of a key is
//
//	len(api.Log().Key("mine").Refused())
type Log []Request

// Log returns the requests that have been answered so far. One whose client has
// gone away is there when its answer would have been.
func (a *API) Log() Log {
	a.mu.Lock()
	defer a.mu.Unlock()
	l := slices.Clone(a.requests)
	slices.SortStableFunc(l, func(a, b Request) int { return cmp.Compare(a.At, b.At) })
	return l
}

// Where returns those that match.
func (l Log) Where(match func(Request) bool) Log {
	var some Log
	for _, r := range l {
		if match(r) {
			some = append(some, r)
		}
	}
	return some
}

// Key returns those with an API key; "" are those with none that is known.
func (l Log) Key(key string) Log { return l.Where(func(r Request) bool { return r.Key == key }) }

// Route returns those of a route.
func (l Log) Route(route string) Log {
	return l.Where(func(r Request) bool { return r.Route == route })
}

// Accepted returns those that were answered with success.
func (l Log) Accepted() Log { return l.Where(func(r Request) bool { return r.Verdict == server.OK }) }

// Refused returns those that were over the limit or came from a blocked key. It
// leaves out what is refused for other reasons, such as a bad nonce.
func (l Log) Refused() Log { return l.Where(Request.refused) }

// MostIn is the greatest number of requests in any span of a window, both ends
// included.
func (l Log) MostIn(window time.Duration) int {
	most, _ := l.fullest(window)
	return most
}

// fullest is the greatest number of requests in any span of a window, and the
// index of the first of them.
func (l Log) fullest(window time.Duration) (most, first int) {
	oldest := 0
	for i, r := range l {
		for r.At-l[oldest].At > window {
			oldest++
		}
		if n := i - oldest + 1; n > most {
			most, first = n, oldest
		}
	}
	return most, first
}
