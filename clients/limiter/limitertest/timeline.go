package limitertest

import (
	"errors"
	"testing"
	"time"

	"ratebench/clients/limiter"
)

// ThreePerSecond is a small quota, so that timelines stay short: W' = 1001 ms.
var ThreePerSecond = limiter.Quota{Limit: 3, Window: time.Second, Resolution: ms}

// Reference is the quota of the reference server.
var Reference = limiter.Quota{Limit: 20, Window: time.Second, Resolution: ms}

// A Row is one step of a timeline: at the time At, Next must say Next; then the
// step happens. All times are since Epoch; a Next of 0 means "now or before".
// Row is no type of its own, so that go vet lets tables leave out its keys.
type Row = struct {
	At   time.Duration
	Next time.Duration
	Do   Step
}

// A Step is what happens to a limiter at one instant.
type Step = func(l limiter.Limiter, now time.Time)

// Timeline takes a limiter through rows, one after the other.
func Timeline(t *testing.T, c limiter.Config, q limiter.Quota, rows []Row) {
	t.Helper()
	if err := c.Validate(q); err != nil {
		t.Fatal(err)
	}
	l := New(c, q)
	for i, r := range rows {
		now := Epoch.Add(r.At)
		got := l.Next(now, 1).Sub(Epoch)
		if free := got <= r.At; free && r.Next == 0 {
			got = 0
		}
		if got != r.Next {
			t.Fatalf("row %d: Next(%v) = %v, want %v", i, r.At, got, r.Next)
		}
		r.Do(l, now)
	}
}

// Look does nothing: the row only asks.
func Look(limiter.Limiter, time.Time) {}

// Send is a departure that costs 1.
func Send(l limiter.Limiter, now time.Time) { l.Sent(now, 1) }

// Answer ends departure t, which left at sent, of a request created at created.
func Answer(t limiter.Ticket, status int, created, sent time.Duration) Step {
	return func(l limiter.Limiter, now time.Time) {
		l.Done(now, t, limiter.Outcome{Status: status, Created: Epoch.Add(created), Sent: Epoch.Add(sent)})
	}
}

// Lose ends departure t without an answer.
func Lose(t limiter.Ticket) Step {
	return func(l limiter.Limiter, now time.Time) { l.Done(now, t, limiter.Outcome{Err: ErrLost}) }
}

// ErrLost is the error of a departure that ended without an answer.
var ErrLost = errors.New("lost")

// Repeat is the same row n times.
func Repeat(n int, r Row) (rows []Row) {
	for range n {
		rows = append(rows, r)
	}
	return rows
}
