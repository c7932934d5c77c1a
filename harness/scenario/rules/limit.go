// Package rules is what a scenario says of the API's limits and of the requests
// that they count: what each limit is, whose requests it adds up and what they
// cost it, what repeat offenders get, and in which kinds requests come. It says
// how these are written, too.
package rules

import (
	"fmt"
	"slices"
	"time"

	"ratebench/harness/scenario/notation"
	"ratebench/server/policy"
)

// A Limit is one of the API's. It is a window, a bucket, a concurrency or a
// queue: exactly one of the fields of these names is given.
type Limit struct {
	// Name is what answers call it, unlike the others. Defaults to the kind,
	// with a number from the second of that kind on.
	Name string

	Window Amount // what may be used in any span of its length
	Count  string // how the requests of a window are added up, one of the Counts. Defaults to CountLog.

	Bucket int64         // what a full bucket holds, as it does at first
	Refill Amount        // at what rate it is refilled. Required with Bucket.
	Every  time.Duration // in portions, this often; 0 steadily. Only with Bucket.

	Concurrency int64 // what may be under way at a time

	Queue  Amount // at what rate requests are served, one after the other
	Length int64  // what may wait meanwhile; more is refused. Only with Queue.

	// Scope is whose requests it adds up: any of the Scopes. Defaults to
	// ScopeKey.
	Scope []string
	// Routes are those that it counts. None: all.
	Routes []string
	// Cost is the name of what it counts; "" is the cost without a name, which
	// is 1 unless Kind.Costs says otherwise.
	Cost string
	// Settle corrects what was charged by what the request turned out to cost.
	Settle bool
	// Counts is which requests it counts. Defaults to CountsAccepted.
	Counts string
	// Hidden has the API not tell of it until it refuses.
	Hidden bool
}

// How a window adds up.
const (
	CountLog     = "log"
	CountAligned = "aligned"
	CountFirst   = "first"
	CountCounter = "counter"
)

// Whose requests a limit adds up.
const (
	ScopeKey      = "key"
	ScopeIP       = "ip"
	ScopeAccount  = "account"
	ScopeRoute    = "route"
	ScopeResource = "resource"
)

// Which requests a limit counts.
const (
	CountsAccepted = "accepted"
	CountsAll      = "all"
	CountsFailures = "failures"
)

// Kind is what it is: window, bucket, concurrency or queue.
func (l *Limit) Kind() string {
	switch {
	case l.Bucket > 0:
		return "bucket"
	case l.Concurrency > 0:
		return "concurrency"
	case l.Queue.N > 0:
		return "queue"
	}
	return "window"
}

// Policy is its rule.
func (l *Limit) Policy() policy.Config {
	switch l.Kind() {
	case "bucket":
		return policy.Bucket{Capacity: l.Bucket, N: l.Refill.N, Per: l.Refill.Per, Every: l.Every}
	case "concurrency":
		return policy.Concurrency{Limit: l.Concurrency}
	case "queue":
		return policy.Queue{N: l.Queue.N, Per: l.Queue.Per, Length: l.Length}
	}
	counts := []string{CountLog, CountAligned, CountFirst, CountCounter}
	return policy.Window{Limit: l.Window.N, Length: l.Window.Per, Count: policy.Count(max(0, slices.Index(counts, l.Count)))}
}

// Most is what it lets pass at once, at most.
func (l *Limit) Most() int64 {
	return max(l.Window.N, l.Bucket, l.Concurrency, min(l.Queue.N, 1)*(l.Length+1))
}

// Rate is what it lets pass in the long run, per second; false: time is not what
// limits it.
func (l *Limit) Rate() (perSecond float64, ok bool) {
	a := l.Window
	switch l.Kind() {
	case "bucket":
		a = l.Refill
	case "queue":
		a = l.Queue
	case "concurrency":
		return 0, false
	}
	if a == (Amount{}) { // it could not be read
		return 0, false
	}
	return float64(a.N) / a.Per.Seconds(), true
}

// IsPaced says whether a client paces itself by it: it is one of amounts and time,
// and of what is let pass.
func (l *Limit) IsPaced() bool {
	_, timed := l.Rate()
	return timed && l.Counts != CountsFailures
}

// Remembered is how many charges a server remembers for one scope.
func (l *Limit) Remembered() int64 {
	if l.Kind() == "window" && l.Count == CountLog {
		return l.Window.N
	}
	return 1
}

// Has says whether it adds up over a scope.
func (l *Limit) Has(scope string) bool { return slices.Contains(l.Scope, scope) }

// Meets says whether it counts requests of a route.
func (l *Limit) Meets(route string) bool {
	return len(l.Routes) == 0 || slices.Contains(l.Routes, route)
}

// String is the limit in a few words, such as "window 20/1s (counter)".
func (l *Limit) String() string {
	switch l.Kind() {
	case "bucket":
		return fmt.Sprintf("bucket %d, refilled %s", l.Bucket, l.Refill)
	case "concurrency":
		return fmt.Sprintf("%d at a time", l.Concurrency)
	case "queue":
		return fmt.Sprintf("queue of %d, served %s", l.Length, l.Queue)
	}
	if l.Count == CountLog {
		return "window " + l.Window.String()
	}
	return fmt.Sprintf("window %s (%s)", l.Window, l.Count)
}

// Reference is the limit of the reference system, written in short.
func Reference(l notation.Limit) Limit {
	return Limit{
		Name: "window", Window: Amount{int64(l.N), l.Window}, Count: CountLog,
		Scope: []string{ScopeKey}, Counts: CountsAccepted,
	}
}
