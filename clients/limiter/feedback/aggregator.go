package feedback

import "time"

// aggregatorParts is in how many parts the time is cut of which an aggregator has
// sums. The one that is under way is in none of them.
const aggregatorParts = 15

// An aggregator adds up what the clients of a limit tell it. It goes by the latest
// time that any of them has told.
type aggregator struct {
	part    time.Duration
	ends    time.Time // the part that is under way; zero before the first report
	past    [aggregatorParts]counted
	oldest  int
	current counted
	sum     counted     // of past
	heard   []time.Time // when each client last was; zero: never
}

// counted is what clients sent, and how often they were refused.
type counted struct{ sent, refused int64 }

func (c *counted) add(d counted) { c.sent, c.refused = c.sent+d.sent, c.refused+d.refused }

// sums are those that an aggregator answers with.
type sums struct {
	counted
	clients int // that it has heard of, one at least
}

// share is what a client sent on average.
func (s sums) share() float64 { return float64(s.sent) / float64(s.clients) }

func newAggregator(over time.Duration) *aggregator {
	return &aggregator{part: max(1, over/aggregatorParts)}
}

// join makes room for one more client, and returns its number.
func (a *aggregator) join() int {
	a.heard = append(a.heard, time.Time{})
	return len(a.heard) - 1
}

// report takes down what a client says at now, and returns the sums.
func (a *aggregator) report(now time.Time, client int, sent, refused int64) sums {
	a.turn(now)
	a.heard[client] = latest(a.heard[client], now)
	a.current.add(counted{sent, refused})
	s := sums{counted: a.sum}
	for _, at := range a.heard {
		if !at.IsZero() && now.Sub(at) < 2*aggregatorParts*a.part {
			s.clients++
		}
	}
	return s
}

// turn ends the parts that have ended by now.
func (a *aggregator) turn(now time.Time) {
	if a.ends.IsZero() {
		a.ends = now.Add(a.part)
	}
	ended := 0
	if !now.Before(a.ends) {
		ended = int(min(now.Sub(a.ends)/a.part, aggregatorParts)) + 1
	}
	for range ended {
		gone := &a.past[a.oldest]
		a.sum.add(counted{-gone.sent, -gone.refused})
		a.sum.add(a.current)
		*gone, a.current = a.current, counted{}
		a.oldest = (a.oldest + 1) % aggregatorParts
	}
	if ended > 0 {
		a.ends = a.ends.Add(a.part * (1 + now.Sub(a.ends)/a.part))
	}
}
