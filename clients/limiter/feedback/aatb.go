package feedback

import (
	"errors"
	"time"

	"ratebench/clients/internal/flights"
	"ratebench/clients/keyedrand"
	"ratebench/clients/limiter"
)

// AATB is ATB assisted by an aggregator, which all clients of a limit tell what
// they have sent and that they have been refused, and which answers with the sums
// of late: what clients sent, how many refusals, how many clients. With T =
// Window/N of the quota, the time in which the server grants one request,
//
//	every Every:  refusals > 0: no departure for Every ± 2 · Jitter
//	              else          rate = rate · First if sent < 0.75 · sum/clients,
//	                            or there is but one client; else rate · Second
//	429, 5xx:     rate = rate/2 if sent < 0.5 · sum/clients, else rate/3,
//	              1.1 tokens, no departure for (refusals + 1) · T + U · Jitter
//	next        = now while tokens ≥ cost, or the bucket is full; tokens grow by rate,
//	              but not while nothing departs,
//
// where sent is what the client itself sent since the report before the last, a
// step up is by Min of the start rate at least and none is within Every of the
// last change, and a client that has reported a refusal within Every waits with
// its next report. It begins with one token and the rate Start.
//
// Whoever has been refused tells it at once, and all others pause at their next
// report instead of finding out for themselves: that is what it has over ATB.
//
// Clients that have no aggregator in common (New) are each alone with their own:
// see Together. It costs a message to and fro in each Every, and one for each
// refusal, which take no time here. A report that is due goes out with the next
// departure or answer, so that one who sends nothing tells nothing.
//
// The paper's clients have one request under way at a time; with more, each of
// those that are refused together lowers the rate.
//
// Source: as ATB, and the authors' own implementation, github.com/Bfarkiani/ratelimiter
// of 2025: factors, thresholds, and pauses are its. It has Every 10 s or 30 s, Over
// 30 s and Jitter 1 s in front of a limit of some tens of requests a minute.
type AATB struct {
	// Start is the rate at first; not set, the server's own quota.
	Start limiter.Rate
	// Burst is the size of the bucket in tokens: 1 to 1000000; the authors' code
	// has 4 or 40.
	Burst float64
	// First and Second are 1 to 10; the authors' code has 1.5 or 1.4, and 1.2.
	First, Second float64
	// Min is the lowest rate, and the least step, as a part of the start rate:
	// 0.0001 to 1.
	Min float64
	// Every is the time between two reports: 1 ms to a year.
	Every time.Duration
	// Over is the time of which the aggregator has sums: Every to a year. Clients
	// it counts for twice as long.
	Over time.Duration
	// Jitter is the random part of pauses: 0 to a third of Every.
	Jitter time.Duration
	// Seed keys it, together with the client's number: any value.
	Seed uint64
}

// Validate implements limiter.Config.
func (c *AATB) Validate(q limiter.Quota) error {
	const year = 366 * 24 * time.Hour
	return errors.Join(
		q.Validate(),
		c.Start.Validate("start", q),
		between("burst", c.Burst, 1, 1e6),
		between("first", c.First, 1, 10),
		between("second", c.Second, 1, 10),
		between("min", c.Min, 0.0001, 1),
		spanBetween("every", c.Every, time.Millisecond, year),
		spanBetween("over", c.Over, c.Every, year),
		spanBetween("jitter", c.Jitter, 0, c.Every/3))
}

// New implements limiter.Config.
func (c *AATB) New(q limiter.Quota) (limiter.Limiter, error) {
	if err := c.Validate(q); err != nil {
		return nil, err
	}
	return c.join(newAggregator(c.Over), q), nil
}

// Together is the same configuration for the clients of one key: the limiters that
// it makes have an aggregator in common, one for each quota. They are not to be
// used at the same time.
func (c *AATB) Together() limiter.Config {
	return &aatbTogether{AATB: *c, groups: map[limiter.Quota]*aggregator{}}
}

type aatbTogether struct {
	AATB
	groups map[limiter.Quota]*aggregator
}

// New implements limiter.Config.
func (c *aatbTogether) New(q limiter.Quota) (limiter.Limiter, error) {
	if err := c.Validate(q); err != nil {
		return nil, err
	}
	if c.groups[q] == nil {
		c.groups[q] = newAggregator(c.Over)
	}
	return c.join(c.groups[q], q), nil
}

// join makes one more client of an aggregator.
func (c *AATB) join(group *aggregator, q limiter.Quota) limiter.Limiter {
	rate := c.Start.Or(q).PerSecond()
	return &aatb{
		config: *c, grant: q.Window / time.Duration(q.Limit), least: c.Min * rate,
		group: group, client: group.join(), rate: rate, tokens: tokens{capacity: c.Burst, left: 1},
	}
}

type aatb struct {
	config AATB
	grant  time.Duration // in which the server grants one request
	least  float64       // requests/s

	group  *aggregator
	client int
	flying flights.Costs
	sent   int64     // since the last report
	before int64     // in the one before
	due    time.Time // of the next report; zero before the first departure
	told   time.Time // when it last reported a refusal
	drawn  uint64    // random numbers so far

	rate    float64   // requests/s
	changed time.Time // when the rate last was
	tokens  tokens
}

func (a *aatb) Next(_ time.Time, cost int64) time.Time { return a.tokens.next(cost, a.rate) }

func (a *aatb) Sent(now time.Time, cost int64) limiter.Ticket {
	a.tokens.fill(now, a.rate)
	a.tokens.take(cost)
	if a.due.IsZero() {
		a.due = now.Add(a.config.Every)
	}
	a.routine(now)
	return a.flying.Depart(cost)
}

func (a *aatb) Done(now time.Time, t limiter.Ticket, o limiter.Outcome) {
	a.tokens.fill(now, a.rate)
	cost := a.flying.Cost(t)
	more := a.flying.Settle(t, o.Cost)
	a.tokens.settle(more)
	if o.Err == nil {
		a.sent += cost + more
	}
	if o.Limited() || o.Status >= 500 {
		a.refused(now)
		return
	}
	a.routine(now)
}

// refused tells of a refusal, and makes room.
func (a *aatb) refused(now time.Time) {
	a.told = now
	sums := a.report(now, 1)
	part := 1.0 / 3
	if float64(a.sent+a.before) < 0.5*sums.share() {
		part = 1.0 / 2
	}
	a.change(now, max(a.least, float64(a.rate*part)))
	a.tokens.left = min(1.1, a.config.Burst)
	a.pause(now, time.Duration(sums.refused+1)*a.grant+a.random(0, 1))
}

// routine is the report that is due, if one is, and what follows from it.
func (a *aatb) routine(now time.Time) {
	every := a.config.Every
	if now.Before(a.due) {
		return
	}
	a.due = a.due.Add(every * (1 + now.Sub(a.due)/every))
	if !a.told.IsZero() && now.Sub(a.told) < every {
		return
	}
	sums := a.report(now, 0)
	switch {
	case sums.refused > 0:
		a.pause(now, every+a.random(-2, 2))
	case a.changed.IsZero() || now.Sub(a.changed) >= every:
		step := a.config.Second
		if sums.clients < 2 || float64(a.sent+a.before) < 0.75*sums.share() {
			step = a.config.First
		}
		a.change(now, min(max(float64(a.rate*step), a.rate+a.least), 1e9))
	}
}

// report tells the aggregator what has been sent since the last time.
func (a *aatb) report(now time.Time, refused int64) sums {
	s := a.group.report(now, a.client, a.sent, refused)
	a.before, a.sent = a.sent, 0
	return s
}

func (a *aatb) change(now time.Time, rate float64) { a.rate, a.changed = rate, now }

// pause has nothing depart for so long, in which no tokens come either.
func (a *aatb) pause(now time.Time, d time.Duration) {
	a.tokens.filled = latest(a.tokens.filled, now.Add(d))
}

// random is a random number of times the jitter.
func (a *aatb) random(least, most float64) time.Duration {
	u := keyedrand.Uniform(a.config.Seed, uint64(a.client)<<32|a.drawn)
	a.drawn++
	return time.Duration((least + float64(u*(most-least))) * float64(a.config.Jitter))
}
