package metrics

import (
	"slices"
	"time"
)

// depths is where requests are at one instant.
type depths struct{ main, dlq, inFlight int }

// integral is depth times seconds.
type integral struct{ main, dlq, inFlight float64 }

func (i *integral) add(o *integral) {
	i.main += o.main
	i.dlq += o.dlq
	i.inFlight += o.inFlight
}

// during is the integral of depths that stay the same for a while.
func (d *depths) during(dt time.Duration) integral {
	s := dt.Seconds()
	return integral{float64(d.main) * s, float64(d.dlq) * s, float64(d.inFlight) * s}
}

// secondRecorder is the second that is being filled.
type secondRecorder struct {
	Second
	latencies []time.Duration
	depth     integral
}

// seriesRecorder cuts a run into seconds and weights depths by time.
type seriesRecorder struct {
	done    []Second
	current secondRecorder
	begun   time.Duration // since the start; when the current second began
	last    time.Duration // since the start; when the depths were last added
	total   integral
}

// advance moves to the given time since the start, the depths having been d
// since the last call, and returns the second that it falls into. In real time
// events can come a little late; they count as of the latest one.
func (s *seriesRecorder) advance(to time.Duration, d depths) *secondRecorder {
	for to-s.begun >= time.Second {
		end := s.begun + time.Second
		s.weigh(end, d)
		s.close(time.Second)
	}
	s.weigh(to, d)
	return &s.current
}

func (s *seriesRecorder) weigh(to time.Duration, d depths) {
	if to <= s.last {
		return
	}
	i := d.during(to - s.last)
	s.current.depth.add(&i)
	s.total.add(&i)
	s.last = to
}

// sliver is a last fraction of a second too short for rates to mean anything:
// what a run in real time takes to stop.
const sliver = 100 * time.Millisecond

// finish closes the last second, which may be short, and returns all. What
// happened in a sliver, or at the very end, counts to the second before it; a
// run that is over at once has one second, if anything happened.
func (s *seriesRecorder) finish(end time.Duration, d depths) []Second {
	s.advance(end, d)
	rest := end - s.begun
	switch n := len(s.done); {
	case rest < sliver && n > 0:
		s.done[n-1].count(s.current.Second)
	case rest > 0:
		s.close(rest)
	case s.current.Second != Second{}:
		s.close(time.Second)
	}
	return s.done
}

// count adds the counts of o to those of s.
func (s *Second) count(o Second) {
	s.Generated += o.Generated
	s.OK += o.OK
	s.BadNonce += o.BadNonce
	s.RateLimited += o.RateLimited
	s.Blocked += o.Blocked
	s.Errors += o.Errors
	s.Expirations += o.Expirations
	s.Retries += o.Retries
}

func (s *seriesRecorder) close(length time.Duration) {
	c := &s.current
	c.Main = c.depth.main / length.Seconds()
	c.DLQ = c.depth.dlq / length.Seconds()
	c.InFlight = c.depth.inFlight / length.Seconds()
	if n := len(c.latencies); n > 0 {
		slices.Sort(c.latencies)
		var sum Total
		for _, l := range c.latencies {
			sum.Add(l)
		}
		c.LatencyMean = sum.Mean(int64(n))
		c.LatencyP50 = nearestRank(c.latencies, 0.50)
		c.LatencyP99 = nearestRank(c.latencies, 0.99)
	}
	s.done = append(s.done, c.Second)
	s.begun += length
	s.current = secondRecorder{latencies: c.latencies[:0]}
}

// nearestRank is the [NearestRank] of a share q of sorted values.
func nearestRank(sorted []time.Duration, q float64) time.Duration {
	return sorted[NearestRank(q, int64(len(sorted)))-1]
}
