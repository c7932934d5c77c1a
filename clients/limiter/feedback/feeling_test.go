package feedback_test

import (
	"testing"
	"time"

	. "ratebench/clients/limiter"
	"ratebench/clients/limiter/limitertest"
)

// Limiters that feel their way by being refused do so at the pace of the quota,
// however slow it is: with more asked for than there is, they get most of it, and
// few of their requests are refused.
func TestFeelingTheWayScalesWithTheQuota(t *testing.T) {
	for name, c := range map[string]Config{"aimd": everyKind()["aimd"], "cubic": everyKind()["cubic"]} {
		for _, q := range []Quota{
			{Limit: 20, Window: time.Second}, {Limit: 100, Window: time.Minute}, {Limit: 100, Window: time.Hour}, {Limit: 10, Window: 24 * time.Hour},
		} {
			const windows = 200
			ok, refused := meetServer(limitertest.New(c, q), q, windows)
			granted := q.Limit * windows
			t.Logf("%s at %d/%v: %d of %d, %d refused", name, q.Limit, q.Window, ok, granted, refused)
			if ok < granted*6/10 {
				t.Errorf("%s at %d/%v gets %d of %d", name, q.Limit, q.Window, ok, granted)
			}
			if refused > granted/4 {
				t.Errorf("%s at %d/%v is refused %d times, beside %d good answers", name, q.Limit, q.Window, refused, ok)
			}
		}
	}
}

// meetServer lets a limiter loose on a sliding window of the quota, one request
// in flight, whose answer takes a thousandth of the window.
func meetServer(l Limiter, q Quota, windows int) (ok, refused int) {
	now := epoch
	var accepted []time.Time
	for end := epoch.Add(time.Duration(windows) * q.Window); now.Before(end); {
		now = later(now, l.Next(now, 1))
		k := l.Sent(now, 1)
		status := 429
		if n := len(accepted); n < q.Limit || now.Sub(accepted[n-q.Limit]) > q.Window {
			accepted = append(accepted, now)
			status = 200
			ok++
		} else {
			refused++
		}
		sent := now
		now = now.Add(q.Window / 1000)
		l.Done(now, k, Outcome{Status: status, Sent: sent, Created: sent})
	}
	return ok, refused
}
