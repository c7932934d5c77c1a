package limiter

import "time"

// ServerTime is AckClocked for a server that states when it received a
// request, by its own clock: a departure counts from there,
//
//	next = received[N back] − o + W' − shortest.
//
// The two clocks need not agree, but neither may be set or drift meanwhile. Let server = client + offset. A request that
// was received at a, by the server's clock, had been answered by r, by the
// client's, so that offset ≥ a − r; o, the largest a − r seen so far, is
// therefore never more than the offset. It is short of it by the fastest way
// back seen so far, at most.
//
// No 429, ever, under the condition of AckClocked: i and j as for AckClocked, s_j ≥ a_i − o + W' − shortest, so
// that by the server's clock a_j ≥ s_j + offset + shortest ≥ a_i + W'.
//
// Source: the offset bound is that of NTP's clock filter (RFC 5905, section 8).
type ServerTime struct {
	// Latency and Shortest are as for AckClocked.
	Latency  time.Duration
	Shortest time.Duration
}

// Validate implements Config.
func (c *ServerTime) Validate(Quota) error { return validateLatencies(c.Latency, c.Shortest) }

// New implements Config.
func (c *ServerTime) New(q Quota) Limiter {
	return &serverTime{slots: newSlots(q.Limit), span: q.Span() - c.Shortest, longest: c.Latency}
}

type serverTime struct {
	slots
	span    time.Duration
	longest time.Duration
	offset  time.Duration // o, once synced
	synced  bool
}

func (s *serverTime) Next(time.Time) time.Time { return reusable(s.oldest(), s.span) }

func (s *serverTime) Sent(now time.Time) Ticket { return s.push(countedBy(now, s.longest)) }

func (s *serverTime) Done(now time.Time, t Ticket, o Outcome) {
	if o.Received.IsZero() { // nothing stated: count from the answer, as AckClocked does
		if o.Err == nil || s.longest == 0 {
			s.tighten(t, now)
		}
		return
	}
	if seen := o.Received.Sub(now); !s.synced || seen > s.offset {
		s.offset, s.synced = seen, true
	}
	s.tighten(t, o.Received.Add(-s.offset))
}
