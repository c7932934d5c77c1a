package metrics

import (
	"slices"
	"time"

	"ratebench/clients"
)

// NewKeysRecorder is a recorder of keys that have a load and queues of their own,
// where the id of a request of key k is a multiple of their number and k more.
// It may be told of all keys as things happen (Together), or of one after
// another, each from the start on (EndKey): what comes out is the same, also if
// several recorders have some of the keys each and are added up.
//
// A Peak is that of the longest of the queues, while a Mean is of all together.
// The ids in the Graveyard are ascending.
func NewKeysRecorder(start time.Time, keepGraveyard bool) *Recorder {
	r := NewRecorder(start, keepGraveyard)
	r.series.sums = &rowSums{}
	return r
}

// Together makes a recorder of keys ready for events of all of them, of which
// there are so many.
func (r *Recorder) Together(keys int) *Recorder {
	r.queues = make([]lengths, keys)
	return r
}

// lengths are those of the queues of a key.
type lengths struct{ main, dlq int }

// Observe follows an event of the key.
func (l *lengths) Observe(k clients.Kind) {
	switch k {
	case clients.Generated:
		l.main++
	case clients.Taken:
		l.main--
	case clients.DeadLettered:
		l.dlq++
	case clients.Requeued:
		l.dlq--
		l.main++
	case clients.Buried:
		l.dlq--
	}
}

// EndKey ends a key at the end of the run. Events of another may follow.
func (r *Recorder) EndKey(end time.Time) {
	r.series.finish(r.at(end), r.depths())
	r.series.rewind()
	r.main, r.dlq, r.left = 0, 0, r.run.Ledger.InFlight
}

// Add adds what was recorded of other keys, which have ended, as those of r have.
func (r *Recorder) Add(o *Recorder) {
	r.run.add(&o.run)
	r.left = r.run.Ledger.InFlight
	r.latency.add(&o.latency)
	r.service.add(&o.service)
	r.sinceRetry.AddTotal(o.sinceRetry)
	r.series.sums.add(o.series.sums)
}

// finishKeys completes the figures of several keys.
func (r *Recorder) finishKeys(elapsed time.Duration) {
	sums := r.series.sums
	r.run.Series = sums.finish(elapsed, r.series.rowLength())
	if elapsed > 0 {
		var total areas
		for i := range sums.rows {
			total.add(&sums.rows[i].depth)
		}
		r.run.Main.Mean, r.run.DLQ.Mean = total.main.per(elapsed), total.dlq.per(elapsed)
	}
	slices.Sort(r.run.Graveyard)
	slices.Sort(r.run.Blocks)
	if len(r.run.Blocks) > 0 {
		r.run.FirstBlock = &r.run.Blocks[0]
	}
}

// add adds the counts of other keys.
func (r *Run) add(o *Run) {
	r.Ledger.add(o.Ledger)
	r.Responses.add(o.Responses)
	r.Expirations += o.Expirations
	r.Retries += o.Retries
	r.KeysBlocked += o.KeysBlocked
	r.Blocks = append(r.Blocks, o.Blocks...)
	r.Main.Peak = max(r.Main.Peak, o.Main.Peak)
	r.DLQ.Peak = max(r.DLQ.Peak, o.DLQ.Peak)
	r.Graveyard = append(r.Graveyard, o.Graveyard...)
}

func (l *Ledger) add(o Ledger) {
	l.Generated += o.Generated
	l.Succeeded += o.Succeeded
	l.Expired += o.Expired
	l.Failed += o.Failed
	l.Graveyard += o.Graveyard
	l.Queued += o.Queued
	l.InFlight += o.InFlight
}

func (r *Responses) add(o Responses) {
	r.OK += o.OK
	r.BadNonce += o.BadNonce
	r.Unauthorized += o.Unauthorized
	r.RateLimited += o.RateLimited
	r.Banned += o.Banned
	r.Blocked += o.Blocked
	r.Timeout += o.Timeout
	r.Error += o.Error
}

// rowSums are the seconds of several keys, added up.
type rowSums struct {
	rows  []rowSum
	ended int // rows that are complete
}

// A rowSum is a second of several keys.
type rowSum struct {
	Second           // its counts
	depth     areas  // up to now
	latencies spread // of the successes
}

// at is row i, which is new if there is none yet.
func (s *rowSums) at(i int) *rowSum {
	if i >= len(s.rows) {
		s.rows = append(s.rows, make([]rowSum, i+1-len(s.rows))...)
	}
	return &s.rows[i]
}

// end adds what a key did in a second, beside the depths, which are there by now.
func (s *rowSums) end(i int, c *secondRecorder) {
	row := s.at(i)
	row.count(c.Second)
	row.latencies.append(c.latencies)
	s.ended = max(s.ended, i+1)
}

// add adds the seconds of other keys.
func (s *rowSums) add(o *rowSums) {
	for i := range o.rows {
		row, other := s.at(i), &o.rows[i]
		row.count(other.Second)
		row.depth.add(&other.depth)
		row.latencies.add(&other.latencies)
	}
	s.ended = max(s.ended, o.ended)
}

// finish returns the seconds of a run of some length.
func (s *rowSums) finish(elapsed, row time.Duration) []Second {
	done := make([]Second, s.ended)
	for i := range done {
		r := &s.rows[i]
		length := row
		if rest := elapsed - time.Duration(i)*row; rest > 0 { // of the last, which may be short
			length = min(length, rest)
		}
		r.Main, r.DLQ, r.InFlight = r.depth.main.per(length), r.depth.dlq.per(length), r.depth.inFlight.per(length)
		r.latencies.distribute(&r.Second)
		done[i] = r.Second
	}
	return done
}

// A spread is a set of durations: each of them as long as they are few, and
// counted in the buckets of a Histogram when they are many. Which it is depends
// on their number alone.
type spread struct {
	list []time.Duration
	many *tally
}

// few takes about as much memory as a tally does.
const few = 8192

func (s *spread) append(list []time.Duration) {
	if s.many == nil && len(s.list)+len(list) <= few {
		s.list = append(s.list, list...)
		return
	}
	s.count()
	for _, d := range list {
		s.many.record(d)
	}
}

// count counts what is in the list.
func (s *spread) count() {
	if s.many != nil {
		return
	}
	s.many = &tally{}
	for _, d := range s.list {
		s.many.record(d)
	}
	s.list = nil
}

func (s *spread) add(o *spread) {
	if o.many == nil {
		s.append(o.list)
		return
	}
	s.count()
	s.many.add(o.many)
}

// distribute sets the latencies of a second.
func (s *spread) distribute(of *Second) {
	switch {
	case s.many != nil:
		h := s.many.histogram()
		of.LatencyMean, of.LatencyP50, of.LatencyP99 = h.Mean(), h.Quantile(0.50), h.Quantile(0.99)
	case len(s.list) > 0:
		of.distribute(s.list)
	}
}
