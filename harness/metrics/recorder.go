package metrics

import (
	"errors"
	"net/http"
	"time"

	"ratebench/clients"
	"ratebench/clients/limiter"
)

// A Recorder turns the events of one client into a Run. One goroutine at a time
// may use it; see [Shared].
type Recorder struct {
	start         int64 // ns since 1970
	keepGraveyard bool

	run        Run
	main, dlq  int
	queues     []lengths // of each key; nil: there is one queue of each kind
	left       int       // in flight when keys ended that were recorded before
	latency    tally
	service    tally
	sinceRetry Total // over successes, from the last creation
	blocked    map[int]bool
	series     seriesRecorder
}

var _ clients.Observer = (*Recorder)(nil)

// NewRecorder starts recording at start. The ids of buried requests are kept
// only on request, because nothing else grows with the length of a run.
func NewRecorder(start time.Time, keepGraveyard bool) *Recorder {
	return &Recorder{
		start:         start.UnixNano(),
		keepGraveyard: keepGraveyard,
		blocked:       map[int]bool{},
	}
}

// InRowsOf sets the length of the rows of the series, before any event; 0 is a
// second.
func (r *Recorder) InRowsOf(length time.Duration) *Recorder {
	r.series.length = length
	if length != time.Second { // which goes without saying
		r.run.Row = length
	}
	return r
}

// Observe implements clients.Observer.
func (r *Recorder) Observe(e *clients.Event) {
	s := r.series.advance(r.at(e.Time), r.depths())
	r.run.Ledger.Observe(e)
	if r.run.Sources != nil {
		r.source(e)
	}
	if r.queues != nil {
		r.queues[e.Request.ID%int64(len(r.queues))].Observe(e.Kind)
	}
	switch e.Kind {
	case clients.Generated:
		r.main++
		s.Generated++
		r.peak(e)
	case clients.Taken:
		r.main--
	case clients.Expired:
		r.run.Expirations++
		s.Expirations++
	case clients.Answered:
		r.answered(e, s)
	case clients.Retried:
		r.run.Retries++
		s.Retries++
	case clients.DeadLettered:
		r.dlq++
		r.peak(e)
	case clients.Requeued:
		r.dlq--
		r.main++
		r.run.Retries++
		s.Retries++
		r.peak(e)
	case clients.Buried:
		r.dlq--
		if r.keepGraveyard {
			r.run.Graveyard = append(r.run.Graveyard, e.Request.ID)
		}
	}
}

// peak keeps the greatest lengths of the queues, one of which has become longer: of
// those of its own key, where the event is one of several.
func (r *Recorder) peak(e *clients.Event) {
	main, dlq := r.main, r.dlq
	if r.queues != nil {
		q := &r.queues[e.Request.ID%int64(len(r.queues))]
		main, dlq = q.main, q.dlq
	}
	r.run.Main.Peak = max(r.run.Main.Peak, main)
	r.run.DLQ.Peak = max(r.run.DLQ.Peak, dlq)
}

// at is the time since the start.
func (r *Recorder) at(t time.Time) time.Duration { return time.Duration(t.UnixNano() - r.start) }

func (r *Recorder) depths() depths {
	return depths{main: r.main, dlq: r.dlq, inFlight: r.run.Ledger.InFlight - r.left}
}

func (r *Recorder) answered(e *clients.Event, s *secondRecorder) {
	n := &r.run.Responses
	switch responseName(&e.Outcome) {
	case ok:
		n.OK++
		s.OK++
		now := e.Time.UnixNano()
		latency := since(e.Request.First, now)
		r.latency.record(latency)
		r.service.record(since(e.Outcome.Sent, now))
		r.sinceRetry.Add(since(e.Request.Created, now))
		s.latencies = append(s.latencies, latency)
	case badNonce:
		n.BadNonce++
		s.BadNonce++
	case rateLimited:
		n.RateLimited++
		s.RateLimited++
	case banEnds:
		n.Banned++
		s.RateLimited++
	case blocked:
		n.Blocked++
		s.Blocked++
		r.keyBlocked(e)
	case unauthorized:
		n.Unauthorized++
		s.Errors++
	case timeout:
		n.Timeout++
		s.Errors++
	default:
		n.Error++
		s.Errors++
	}
}

// since is the time from an instant to one in ns since 1970; 0 if a clock was set
// back in between. It saves the care that Time.Sub takes of more than 292 years.
func since(from time.Time, to int64) time.Duration { return time.Duration(max(0, to-from.UnixNano())) }

func (r *Recorder) keyBlocked(e *clients.Event) {
	if r.blocked[e.Key] {
		return
	}
	r.blocked[e.Key] = true
	r.run.KeysBlocked++
	at := r.at(e.Time)
	r.run.Blocks = append(r.run.Blocks, at)
	if r.run.FirstBlock == nil {
		r.run.FirstBlock = &at
	}
}

// Finish ends the recording at end and returns the run, whose Strategy, Seed
// and Interrupted the caller fills in. The recorder is of no use afterwards.
func (r *Recorder) Finish(end time.Time) Run {
	elapsed := r.at(end)
	r.run.Duration = elapsed
	r.run.Series = r.series.finish(elapsed, r.depths())
	switch {
	case r.series.sums != nil:
		r.finishKeys(elapsed)
	case elapsed > 0:
		r.run.Main.Mean = r.series.total.main / elapsed.Seconds()
		r.run.DLQ.Mean = r.series.total.dlq / elapsed.Seconds()
	}
	r.run.Latency, r.run.Service = r.latency.histogram(), r.service.histogram()
	return r.run
}

// Progress is what the reference's clients print every few seconds.
type Progress struct {
	Elapsed     time.Duration
	Ledger      Ledger
	MeanLatency time.Duration // from the last creation, which a retry resets, to 200
	Main, DLQ   int           // lengths of the queues
}

// Progress reports on the run so far.
func (r *Recorder) Progress(now time.Time) Progress {
	p := Progress{Elapsed: r.at(now), Ledger: r.run.Ledger, Main: r.main, DLQ: r.dlq}
	if n := p.Ledger.Succeeded; n > 0 {
		p.MeanLatency = r.sinceRetry.Mean(int64(n))
	}
	return p
}

// Names of the responses, as in the result files.
const (
	ok           = "200"
	badNonce     = "400"
	unauthorized = "401"
	rateLimited  = "429"
	banEnds      = "banned"
	blocked      = "blocked"
	timeout      = "timeout"
	failed       = "error"
)

// ResponseName tells how a request came back, as the result files name it.
func ResponseName(o limiter.Outcome) string { return responseName(&o) }

func responseName(o *limiter.Outcome) string {
	switch {
	case o.Err == nil && o.Status == http.StatusOK && !o.Blocked && !o.Refused: // nearly all
		return ok
	case errors.Is(o.Err, clients.ErrTimeout):
		return timeout
	case o.Err != nil:
		return failed
	case o.Blocked:
		return blocked
	case o.Banned:
		return banEnds
	case o.Limited():
		return rateLimited
	}
	switch o.Status {
	case http.StatusBadRequest:
		return badNonce
	case http.StatusUnauthorized:
		return unauthorized
	}
	return failed
}
