// Package promise knows what limiters promise, and of which limits it holds: a
// limiter that has no 429 from a sliding log can have them from a counter, or
// from a bucket.
package promise

import (
	"errors"
	"fmt"
	"time"

	"ratebench/clients/limiter"
	"ratebench/clients/limiter/bucket"
	"ratebench/clients/limiter/feedback"
)

// Of returns what a limiter promises of a server that grants q, and under which
// conditions. "" without an error is what one does that promises nothing to
// begin with. An error says why what it promises of other limits does not hold of
// this one: requests can be refused. The quota and the configuration are valid.
//
// Everything is promised as long as nobody else uses the limit, and the two
// clocks drift apart by no more than the quota's Drift.
func Of(c limiter.Config, q limiter.Quota) (string, error) {
	switch c := c.(type) {
	case *limiter.AckClocked:
		return answered(c.Latency), log(q)
	case *limiter.ServerTime:
		return answered(c.Latency), log(q)
	case *feedback.Headers:
		return answered(c.Latency) + ", while the limit does not come down", log(q)
	case *feedback.Learn:
		return fmt.Sprintf("no more than %d refusals, whatever the limit is", c.Spend), nil
	case *limiter.Paced:
		what := even(c.Spread)
		if OfOnes(c, q) {
			what += ", and each costs 1"
		}
		return what, spaced(q, (q.Span()+q.Widen(c.Spread))/time.Duration(q.Limit), c.Spread, 1)
	case *bucket.Paced:
		if q.Burst == 0 {
			return Of(&limiter.Paced{Spread: c.Spread}, q)
		}
		return even(c.Spread), nil // it has as much of a burst as the bucket allows, or paces more slowly
	case *bucket.Acked:
		if q.Burst == 0 {
			return answered(c.Latency), log(q)
		}
		return answered(c.Latency), nil
	case *bucket.CounterPaced:
		most := max(c.Most, 1)
		return even(c.Spread) + fmt.Sprintf(", and none costs more than %d", most), spaced(q, c.Interval(q), c.Spread, most)
	}
	return "", nil
}

// OfOnes reports whether what a limiter promises of a server that grants q is for
// requests that cost 1 only, or nothing.
func OfOnes(c limiter.Config, q limiter.Quota) bool {
	switch c.(type) {
	case *limiter.Paced:
		return q.Burst > 0 || q.Count == limiter.CountCounter
	case *bucket.Paced: // which is the former where the limit is no bucket
		return q.Count == limiter.CountCounter
	}
	return false
}

func answered(latency time.Duration) string {
	if latency == 0 {
		return "no refusal as long as nobody gives up a request that is still on its way"
	}
	return fmt.Sprintf("no refusal as long as no request takes longer than %v to the server", latency)
}

func even(spread time.Duration) string {
	return fmt.Sprintf("no refusal as long as the latency to the server varies by no more than %v", spread)
}

// log returns an error if a server can refuse what never exceeds the limit in any
// span of the window.
//
// Aligned windows, and those that begin with a request, are such spans. A bucket
// of b lets everything pass that is never more than b + d · N/W in any span d: N
// in each of ⌈d/W⌉ windows are, if b is N at least, and what is refilled late.
func log(q limiter.Quota) error {
	late := float64(q.Refill) / float64(q.Window) * float64(q.Limit)
	switch {
	case q.Count == limiter.CountCounter:
		return errors.New("a counter takes what came in the window before to have been spread over it evenly, and refuses bursts that a log allows: counter-paced and paced have none")
	case q.Burst > 0 && float64(q.Burst) < float64(q.Limit)+late:
		return fmt.Errorf("%d may leave at once, and the bucket holds %d, some of which may not have been refilled yet: bucket-paced and bucket-acked keep to that", q.Limit, q.Burst)
	}
	return nil
}

// spaced returns an error if a server can refuse requests after each of which an
// interval is left for each of its cost, which is most at the most, with
// latencies that vary by a spread.
//
// A bucket of b at N per W lets those pass if the spread is no more than (b −
// most) intervals, together with the tick of the server's clock and what is
// refilled late: costs of n then span (n − most) intervals less that at least.
// Windows let
// those pass that are N + 1 to W' + J, which the intervals are made for, and so
// does a counter: see bucket.CounterPaced.
func spaced(q limiter.Quota, interval, spread time.Duration, most int) error {
	if q.Burst == 0 {
		return nil
	}
	vary := spread + q.Resolution + q.Refill
	if covers := float64(interval) * float64(q.Burst-most); float64(vary) > covers {
		return fmt.Errorf("the latency varies by %v, with the server's tick and what it refills late, and a bucket of %d makes up for %v", vary, q.Burst, time.Duration(max(covers, 0)))
	}
	return nil
}
