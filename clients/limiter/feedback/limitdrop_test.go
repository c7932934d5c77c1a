package feedback_test

import (
	"slices"
	"testing"
	"time"

	"ratebench/clients/keyedrand"
	. "ratebench/clients/limiter"
	. "ratebench/clients/limiter/feedback"
	"ratebench/clients/limiter/limitertest"
)

// A dropping server allows 20 a second, 10 from 30 s on and 20 again from 60 s
// on, and bans after ten refusals.
type dropping struct {
	headers  bool
	accepted []time.Time
	refused  int
}

func limitAt(at time.Duration) int {
	if at >= 30*time.Second && at < 60*time.Second {
		return 10
	}
	return 20
}

// arrive answers a request that comes at that time.
func (d *dropping) arrive(at time.Duration) Outcome {
	now := epoch.Add(at).Truncate(ms)
	n := limitAt(at)
	in := 0
	for i := len(d.accepted) - 1; i >= 0 && now.Sub(d.accepted[i]) <= time.Second; i-- {
		in++
	}
	o := Outcome{Status: 200, Budgets: []Budget{{Limit: int64(n), Remaining: int64(max(0, n-in-1)), Reset: time.Second}}}
	if in >= n {
		d.refused++
		o.Status, o.RetryAfter = 429, time.Second
	} else {
		d.accepted = append(d.accepted, now)
	}
	if !d.headers {
		o.Budgets, o.RetryAfter = nil, 0
	}
	return o
}

// meet lets a limiter send as much as it allows for 90 s, and returns how many
// are accepted in each 30 s.
func (d *dropping) meet(l Limiter) (accepted [3]int) {
	type flight struct {
		sent, came, back time.Duration
		ticket           Ticket
		answered         bool
		o                Outcome
	}
	var flying []*flight
	now := time.Duration(0)
	for n := uint64(0); now < 90*time.Second; n++ {
		for {
			at := max(now, l.Next(epoch.Add(now), 1).Sub(epoch))
			i := slices.IndexFunc(flying, func(f *flight) bool {
				return !slices.ContainsFunc(flying, func(g *flight) bool { return due(g.answered, g.came, g.back) < due(f.answered, f.came, f.back) })
			})
			if i < 0 || due(flying[i].answered, flying[i].came, flying[i].back) > at {
				now = at
				break
			}
			f := flying[i]
			if !f.answered {
				f.o, f.answered = d.arrive(f.came), true
				continue
			}
			now = max(now, f.back)
			f.o.Sent = epoch.Add(f.sent)
			l.Done(epoch.Add(now), f.ticket, f.o)
			flying = slices.Delete(flying, i, i+1)
		}
		if now >= 90*time.Second {
			break
		}
		way := func(k uint64) time.Duration { return time.Duration(keyedrand.Uniform(k, n)*51) * ms }
		f := &flight{sent: now, came: now + way(1), ticket: l.Sent(epoch.Add(now), 1)}
		f.back = f.came + way(2)
		flying = append(flying, f)
	}
	for _, at := range d.accepted {
		accepted[min(2, at.Sub(epoch)/(30*time.Second))]++
	}
	return accepted
}

func due(answered bool, came, back time.Duration) time.Duration {
	if answered {
		return back
	}
	return came
}

// Who is told the limit finds by itself that it has come down, and that it is
// what it was again: at least 95 % of what can be had without risking a refusal
// in each phase, and no key lost. The ceilings are N / (W' + E[min(J, in + out)]).
func TestHeadersOnALimitThatDrops(t *testing.T) {
	const mean = 1.001 + 0.0416
	d := &dropping{headers: true}
	got := d.meet(limitertest.New(&Headers{Latency: 50 * ms}, reference))
	t.Logf("%v accepted, %d refused", got, d.refused)
	for i, n := range []float64{20, 10, 20} {
		if least := 0.95 * 30 * n / mean; float64(got[i]) < least {
			t.Errorf("phase %d: %d accepted, want %.0f at least", i, got[i], least)
		}
	}
	if d.refused > 4 {
		t.Errorf("%d are refused", d.refused)
	}
}

// Who is told nothing learns it from refusals, fewer than ban the key.
func TestLearnOnALimitThatDrops(t *testing.T) {
	for _, start := range []int{0, 1} {
		d := &dropping{}
		got := d.meet(limitertest.New(&Learn{Latency: 50 * ms, Start: start, Spend: 9, Retry: 5 * time.Second}, reference))
		t.Logf("from %d: %v accepted, %d refused", start, got, d.refused)
		if d.refused > 9 {
			t.Errorf("%d are refused", d.refused)
		}
		for i, least := range []int{520, 270, 270} { // whether it notices that there is more depends on what is left to spend
			if got[i] < least {
				t.Errorf("from %d, phase %d: %d accepted, want %d at least", start, i, got[i], least)
			}
		}
	}
}

// When others use what is left, and the server says so, there is that much less,
// until it is out of the window.
func TestHeadersLeaveOthersWhatTheyUse(t *testing.T) {
	q := Quota{Limit: 10, Window: time.Second, Resolution: ms, Drift: 1000}
	l := limitertest.New(&Headers{Latency: 50 * ms}, q)
	states := func(at time.Duration, k Ticket, sent time.Duration, limit, remaining int64) {
		l.Done(epoch.Add(at), k, Outcome{Status: 200, Sent: epoch.Add(sent), Budgets: []Budget{{Limit: limit, Remaining: remaining, Reset: time.Second}}})
	}
	wantAt := func(what string, now time.Duration, cost int64, want time.Duration) {
		t.Helper()
		got := max(now, l.Next(epoch.Add(now), cost).Sub(epoch))
		if got != want {
			t.Errorf("%s: a cost of %d may leave at %v, want %v", what, cost, got, want)
		}
	}
	k := l.Sent(epoch, 2)
	wantAt("before any answer", 0, 8, 0)
	states(20*ms, k, 0, 10, 3) // 7 have been used, 2 of them ours
	wantAt("5 are somebody else's", 20*ms, 3, 20*ms)
	wantAt("5 are somebody else's", 20*ms, 4, 1022_001*us) // 20 + 1002.001
	k = l.Sent(epoch.Add(30*ms), 1)
	states(50*ms, k, 30*ms, 10, 2)
	wantAt("nothing new", 50*ms, 2, 50*ms)
	k = l.Sent(epoch.Add(1500*ms), 1)
	states(1520*ms, k, 1500*ms, 4, 3)
	wantAt("the limit has come down", 1520*ms, 3, 1520*ms)
	wantAt("the limit has come down", 1520*ms, 4, 2522_001*us)
	wantAt("the limit has come down", 1520*ms, 5, Impossible.Sub(epoch))
	k = l.Sent(epoch.Add(1600*ms), 1)
	states(1620*ms, k, 1600*ms, 100, 60) // 38 of others leave us our 10
	wantAt("more than the quota", 1620*ms, 8, 1620*ms)
	wantAt("more than the quota", 1620*ms, 9, 2522_001*us)
	k = l.Sent(epoch.Add(1700*ms), 1)
	l.Done(epoch.Add(1720*ms), k, Outcome{Status: 429, Sent: epoch.Add(1700 * ms), RetryAfter: 2 * time.Second})
	wantAt("told to wait", 1720*ms, 1, 3720*ms)
}

const us = time.Microsecond

func TestLearnTimeline(t *testing.T) {
	c := &Learn{Start: 2, Spend: 6, Retry: 10 * time.Second}
	never := Never.Sub(epoch)
	// W' = 1001 ms + 200 ppm = 1001.2002 ms; answers free slots.
	timeline(t, c, Quota{Limit: 4, Window: time.Second, Resolution: ms}, []row{
		{0, 0, send}, // 0 and 1, the level
		{0, 0, send},
		{0, 0, send}, // 2, a probe of 3
		{10 * ms, never, answer(0, 200, 0, 0)},
		{20 * ms, never, answer(1, 200, 0, 0)},        // two have to be out of the window, of three
		{30 * ms, 1021_200_200, answer(2, 200, 0, 0)}, // it passes: level 3
		{40 * ms, 0, send},                            // 3, a probe of 4
		{50 * ms, 1021_200_200, answer(3, 429, 0, 0)}, // refused: top is 3, and it does not count
		{60 * ms, 1011_200_200, look},                 // 10 + 1001.2002
		{1100 * ms, 0, send},                          // 4 to 6
		{1100 * ms, 0, send},
		{1100 * ms, 0, send},
		{1110 * ms, 10_050 * ms, answer(4, 429, 0, 0)}, // a probe beyond the top may leave 10 s after the last; raised lately: level 2
		{1120 * ms, 21_110 * ms, answer(5, 429, 0, 0)}, // and twice as long after this one; left before
		{1130 * ms, 0, answer(6, 200, 0, 0)},           // neither counts
		{1140 * ms, 0, send},                           // 7
		{1140 * ms, 2131_200_200, lose(7)},             // 1130 + 1001.2002
		{3000 * ms, 0, send},                           // 8 and 9
		{3000 * ms, 0, send},
		{3010 * ms, never, answer(8, 200, 0, 0)}, // no probe beyond the top: half of the refusals are spent
		{3010 * ms, 4011_200_200, answer(9, 200, 0, 0)},
		{3010 * ms, 4011_200_200, look},
	})
}

func TestATBTimeline(t *testing.T) {
	c := &ATB{Burst: 2, First: 2, Second: 1.5, Min: 0.1}
	l := limitertest.New(c, Quota{Limit: 10, Window: time.Second})
	at := func(now, want time.Duration) {
		t.Helper()
		if got := max(now, l.Next(epoch.Add(now), 1).Sub(epoch)); got != want {
			t.Errorf("at %v the next may leave at %v, want %v", now, got, want)
		}
	}
	l.Sent(epoch, 1)
	at(0, 100*ms)
	l.Done(epoch, 0, Outcome{Status: 200}) // at the refused rate: 10 · 1.5
	at(0, 66_666_667)
	l.Sent(epoch.Add(100*ms), 1)                       // 1.5 − 1 tokens
	l.Done(epoch.Add(100*ms), 1, Outcome{Status: 429}) // 7.5/s, no tokens
	at(100*ms, 233_333_334)                            // 1/7.5 s
	l.Done(epoch.Add(100*ms), 2, Outcome{Status: 200}) // below 15: 7.5 · 2
	at(100*ms, 166_666_667)
	l.Done(epoch.Add(100*ms), 3, Outcome{Status: 503}) // 7.5
	at(100*ms, 233_333_334)
	l.Done(epoch.Add(100*ms), 4, Outcome{Status: 404}) // says nothing
	at(5*time.Second, 5*time.Second)
	l.Sent(epoch.Add(5*time.Second), 1) // holds 2
	l.Sent(epoch.Add(5*time.Second), 1)
	at(5*time.Second, 5133_333_334)
}

// A server that takes 10 a second of 100 attempts refuses about as many with K = 2;
// where it takes all, none is turned away.
func TestSRESendsTwiceWhatIsAccepted(t *testing.T) {
	for _, c := range []struct{ capacity, least, most int }{{10, 18, 23}, {1000, 95, 101}} {
		l := limitertest.New(&SRE{K: 2, Over: time.Minute, Every: 10 * ms}, reference)
		sent, accepted, now := 0, 0, epoch
		const seconds = 600
		for end := now.Add(seconds * time.Second); ; now = now.Add(10 * ms) {
			if now = later(now, l.Next(now, 1)); !now.Before(end) {
				break
			}
			status := 429
			if accepted < c.capacity*int(now.Sub(epoch)/time.Second+1) {
				status = 200
				accepted++
			}
			sent++
			l.Done(now, l.Sent(now, 1), Outcome{Status: status})
		}
		if sent < c.least*seconds || sent > c.most*seconds || accepted < min(c.capacity, c.least)*seconds*9/10 {
			t.Errorf("capacity %d: %d sent and %d accepted in %d s", c.capacity, sent, accepted, seconds)
		}
	}
}
