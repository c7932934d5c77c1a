package bucket_test

import (
	"testing"
	"time"

	. "ratebench/clients/limiter"
	"ratebench/clients/limiter/limitertest"
)

const ms = time.Millisecond

// epoch is when timelines begin; a whole number of milliseconds.
var epoch = limitertest.Epoch

// threePerSecond is a small quota, so that timelines stay short: W' = 1001 ms.
var threePerSecond = Quota{Limit: 3, Window: time.Second, Resolution: ms}

// A row is one step of a timeline: at the time at, Next must say next; then
// the step happens. All times are since epoch; a next of 0 means "now or
// before".
type row struct {
	at   time.Duration
	next time.Duration
	do   step
}

// A step is what happens to a limiter at one instant.
type step func(l Limiter, now time.Time)

func look(Limiter, time.Time) {}

func send(l Limiter, now time.Time) { l.Sent(now, 1) }

// later returns the later of two instants.
func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

func timeline(t *testing.T, c Config, q Quota, rows []row) {
	t.Helper()
	if err := c.Validate(q); err != nil {
		t.Fatal(err)
	}
	l := limitertest.New(c, q)
	for i, r := range rows {
		now := epoch.Add(r.at)
		got := l.Next(now, 1).Sub(epoch)
		if free := got <= r.at; free && r.next == 0 {
			got = 0
		}
		if got != r.next {
			t.Fatalf("row %d: Next(%v) = %v, want %v", i, r.at, got, r.next)
		}
		r.do(l, now)
	}
}

var reference = Quota{Limit: 20, Window: time.Second, Resolution: ms}

// repeat is the same row n times.
func repeat(n int, r row) (rows []row) {
	for range n {
		rows = append(rows, r)
	}
	return rows
}
