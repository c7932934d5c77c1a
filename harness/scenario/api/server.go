// Package api is what a scenario says of the rate-limited API, and how that is
// written: its keys and limits, latencies, penalties, answers, stages and faults.
package api

import (
	"slices"
	"time"

	"ratebench/clients/limiter"
	"ratebench/harness/dist"
	"ratebench/harness/faults"
	"ratebench/harness/scenario/notation"
	"ratebench/harness/scenario/rules"
	"ratebench/harness/scenario/stream"
)

// What the reference system is made of.
const (
	defaultLatency = "uniform(0ms, 50ms)"
	defaultSpike   = "uniform(200ms, 800ms)"
)

// MaxBlockAfter bounds Server.BlockAfter.
const MaxBlockAfter = 1_000_000_000

// Server describes the rate-limited API.
type Server struct {
	// Keys is the number of API keys, 1 to 100000. Defaults to 5.
	Keys int
	// FirstKey is the index of the first key, and AllKeys the number of all, in
	// a scenario OfKey; otherwise both are 0.
	FirstKey, AllKeys int
	// Limit is what each key may do, if there are no Limits. Defaults to 20/1s.
	Limit notation.Limit
	// Limits are all limits, in place of Limit: a request has to pass those that
	// count it. See AllLimits.
	Limits []rules.Limit
	// ChargeInOrder has a request that one of several limits refuses charged by
	// those before it; otherwise it is charged nowhere.
	ChargeInOrder bool
	// Incoming is the latency before the rate check. Defaults to
	// uniform(0ms, 50ms).
	Incoming dist.Dist
	// Outgoing is the latency after the rate check. Defaults to Incoming.
	Outgoing dist.Dist
	// Resolution is the tick of the server's clock, at most Limit.Window; 0
	// is a continuous clock. Defaults to 1ms.
	Resolution time.Duration
	// BlockAfter is the number of 429s after which a key is blocked for ever,
	// at most 10^9; 0 is never. Defaults to 10.
	BlockAfter int
	// Penalty is what those get who are refused too often, in place of
	// BlockAfter. Optional.
	Penalty *rules.Penalty
	// NoNonces says that the server does not look at nonces; the reference wants
	// each to be the largest so far.
	NoNonces bool
	// Dialect is how the API tells its limits, one of server/dialect, and Answers
	// what it says otherwise. Optional; see Headers, too.
	Dialect string
	Answers rules.Answers
	// Headers are what the server states beside its answers. Optional; the
	// reference states nothing.
	Headers Headers
	// Stages change the limit in the course of a run, each from its time on,
	// in ascending order of time. Optional.
	Stages []Stage
	// Faults are what goes wrong on purpose: probabilities from 0, the
	// default, whose sum is at most 1, and outages. SpikeLatency defaults to
	// uniform(200ms, 800ms).
	Faults faults.Config
}

// Reference is the reference system, but for what is drawn, which depends on a
// step: see FillDefaults.
func Reference() Server {
	return Server{
		Keys:       5,
		Limit:      notation.Limit{N: 20, Window: time.Second},
		Resolution: time.Millisecond,
		BlockAfter: 10,
	}
}

// FillDefaults gives every distribution that is missing its default, on the grid of
// step. An error means that step does not suit a default.
func (s *Server) FillDefaults(step time.Duration) (err error) {
	if s.Incoming == nil {
		if s.Incoming, err = dist.Parse(defaultLatency, step, nil); err != nil {
			return err
		}
	}
	if s.Outgoing == nil {
		s.Outgoing = s.Incoming
	}
	f := &s.Faults
	if f.SpikeLatency != nil {
		return nil
	}
	spike, err := dist.Parse(defaultSpike, step, nil)
	if err == nil {
		f.SpikeLatency = spike
	} else if f.Spike > 0 { // else nobody needs it
		return err
	}
	return nil
}

// AllLimits are the limits of the server, however they are written.
func (s *Server) AllLimits() []rules.Limit {
	if len(s.Limits) > 0 {
		return s.Limits
	}
	return []rules.Limit{rules.Reference(s.Limit)}
}

// Headers select what the server states in header fields.
type Headers struct {
	ReceivedAt bool // when the request reached it, by its own clock
	RateLimit  bool // what is left of the limit, and Retry-After with a 429
}

// Stage is a limit, or some of the limits, that hold from a time of the run on, until
// a later stage changes them.
type Stage struct {
	At    time.Duration  // since the start of the run: more than 0 and less than Scenario.Duration. Required.
	Limit notation.Limit // of each key. Required, unless the server has Limits.
	// Limits are those of the server's that change, by their names, as they are from
	// then on. Required if it has any.
	Limits []rules.Limit
}

// During is the server with the limits that are in force at a time of the run.
func (s Server) During(at time.Duration) Server {
	s.Limits = slices.Clone(s.Limits)
	for _, stage := range s.Stages {
		if stage.At > at {
			break
		}
		if len(s.Limits) == 0 {
			s.Limit = stage.Limit
		}
		for _, changed := range stage.Limits {
			if i := slices.IndexFunc(s.Limits, func(l rules.Limit) bool { return l.Name == changed.Name }); i >= 0 {
				s.Limits[i] = changed
			}
		}
	}
	return s
}

// Paced is the first of the limits that a limiter paces by; without such a one,
// that of the reference.
func (s *Server) Paced() *rules.Limit {
	limits := s.AllLimits()
	if i := slices.IndexFunc(limits, func(l rules.Limit) bool { return l.IsPaced() }); i >= 0 {
		return &limits[i]
	}
	reference := rules.Reference(s.Limit)
	return &reference
}

// Quota is what the server grants one key, as a limiter is told.
func (s *Server) Quota() limiter.Quota { return s.QuotaOf(s.Paced()) }

// QuotaOf is what a limiter is told of one of the limits, which is no concurrency.
// A queue is to it a bucket of what may wait.
func (s *Server) QuotaOf(l *rules.Limit) limiter.Quota {
	q := limiter.Quota{Resolution: s.Resolution, AnyOrder: s.NoNonces}
	switch l.Kind() {
	case "bucket":
		q.Limit, q.Window, q.Burst, q.Refill = int(l.Refill.N), l.Refill.Per, int(l.Bucket), l.Every
	case "queue":
		q.Limit, q.Window, q.Burst = int(l.Queue.N), l.Queue.Per, int(l.Length)+1
	default:
		q.Limit, q.Window = int(l.Window.N), l.Window.Per
		counts := []string{rules.CountLog, rules.CountAligned, rules.CountFirst, rules.CountCounter}
		q.Count = limiter.Count(max(0, slices.Index(counts, l.Count)))
	}
	const most = 1_000_000 // that limiters count to; who is told less than there is is safe
	for q.Burst > 0 && q.Limit > most {
		q.Limit, q.Window = q.Limit/10, (q.Window+9)/10 // the same rate
	}
	q.Limit, q.Burst = min(q.Limit, most), min(q.Burst, most)
	return q
}

// Support is the least and the most of the latency on the way in, with spikes, and
// with defaults that are yet to be filled in.
func (s *Server) Support() (least, most time.Duration) {
	least, most = notation.OrDefault(s.Incoming, defaultLatency).Support()
	if f := s.Faults; f.Spike > 0 && most < dist.Unbounded {
		_, longest := notation.OrDefault(f.SpikeLatency, defaultSpike).Support()
		most = min(most, dist.Unbounded-longest) + longest
	}
	return least, most
}

// Latencies are those that the n-th request on a key meets with a seed, counted
// from 0; key is an index, or -1 for all unknown ones.
//
// A sequence takes the keys in turns: at a time when all of them have seen as
// many requests, all are at the same place of it, so that a spell meets them all.
func (s *Server) Latencies(seed uint64) func(key int, n uint64) (in, out time.Duration) {
	incoming, outgoing := s.drawLatency(s.Incoming, seed, stream.Incoming), s.drawLatency(s.Outgoing, seed, stream.Outgoing)
	return func(key int, n uint64) (in, out time.Duration) { return incoming(key, n), outgoing(key, n) }
}

// drawLatency draws from a stream of each key, beginning with that of all unknown
// ones.
func (s *Server) drawLatency(d dist.Dist, seed, number uint64) func(key int, n uint64) time.Duration {
	if sequence, ok := d.(dist.Sequence); ok {
		keys := uint64(max(s.Keys, s.AllKeys))
		return func(key int, n uint64) time.Duration {
			return sequence.At(seed, n*keys+uint64(max(s.numberOf(key), 0)))
		}
	}
	return func(key int, n uint64) time.Duration { // streams are made as fast as those of thousands of keys would be read
		return d.Quantile(dist.StreamOf(seed, uint64(s.numberOf(key)+1)*stream.PerKey+number).Uniform(n))
	}
}

// numberOf is which of all keys the one with an index is; -1 for all unknown ones.
func (s *Server) numberOf(key int) int {
	if key < 0 {
		return key
	}
	return s.FirstKey + key
}
