package limiter_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"ratebench/clients/keyedrand"
	. "ratebench/clients/limiter"
	"ratebench/clients/limiter/limitertest"
)

// With as much to send as the limit allows, limiters attain what can be had
// without ever risking a refusal, with 5 keys of 20 a second, each way 0 to 50 ms.
//
// Where requests may overtake, that is 5 · 20 / (W' + E[min(J, in + out) − in]) with
// the times of answers, and 5 · 20 / (W' + E[in]) with the server's time; in order
// of departure it is less.
func TestTheSlotThatIsFreeFirst(t *testing.T) {
	for _, c := range []struct {
		name     string
		config   Config
		anyOrder bool
		want     float64
	}{
		{"ack-clocked", &AckClocked{Latency: 50 * ms}, true, 95.92},
		{"ack-clocked in order of departure", &AckClocked{Latency: 50 * ms}, false, 95.74},
		{"server-time", &ServerTime{Latency: 50 * ms}, true, 97.47},
		{"server-time in order of departure", &ServerTime{Latency: 50 * ms}, false, 97.16},
	} {
		q := reference
		q.AnyOrder = c.anyOrder
		rate, refused := saturate(limitertest.New(c.config, q), q, 40_000)
		t.Logf("%s: %.3f/s over 5 keys", c.name, 5*rate)
		if math.Abs(5*rate-c.want) > 0.1 || refused > 0 {
			t.Errorf("%s: %.3f/s over 5 keys and %d refused, want %v and none", c.name, 5*rate, refused, c.want)
		}
	}
}

// saturate sends requests as early as they may leave, and returns how many per
// second are accepted, and how many a sliding log refuses.
func saturate(l Limiter, q Quota, requests int) (perSecond float64, refused int) {
	type flight struct {
		sent, came, back time.Time
		ticket           Ticket
	}
	var flying []flight // in order of their answers
	var came []time.Time
	now := epoch
	for n := range requests {
		at := later(now, l.Next(now, 1))
		for len(flying) > 0 && !at.Before(flying[0].back) {
			f := flying[0]
			flying = flying[1:]
			now = later(now, f.back)
			l.Done(now, f.ticket, Outcome{Status: 200, Sent: f.sent, Received: f.came})
			at = later(now, l.Next(now, 1))
		}
		now = at
		way := func(k uint64) time.Duration {
			return time.Duration(keyedrand.Uniform(k, uint64(n))*51) * ms // whole milliseconds, 0 to 50
		}
		f := flight{sent: now, came: now.Add(way(1)), ticket: l.Sent(now, 1)}
		f.back = f.came.Add(way(2))
		came = append(came, f.came.Truncate(q.Resolution))
		i, _ := slices.BinarySearchFunc(flying, f, func(a, b flight) int { return a.back.Compare(b.back) })
		flying = slices.Insert(flying, i, f)
	}
	slices.SortFunc(came, time.Time.Compare)
	for i := q.Limit; i < len(came); i++ {
		if came[i].Sub(came[i-q.Limit]) <= q.Window {
			refused++
		}
	}
	return float64(requests) / now.Sub(epoch).Seconds(), refused
}
