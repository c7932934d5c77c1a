package pace

import (
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"ratebench/clients/limiter"
)

func TestReadOutcome(t *testing.T) {
	const sunday, later = "Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:50:07 GMT"
	for _, c := range []struct {
		name   string
		header []string
		want   limiter.Outcome
	}{
		{"nothing stated", nil, limiter.Outcome{}},
		{"received", []string{"X-Received-At", "1700000000123"}, limiter.Outcome{Received: time.UnixMilli(1700000000123)}},
		{"seconds", []string{"Retry-After", "120"}, limiter.Outcome{RetryAfter: 2 * time.Minute}},
		{"no pause", []string{"Retry-After", "0"}, limiter.Outcome{}},
		{"date, by the clock of the server", []string{"Retry-After", later, "Date", sunday}, limiter.Outcome{RetryAfter: 30 * time.Second}},
		{"date that has passed", []string{"Retry-After", sunday, "Date", later}, limiter.Outcome{}},
		{"RFC 850 date", []string{"Retry-After", "Sunday, 06-Nov-94 08:49:47 GMT", "Date", sunday}, limiter.Outcome{RetryAfter: 10 * time.Second}},
		{"date, by our clock", []string{"Retry-After", "Sat, 01 Jan 2000 00:01:00 GMT"}, limiter.Outcome{RetryAfter: time.Minute}},
		{"budget", []string{"RateLimit-Remaining", "3", "RateLimit-Reset", "2"}, limiter.Outcome{Budget: &limiter.Budget{Remaining: 3, Reset: 2 * time.Second}}},
		{"half a budget", []string{"RateLimit-Remaining", "3"}, limiter.Outcome{}},
		{"the other half", []string{"RateLimit-Reset", "3"}, limiter.Outcome{}},
		{"nonsense", []string{"X-Received-At", "-1", "Retry-After", "soon", "RateLimit-Remaining", "1.5", "RateLimit-Reset", "1s"}, limiter.Outcome{}},
		{"longer than a duration", []string{"Retry-After", "9223372037", "RateLimit-Remaining", "1", "RateLimit-Reset", "9223372037"}, limiter.Outcome{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // whose clock starts with 2000
				c.want.Status = 503
				if got := ReadOutcome(answer(nil, 503, c.header...)); !reflect.DeepEqual(got, c.want) {
					t.Errorf("got %+v, want %+v", got, c.want)
				}
			})
		})
	}
}
