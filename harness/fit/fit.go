// Package fit makes a scenario of what was measured of an API: its latencies with
// their spells, the load, and, where the answers say so, its limits.
package fit

import (
	"cmp"
	"fmt"
	"math"
	"net/http"
	"slices"
	"time"

	"gonum.org/v1/gonum/stat"

	"ratebench/harness/measured"
)

// A Split says what part of a latency is the way to the server. A measurement of
// round trips does not tell.
type Split string

// The splits.
const (
	SplitHalf     Split = "half"     // half of it: a guess
	SplitIn       Split = "in"       // all of it: safe, the way in is never longer
	SplitMeasured Split = "measured" // as the server stated when it had the request, if both clocks are right
)

// Splits are all there are.
func Splits() []string { return []string{string(SplitHalf), string(SplitIn), string(SplitMeasured)} }

// A Fit is what was learnt from measured requests.
type Fit struct {
	Requests int // read
	Refused  int // because of a limit: their latencies say nothing of an answer's
	Failed   int // no answer: their latencies would be longer than any that is known
	Broken   int // answered with another status from 500 on
	Unknown  int // measured split only: the way in is not known

	// Latencies are those of the answers, in the order in which they were sent.
	Latencies []time.Duration
	// Incoming is the part until the server had the request, Outgoing the rest.
	Incoming, Outgoing []time.Duration
	// Starts are when they were sent; empty: not known.
	Starts []time.Time

	Load    *Load     // nil: not known
	Spells  Spells    // how latencies hang together
	Limits  []Limit   // as the answers state them
	Dialect string    // how they do, one of server/dialect; "": not known
	Routes  []string  // the most frequent first, ten at most
	Notes   []string  // what to know about the figures, of the files and of the fit
	split   Split     //
	begun   time.Time // of the first request; zero: not known
}

// A Load is what the measured client asked for.
type Load struct {
	Span     time.Duration // from the first request to the last
	Rate     float64       // requests per second
	Gap      time.Duration // mean time from one request to the next
	Relative float64       // standard deviation of the gaps over their mean: 0 even, 1 random
	AtATime  int           // most requests under way at once
	Closed   bool          // each seems to have waited for one before
}

// New learns from files. The error says why nothing can be learnt.
func New(files []*measured.File, split Split) (*Fit, error) {
	f := &Fit{split: split}
	var requests []measured.Request
	ordered, coarse := true, false
	for _, file := range files {
		requests = append(requests, file.Requests...)
		f.Notes = append(f.Notes, file.Notes...)
		ordered = ordered && !file.Unordered
		coarse = coarse || file.WholeSeconds
	}
	f.Notes = slices.Compact(f.Notes)
	f.Requests = len(requests)
	timed := !slices.ContainsFunc(requests, func(r measured.Request) bool { return r.Start.IsZero() })
	if timed {
		slices.SortStableFunc(requests, func(a, b measured.Request) int { return a.Start.Compare(b.Start) })
		f.begun = requests[0].Start
	} else if len(files) > 1 {
		f.note("%d files without times were read one after another", len(files))
	}
	f.take(requests, timed)
	switch {
	case len(f.Latencies) == 0 && f.Unknown > 0:
		return nil, fmt.Errorf("the split is %s, and none of %s that were answered states when the server had it (X-Received-At, in events of our own runs): want %s or %s",
			split, requestCount(f.Unknown), SplitHalf, SplitIn)
	case len(f.Latencies) == 0:
		return nil, fmt.Errorf("of %s none was answered well (%d refused, %d without an answer, %d broken): there is nothing to fit",
			requestCount(f.Requests), f.Refused, f.Failed, f.Broken)
	}
	f.Limits = limitsOf(requests)
	f.Dialect = dialectOf(requests)
	f.Routes = routesOf(requests)
	if timed {
		f.Load = loadOf(requests, coarse)
	}
	f.Spells = spellsOf(f.Latencies, ordered)
	f.warn(ordered)
	return f, nil
}

// take sorts out what latencies can be learnt from.
func (f *Fit) take(requests []measured.Request, timed bool) {
	for _, r := range requests {
		switch {
		case r.Failed:
			f.Failed++
		case refused(r):
			f.Refused++
		case r.Status >= http.StatusInternalServerError:
			f.Broken++
		case f.split == SplitMeasured && !r.HasIncoming:
			f.Unknown++
		default:
			in := f.incoming(r)
			f.Latencies = append(f.Latencies, r.Latency)
			f.Incoming = append(f.Incoming, in)
			f.Outgoing = append(f.Outgoing, r.Latency-in)
			if timed {
				f.Starts = append(f.Starts, r.Start)
			}
		}
	}
}

func (f *Fit) incoming(r measured.Request) time.Duration {
	switch f.split {
	case SplitIn:
		return r.Latency
	case SplitMeasured:
		return r.Incoming
	}
	return r.Latency / 2
}

func (f *Fit) note(format string, args ...any) {
	f.Notes = append(f.Notes, fmt.Sprintf(format, args...))
}

// Longest is the longest latency in that was seen: J.
func (f *Fit) Longest() time.Duration { return slices.Max(f.Incoming) }

// Shortest is the shortest latency in that was seen.
func (f *Fit) Shortest() time.Duration { return slices.Min(f.Incoming) }

// Quantile is that of the latencies.
func (f *Fit) Quantile(q float64) time.Duration {
	return quantile(slices.Sorted(slices.Values(f.Latencies)), q)
}

// quantile is the smallest value that a share q of the sorted ones is not above.
func quantile(sorted []time.Duration, q float64) time.Duration {
	i := int(math.Ceil(q*float64(len(sorted)))) - 1
	return sorted[max(0, min(i, len(sorted)-1))]
}

// loadOf describes when requests, sorted by start, were sent.
func loadOf(requests []measured.Request, coarse bool) *Load {
	n := len(requests)
	span := requests[n-1].Start.Sub(requests[0].Start)
	if n < 2 || span <= 0 {
		return nil
	}
	l := &Load{Span: span, Gap: span / time.Duration(n-1), Rate: float64(n-1) / span.Seconds()}
	mean, sum := float64(l.Gap), 0.0
	for i := 1; i < n; i++ {
		off := float64(requests[i].Start.Sub(requests[i-1].Start)) - mean
		sum += off * off
	}
	l.Relative = math.Sqrt(sum/float64(n-1)) / mean
	if coarse { // gaps of 0 and 1 s are those of the clock
		l.Relative = 1
	}
	l.AtATime, l.Closed = closed(requests, 0)
	// Many files have whole milliseconds, by which a request may seem to be sent before
	// the one that it waited for has ended.
	if grain := min(time.Millisecond, l.Gap/8); !l.Closed && !coarse {
		const few = 8 // of more, one that has just ended is found anyway
		if most, is := closed(requests, grain); is && most <= few {
			l.AtATime, l.Closed = most, true
		}
	}
	l.Closed = l.Closed && !coarse && varies(requests)
	return l
}

// closed is how many requests were under way at a time at most, and whether each seems
// to have waited for one before, by times that may be off by so much.
func closed(requests []measured.Request, off time.Duration) (most int, is bool) {
	n := len(requests)
	most, followed := inFlight(requests, off)
	waits := followed*10 >= 9*(n-most) || most == 1 && follows(requests)
	return most, n >= 20 && n > 2*most && waits
}

// varies reports whether latencies differ enough to tell a loop from a steady load.
func varies(requests []measured.Request) bool {
	latencies := make([]float64, len(requests))
	for i, r := range requests {
		latencies[i] = float64(r.Latency)
	}
	mean, deviation := stat.MeanStdDev(latencies, nil)
	return deviation > mean/20
}

// follows reports whether the gaps between requests go with the latencies, as in a
// loop of one request after another: a correlation above 0.8.
func follows(requests []measured.Request) bool {
	var latencies, gaps []float64
	for i, r := range requests[1:] {
		latencies = append(latencies, float64(requests[i].Latency))
		gaps = append(gaps, float64(r.Start.Sub(requests[i].Start)))
	}
	return stat.Correlation(latencies, gaps, nil) > 0.8 // NaN where all are the same
}

// inFlight is how many requests were under way at a time at most, and how many
// were sent right after one had ended, when all others of that many were under
// way: within a twentieth of the mean latency, as by workers in a loop. What ends by
// so much later than the next is sent has ended by then.
func inFlight(requests []measured.Request, off time.Duration) (most, followed int) {
	var ends []time.Time  // of those under way, the first to end first
	var ended []time.Time // those that nobody has followed yet
	var sum time.Duration
	for _, r := range requests {
		sum += r.Latency / time.Duration(len(requests))
	}
	soon := sum/20 + 100*time.Microsecond
	for _, r := range requests {
		if off == 0 {
			ended = nil // one is enough for the last to have followed
		}
		for len(ends) > 0 && !ends[0].After(r.Start.Add(off)) {
			ended, ends = append(ended, ends[0]), ends[1:]
		}
		if n := len(ended); n > 0 && r.Start.Sub(ended[n-1]) <= soon {
			followed, ended = followed+1, ended[:n-1]
		}
		end := r.Start.Add(r.Latency)
		i, _ := slices.BinarySearchFunc(ends, end, time.Time.Compare)
		ends = slices.Insert(ends, i, end)
		most = max(most, len(ends))
	}
	return most, followed
}

// routesOf are the most frequent routes.
func routesOf(requests []measured.Request) []string {
	count := map[string]int{}
	for _, r := range requests {
		if r.Route != "" {
			count[r.Route]++
		}
	}
	routes := make([]string, 0, len(count))
	for name := range count {
		routes = append(routes, name)
	}
	slices.SortFunc(routes, func(a, b string) int { return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a, b)) })
	return routes[:min(10, len(routes))]
}

func requestCount(n int) string {
	if n == 1 {
		return "1 request"
	}
	return fmt.Sprintf("%d requests", n)
}

// warn says what the figures do not hold.
func (f *Fit) warn(ordered bool) {
	n := len(f.Latencies)
	switch {
	case n < 100:
		f.note("so few latencies (%d) say little: above the 90 %% quantile lie %d of them, and the longest there is may be far longer", n, n/10)
	case n < 10_000:
		f.note("the 99.9 %% quantile rests on %d of the latencies: J, the longest, is likely to be longer than any of them", max(1, n/1000))
	}
	if f.Failed > 0 {
		f.note("no answer came to %s; their latencies would be longer than was waited for, and are missing", requestCount(f.Failed))
	}
	if f.Refused > 0 {
		f.note("left out were the latencies of %s that were refused: a refusal is answered sooner", requestCount(f.Refused))
	}
	if f.Load != nil && f.Load.Closed {
		f.note("the load seems to be a closed loop of %d: whenever the API was slow, fewer requests were sent, and long spells count for less than they would in an open load (coordinated omission)", f.Load.AtATime)
	}
	if f.Unknown > 0 {
		f.note("left out were %s of which it is not known when the server had them", requestCount(f.Unknown))
	}
	if ordered && f.Spells.Block > 1 && n < 20*f.Spells.Block {
		f.note("latencies hang together over %d requests, and there are only %d of them: fewer than 20 independent spells", f.Spells.Block, n)
	}
}
