package metrics

import (
	"time"

	"ratebench/harness/stats"
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
	s := float64(dt) / 1e9 // which is what Seconds says, to the last bit,
	if dt >= time.Second { // unless there is more than one
		s = dt.Seconds()
	}
	return integral{float64(d.main) * s, float64(d.dlq) * s, float64(d.inFlight) * s}
}

// areas are depths times nanoseconds: whole numbers, so that it does not matter in
// which order those of several keys are added up.
type areas struct{ main, dlq, inFlight Total }

func (a *areas) add(o *areas) {
	a.main.AddTotal(o.main)
	a.dlq.AddTotal(o.dlq)
	a.inFlight.AddTotal(o.inFlight)
}

// area is that of depths that stay the same for a while.
func (d *depths) area(dt time.Duration) areas {
	return areas{times(dt, int64(d.main)), times(dt, int64(d.dlq)), times(dt, int64(d.inFlight))}
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
	sums    *rowSums      // where seconds go in place of done; nil: they go there
	closed  int           // seconds that have ended
	length  time.Duration // of a row; 0 is a second
	current secondRecorder
	begun   time.Duration // since the start; when the current second began
	last    time.Duration // since the start; when the depths were last added
	total   integral
}

// advance moves to the given time since the start, the depths having been d
// since the last call, and returns the second that it falls into. In real time
// events can come a little late; they count as of the latest one.
func (s *seriesRecorder) advance(to time.Duration, d depths) *secondRecorder {
	if to > s.last { // many things happen at one instant
		s.pass(to, d)
	}
	return &s.current
}

func (s *seriesRecorder) pass(to time.Duration, d depths) {
	length := s.rowLength()
	for to-s.begun >= length {
		s.weigh(s.begun+length, d)
		s.close(length)
	}
	s.weigh(to, d)
}

func (s *seriesRecorder) rowLength() time.Duration {
	if s.length == 0 {
		return time.Second
	}
	return s.length
}

func (s *seriesRecorder) weigh(to time.Duration, d depths) {
	if to <= s.last {
		return
	}
	if s.sums != nil {
		a := d.area(to - s.last)
		s.sums.at(s.closed).depth.add(&a)
	} else {
		i := d.during(to - s.last)
		s.current.depth.add(&i)
		s.total.add(&i)
	}
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
	switch n := s.closed; {
	case rest < sliver && n > 0:
		s.row(n - 1).count(s.current.Second)
	case rest > 0:
		s.close(rest)
	case s.current.Second != Second{}:
		s.close(s.rowLength())
	}
	return s.done
}

// row is one that has ended.
func (s *seriesRecorder) row(i int) *Second {
	if s.sums != nil {
		return &s.sums.at(i).Second
	}
	return &s.done[i]
}

// rewind begins again at the start, with what has been added up so far.
func (s *seriesRecorder) rewind() {
	*s = seriesRecorder{sums: s.sums, length: s.length, current: secondRecorder{latencies: s.current.latencies[:0]}}
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
	s.begun += length
	s.closed++
	if s.sums != nil {
		s.sums.end(s.closed-1, c)
		s.current = secondRecorder{latencies: c.latencies[:0]}
		return
	}
	c.Main = c.depth.main / length.Seconds()
	c.DLQ = c.depth.dlq / length.Seconds()
	c.InFlight = c.depth.inFlight / length.Seconds()
	if len(c.latencies) > 0 {
		c.distribute(c.latencies)
	}
	s.done = append(s.done, c.Second)
	s.current = secondRecorder{latencies: c.latencies[:0]}
}

// distribute sets the latencies of a second to those of a list of one or more, whose
// order it changes.
func (s *Second) distribute(latencies []time.Duration) {
	var sum Total
	for _, l := range latencies {
		sum.Add(l)
	}
	s.LatencyMean = sum.Mean(int64(len(latencies)))
	p50, p99 := rank(latencies, 0.50), rank(latencies, 0.99)
	stats.Partition(latencies, p50)
	stats.Partition(latencies[p50:], p99-p50)
	s.LatencyP50, s.LatencyP99 = latencies[p50], latencies[p99]
}

// rank is the index of the [stats.NearestRank] of a share q of values.
func rank(values []time.Duration, q float64) int {
	return int(stats.NearestRank(q, int64(len(values)))) - 1
}
