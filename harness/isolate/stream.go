package isolate

import (
	"errors"
	"slices"
	"sync"
	"time"

	"ratebench/clients"
	"ratebench/clients/limiter"
)

// A batch is what happened in a process since the batch before.
type batch struct {
	// Until is when it was sent off: what comes after it in the stream is later, but
	// for what a busy machine holds up.
	Until  time.Time   `json:"until"`
	Events []happening `json:"events,omitempty"`
}

// A happening is a clients.Event on its way to the parent.
type happening struct {
	Time    time.Time    `json:"t"`
	Kind    clients.Kind `json:"kind"`
	Cause   clients.Kind `json:"cause,omitempty"`
	ID      int64        `json:"id"`
	First   time.Time    `json:"first"`
	Created time.Time    `json:"created"`
	Retries int          `json:"retries,omitempty"`
	Key     int          `json:"key"`
	Answer  *answer      `json:"answer,omitempty"`
}

// An answer is a limiter.Outcome with its error in words.
type answer struct {
	Status     int              `json:"status,omitempty"`
	Blocked    bool             `json:"blocked,omitempty"`
	Banned     bool             `json:"banned,omitempty"`
	Refused    bool             `json:"refused,omitempty"`
	Failure    string           `json:"failure,omitempty"`
	Timeout    bool             `json:"timeout,omitempty"`
	Sent       time.Time        `json:"sent,omitzero"`
	Received   time.Time        `json:"received,omitzero"`
	RetryAfter time.Duration    `json:"retry_after,omitempty"`
	Budgets    []limiter.Budget `json:"budgets,omitempty"`
}

func happeningOf(e *clients.Event) happening {
	h := happening{
		Time: e.Time, Kind: e.Kind, Cause: e.Cause, Key: e.Key,
		ID: e.Request.ID, First: e.Request.First, Created: e.Request.Created, Retries: e.Request.Retries,
	}
	if e.Kind != clients.Answered {
		return h
	}
	o := &e.Outcome
	h.Answer = &answer{
		Status: o.Status, Blocked: o.Blocked, Banned: o.Banned, Refused: o.Refused, Timeout: errors.Is(o.Err, clients.ErrTimeout),
		Sent: o.Sent, Received: o.Received, RetryAfter: o.RetryAfter, Budgets: o.Budgets,
	}
	if o.Err != nil && !h.Answer.Timeout {
		h.Answer.Failure = o.Err.Error()
	}
	return h
}

func (h *happening) event() clients.Event {
	e := clients.Event{
		Time: h.Time, Kind: h.Kind, Cause: h.Cause, Key: h.Key,
		Request: clients.Request{ID: h.ID, First: h.First, Created: h.Created, Retries: h.Retries},
	}
	if a := h.Answer; a != nil {
		e.Outcome = limiter.Outcome{
			Status: a.Status, Blocked: a.Blocked, Banned: a.Banned, Refused: a.Refused,
			Sent: a.Sent, Created: h.Created, Received: a.Received, RetryAfter: a.RetryAfter, Budgets: a.Budgets,
		}
		switch {
		case a.Timeout:
			e.Outcome.Err = clients.ErrTimeout
		case a.Failure != "":
			e.Outcome.Err = errors.New(a.Failure)
		}
	}
	return e
}

// A stream sends what happens in a process to the parent, every now and then.
type stream struct {
	send func(batch) error

	mu     sync.Mutex
	events []happening

	stop    chan struct{}
	stopped chan struct{}
}

// streamPeriod is how often.
const streamPeriod = 100 * time.Millisecond

func startStream(send func(batch) error) *stream {
	s := &stream{send: send, stop: make(chan struct{}), stopped: make(chan struct{})}
	go s.run()
	return s
}

func (s *stream) run() {
	defer close(s.stopped)
	tick := time.NewTicker(streamPeriod)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			_ = s.flush() // an error would come again with the last one
		case <-s.stop:
			return
		}
	}
}

// Observe implements clients.Observer.
func (s *stream) Observe(e *clients.Event) {
	h := happeningOf(e)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events = append(s.events, h)
}

func (s *stream) flush() error {
	s.mu.Lock()
	b := batch{Until: time.Now(), Events: s.events}
	s.events = nil
	s.mu.Unlock()
	return s.send(b)
}

// finish sends the rest.
func (s *stream) finish() error {
	close(s.stop)
	<-s.stopped
	return s.flush()
}

// A merger passes on what happened in several processes in the order of time, as
// far as all of them have told.
type merger struct {
	to clients.Observer

	mu      sync.Mutex
	waiting []clients.Event
	until   []time.Time // of each process
	ended   []bool
	last    time.Time // up to when all is known
}

// newMerger merges the streams of so many processes that begin at start.
func newMerger(n int, start time.Time, to clients.Observer) *merger {
	m := &merger{to: to, until: make([]time.Time, n), ended: make([]bool, n), last: start}
	for i := range m.until {
		m.until[i] = start
	}
	return m
}

// add takes a batch of a process.
func (m *merger) add(process int, b batch) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range b.Events {
		m.waiting = append(m.waiting, b.Events[i].event())
	}
	m.until[process] = b.Until
	m.pass()
}

// end says that nothing more comes of a process.
func (m *merger) end(process int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ended[process] = true
	m.pass()
}

// pass passes on what is not later than the youngest batch of any process.
func (m *merger) pass() {
	var horizon time.Time // zero: all have ended
	latest := m.last
	for i, until := range m.until {
		if until.After(latest) {
			latest = until
		}
		if !m.ended[i] && (horizon.IsZero() || until.Before(horizon)) {
			horizon = until
		}
	}
	if horizon.IsZero() {
		horizon = latest
		for i := range m.waiting {
			if m.waiting[i].Time.After(horizon) {
				horizon = m.waiting[i].Time
			}
		}
	}
	slices.SortStableFunc(m.waiting, func(a, b clients.Event) int { return a.Time.Compare(b.Time) })
	n := 0
	for n < len(m.waiting) && !m.waiting[n].Time.After(horizon) {
		m.to.Observe(&m.waiting[n])
		n++
	}
	m.waiting = slices.Delete(m.waiting, 0, n)
	if horizon.After(m.last) {
		m.last = horizon
	}
}

// known is up to when all that happened is known.
func (m *merger) known() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.last
}
