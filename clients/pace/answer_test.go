package pace

import (
	"math"
	"reflect"
	"strings"
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
		{"budget", []string{"RateLimit-Remaining", "3", "RateLimit-Reset", "2"}, limiter.Outcome{Budgets: []limiter.Budget{{Remaining: 3, Reset: 2 * time.Second}}}},
		{"half a budget", []string{"RateLimit-Remaining", "3"}, limiter.Outcome{}},
		{"the other half", []string{"RateLimit-Reset", "3"}, limiter.Outcome{}},
		{"fractions", []string{"Retry-After", "1.5", "RateLimit-Remaining", "59.0", "RateLimit-Reset", "0.25"}, limiter.Outcome{
			RetryAfter: 1500 * ms, Budgets: []limiter.Budget{{Remaining: 59, Reset: 250 * ms}}}},
		{"a fraction of a nanosecond is one", []string{"Retry-After", "0.0000000001"}, limiter.Outcome{RetryAfter: 1}},
		{"blanks", []string{"Retry-After", " 7 "}, limiter.Outcome{RetryAfter: 7 * time.Second}},
		{"the longest time that is none since 1970", []string{"Retry-After", "999999999"}, limiter.Outcome{RetryAfter: 365 * 24 * time.Hour}},
		{"a long time", []string{"Retry-After", "31535999"}, limiter.Outcome{RetryAfter: 365*24*time.Hour - time.Second}},
		{"seconds since 1970", []string{"Retry-After", "999999999", "RateLimit-Remaining", "0", "RateLimit-Reset", "1000000000", "Date", "Sun, 09 Sep 2001 01:46:30 GMT"}, limiter.Outcome{
			RetryAfter: 365 * 24 * time.Hour, Budgets: []limiter.Budget{{Reset: 10 * time.Second}}}}, // 2001-09-09 01:46:40
		{"seconds since 1970, with a fraction", []string{"Retry-After", "1000000000.5", "Date", "Sun, 09 Sep 2001 01:46:30 GMT"}, limiter.Outcome{RetryAfter: 10500 * ms}},
		{"milliseconds since 1970", []string{"Retry-After", "1000000000500", "Date", "Sun, 09 Sep 2001 01:46:30 GMT"}, limiter.Outcome{RetryAfter: 10500 * ms}},
		{"microseconds since 1970", []string{"Retry-After", "1000000000500000", "Date", "Sun, 09 Sep 2001 01:46:30 GMT"}, limiter.Outcome{RetryAfter: 10500 * ms}},
		{"nanoseconds since 1970", []string{"Retry-After", "1000000000500000000", "Date", "Sun, 09 Sep 2001 01:46:30 GMT"}, limiter.Outcome{RetryAfter: 10500 * ms}},
		{"an instant that has passed", []string{"Retry-After", "1000000000", "Date", "Sun, 09 Sep 2001 01:46:50 GMT"}, limiter.Outcome{}},
		{"beyond 31 bits", []string{"Retry-After", "4294967296", "RateLimit-Remaining", "4294967296", "RateLimit-Reset", "1"}, limiter.Outcome{
			RetryAfter: 365 * 24 * time.Hour, Budgets: []limiter.Budget{{Remaining: math.MaxInt32, Reset: time.Second}}}},
		{"beyond everything", []string{"Retry-After", strings.Repeat("9", 300), "RateLimit-Remaining", "1", "RateLimit-Reset", strings.Repeat("9", 400)}, limiter.Outcome{RetryAfter: 365 * 24 * time.Hour}},
		{"date far away", []string{"Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT", "Date", sunday}, limiter.Outcome{RetryAfter: 365 * 24 * time.Hour}},
		{"nonsense", []string{"X-Received-At", "-1", "Retry-After", "soon", "RateLimit-Remaining", "1,5", "RateLimit-Reset", "1s"}, limiter.Outcome{}},
		{"numbers that are none", []string{"Retry-After", "NaN", "RateLimit-Remaining", "1", "RateLimit-Reset", "Inf"}, limiter.Outcome{}},
		{"negative", []string{"Retry-After", "-1", "RateLimit-Remaining", "-1", "RateLimit-Reset", "-1"}, limiter.Outcome{}},
		{"not decimal", []string{"Retry-After", "0x10", "RateLimit-Remaining", "1e3", "RateLimit-Reset", "1_0"}, limiter.Outcome{}},
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

// Whatever a server sends, the times read from it are sane.
func FuzzReadOutcome(f *testing.F) {
	for _, s := range []string{"", "1", "1.5", "1e9", "1000000000", "Sun, 06 Nov 1994 08:49:37 GMT", ".", "99999999999999999999", "-1"} {
		f.Add(s, s, s, s)
	}
	f.Fuzz(func(t *testing.T, retry, remaining, reset, date string) {
		const year = 365 * 24 * time.Hour
		o := ReadOutcome(answer(nil, 503, "Retry-After", retry, "RateLimit-Remaining", remaining, "RateLimit-Reset", reset, "Date", date, "X-Received-At", reset))
		if o.RetryAfter < 0 || o.RetryAfter > year {
			t.Errorf("Retry-After %q is %v", retry, o.RetryAfter)
		}
		for _, b := range o.Budgets {
			if b.Remaining < 0 || b.Reset < 0 || b.Reset > year {
				t.Errorf("budget %q, %q is %+v", remaining, reset, b)
			}
		}
	})
}
