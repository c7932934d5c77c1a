// Package events keeps every event of a run in a file of its own: JSON Lines
// compressed with gzip, the first line a Header and each of the others a Line.
//
// The files of a scenario are in the folder events of its results. They come
// into being in a Draft and get there when their runs have ended.
package events

import (
	"time"

	"ratebench/clients"
	"ratebench/harness/metrics"
)

// SchemaVersion is that of the format.
const SchemaVersion = 1

// A Header is the first line of a file. Its fields are named as in
// summary.json.
type Header struct {
	SchemaVersion int      `json:"schema_version"` // set by Draft.Create
	Scenario      Scenario `json:"scenario"`
	Clock         string   `json:"clock"` // "virtual" or "real"
	Strategy      string   `json:"strategy"`
	Seed          uint64   `json:"seed"`
}

// Scenario is where a run comes from.
type Scenario struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"` // of the file, in hex
}

// A Line is one event of one request. What an event does not have is left out.
// Times are in milliseconds with up to six decimals, which is exact to the
// nanosecond in the longest run that there can be, of 31 days.
type Line struct {
	// T is when, since the start of the run.
	T float64 `json:"t_ms"`
	// Event is the name of a clients.Kind.
	Event string `json:"event"`
	// ID is the number of the request, from 0 in the order of creation.
	ID int64 `json:"id"`
	// Key is the index of the API key that the request's worker works for;
	// nil: no worker has it.
	Key *int `json:"key,omitempty"`
	// Retries is how often the dead letter queue has put the request back.
	Retries int `json:"retries,omitempty"`
	// Cause is why a request was dropped: it had "expired" or was "answered".
	Cause string `json:"cause,omitempty"`
	// Answer is how a request that was sent came back; nil: another event.
	*Answer
}

// An Answer is what an event says of an answer, or of the lack of one.
type Answer struct {
	// Response is 200, 400, 401, 429, banned, blocked, timeout or error, as in the
	// other result files.
	Response string `json:"response"`
	// Status is that of HTTP; 0: no answer came.
	Status int `json:"status,omitempty"`
	// Error is why there was no usable answer; "": there was one, or none came
	// in time.
	Error string `json:"error,omitempty"`
	// Latency is the time since the request was generated.
	Latency float64 `json:"latency_ms"`
	// Service is the time since it was sent.
	Service float64 `json:"service_ms"`

	// What servers state if the scenario makes them; nil or 0: not stated.

	// Received is when the request reached the server, by the server's clock,
	// since the start of the run.
	Received *float64 `json:"received_ms,omitempty"`
	// RetryAfter is the pause that the server asks for.
	RetryAfter float64 `json:"retry_after_ms,omitempty"`
	// Remaining is how many requests are left of the quota, and Reset the time
	// until there are more.
	Remaining *int     `json:"remaining,omitempty"`
	Reset     *float64 `json:"reset_ms,omitempty"`
}

// lineOf describes an event of a run that began at start.
func lineOf(e *clients.Event, start time.Time) Line {
	l := Line{
		T:       milliseconds(e.Time.Sub(start)),
		Event:   e.Kind.String(),
		ID:      e.Request.ID,
		Retries: e.Request.Retries,
	}
	if e.Key != clients.NoKey {
		l.Key = &e.Key
	}
	switch e.Kind {
	case clients.Dropped:
		l.Cause = e.Cause.String()
	case clients.Answered:
		l.Answer = answerOf(e, start)
	}
	return l
}

func answerOf(e *clients.Event, start time.Time) *Answer {
	o := e.Outcome
	a := &Answer{
		Response:   metrics.ResponseName(o),
		Status:     o.Status,
		Latency:    milliseconds(max(0, e.Time.Sub(e.Request.First))), // a clock may have been set back
		Service:    milliseconds(max(0, e.Time.Sub(e.Outcome.Sent))),
		RetryAfter: milliseconds(o.RetryAfter),
	}
	if o.Err != nil && o.Err != clients.ErrTimeout {
		a.Error = o.Err.Error()
	}
	if !o.Received.IsZero() {
		received := milliseconds(o.Received.Sub(start))
		a.Received = &received
	}
	if len(o.Budgets) > 0 {
		remaining, reset := int(o.Budgets[0].Remaining), milliseconds(o.Budgets[0].Reset)
		a.Remaining, a.Reset = &remaining, &reset
	}
	return a
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
