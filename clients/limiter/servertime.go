package limiter

import "time"

// ServerTime is AckClocked for a server that states when it received a
// request, by its own clock: a departure counts from there,
//
//	next = received[N back] − o + W' − shortest.
//
// The two clocks need not agree. Let server = client + offset. A request that
// was received at a, by the server's clock, had been answered by r, by the
// client's, so that offset ≥ a − r; o, the largest a − r of late, is therefore
// never more than the offset. It is short of it by the fastest way back of
// late, at most.
//
// No 429, ever, under the condition of AckClocked: of any N+1 departures let i
// be the first and j the last. Then s_j ≥ a_i − o + W' − shortest, so that by
// the server's clock a_j ≥ s_j + offset + shortest ≥ a_i + W'. Two things are
// made allowance for:
//
//   - The clocks drift apart. An o that is old has become smaller by the
//     quota's Drift, and is forgotten after one to two hundred answers.
//   - A stated time has been rounded down to a millisecond. Where the server
//     compares finer ticks than that, a slot is held a millisecond longer.
//
// A stated time is not believed beyond what the client has seen: a request was
// received after it left and before it was answered. One that contradicts o,
// because a clock was set or the field has another unit, ends the trust in o:
// the request counts from its answer, and o begins anew. What remains is a
// server's clock that is set back by less than the latency of the requests
// under way, which nobody can see from outside: for up to two hundred answers
// slots can be reused too early by as much.
//
// Source: the offset bound is that of NTP's clock filter (RFC 5905, section 8).
type ServerTime struct {
	// Latency and Shortest are as for AckClocked.
	Latency  time.Duration
	Shortest time.Duration
}

// Validate implements Config.
func (c *ServerTime) Validate(q Quota) error {
	if err := q.Validate(); err != nil {
		return err
	}
	return ValidateLatencies(c.Latency, c.Shortest)
}

// New implements Config.
func (c *ServerTime) New(q Quota) (Limiter, error) {
	if err := c.Validate(q); err != nil {
		return nil, err
	}
	s := &serverTime{Slots: NewSlots(q, c.Latency, c.Shortest), quota: q, unit: max(q.Resolution, statedUnit)}
	if q.Resolution == 0 || q.Resolution%statedUnit != 0 {
		s.rounding = statedUnit
	}
	return s, nil
}

// statedUnit is what a stated time is rounded down to.
const statedUnit = time.Millisecond

type serverTime struct {
	Slots
	quota    Quota
	unit     time.Duration // by which a stated time is less than the right one, at most
	rounding time.Duration // by which it is less than what the server compares, at most
	offset   offsetBound
}

func (s *serverTime) Done(now time.Time, t Ticket, o Outcome) {
	s.Ended(now, t, &o)
	if o.Received.IsZero() || o.Sent.IsZero() || o.Err != nil {
		return
	}
	s.offset.add(s.quota, now, o.Sent, o.Received, s.unit)
	counted := o.Received.Add(s.rounding - s.offset.at(s.quota, now, o.Sent))
	if !s.ring.More(uint64(t)) {
		s.ring.Tighten(uint64(t), s.clock.At(latest(counted, o.Sent)))
	}
}

// An offsetBound is a lower bound of the server's clock less the client's: the
// greatest of the last one to two blocks of answers.
type offsetBound struct {
	current, previous seenOffset
	answers           int // in the current block
}

// A seenOffset is a bound that an answer has shown.
type seenOffset struct {
	bound time.Duration
	at    time.Time // of the answer; zero: none has been seen
}

// offsetBlock is the number of answers in a block.
const offsetBlock = 100

// aged is what is left of the bound for a request that was sent and answered at
// these times, given the drift between then and the time of the bound.
func (s seenOffset) aged(q Quota, answered, sent time.Time) time.Duration {
	return s.bound - q.drift(max(answered.Sub(s.at), s.at.Sub(sent)))
}

// at returns the bound for a request; there has to be one.
func (b *offsetBound) at(q Quota, answered, sent time.Time) time.Duration {
	bound := b.current.aged(q, answered, sent)
	if !b.previous.at.IsZero() {
		bound = max(bound, b.previous.aged(q, answered, sent))
	}
	return bound
}

// add takes in what an answer shows. What is known and contradicts it is
// forgotten.
func (b *offsetBound) add(q Quota, answered, sent, received time.Time, unit time.Duration) {
	seen := seenOffset{received.Sub(answered), answered}
	atMost := received.Add(unit).Sub(sent)
	switch {
	case b.current.at.IsZero() || b.at(q, answered, sent) > atMost:
		*b = offsetBound{current: seen}
	case b.answers == offsetBlock:
		*b = offsetBound{current: seen, previous: b.current}
	case seen.bound >= b.current.aged(q, answered, sent):
		b.current = seen
	}
	b.answers++
}
