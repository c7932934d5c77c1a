package pace

import (
	"context"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ratebench/clients/dialect"
	"ratebench/clients/limiter"
)

// What is read of answers is tested in clients/dialect: this is that it gets here.
func TestReadOutcome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // whose clock starts with 2000
		for _, c := range []struct {
			name   string
			header []string
			want   limiter.Outcome
		}{
			{"nothing stated", nil, limiter.Outcome{}},
			{"date, by our clock", []string{"Retry-After", "Sat, 01 Jan 2000 00:01:00 GMT"}, limiter.Outcome{Refused: true, RetryAfter: time.Minute}},
			{"budget", []string{"RateLimit-Remaining", "3", "RateLimit-Reset", "2"}, limiter.Outcome{Budgets: []limiter.Budget{{Remaining: 3, Reset: 2 * time.Second}}}},
		} {
			c.want.Status = 503
			if got := ReadOutcome(answer(nil, 503, c.header...)); !reflect.DeepEqual(got, c.want) {
				t.Errorf("%s: got %+v, want %+v", c.name, got, c.want)
			}
		}
	})
}

// A transport that looks into bodies tells its limiter of a refusal by a 200, and
// its caller gets all of the body.
func TestTransportReadsBodies(t *testing.T) {
	const body = `{"error":["EAPI:Rate limit exceeded"]}`
	synctest.Test(t, func(t *testing.T) {
		l := audit(evenly(10 * ms))
		tr := &Transport{
			NewLimiter: func(string) (limiter.Limiter, error) { return l, nil },
			Base: trip(func(r *http.Request) (*http.Response, error) {
				resp := answer(r, 200)
				resp.Body = io.NopCloser(strings.NewReader(body))
				return resp, nil
			}),
			Reader: &dialect.Reader{Bodies: true},
		}
		req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "http://x/", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := tr.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		if all, err := io.ReadAll(resp.Body); err != nil || string(all) != body {
			t.Errorf("body %q, %v; want %q", all, err, body)
		}
		if told := l.ended[0]; len(told) != 1 || !told[0].Limited() || told[0].OK() {
			t.Errorf("the limiter was told %+v, want a refusal", told)
		}
	})
}

// An answer that says nothing of limits costs no allocation.
func TestReadOutcomeDoesNotAllocate(t *testing.T) {
	resp := answer(nil, 200, "Date", "Thu, 26 Nov 2026 12:00:00 GMT", "Content-Type", "application/json")
	if n := testing.AllocsPerRun(100, func() { ReadOutcome(resp) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
