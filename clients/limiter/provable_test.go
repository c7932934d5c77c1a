package limiter_test

import (
	"testing"
	"time"

	. "ratebench/clients/limiter"
)

// oneSlot shows the use of a slot without nineteen others: W' = 1001 ms.
var oneSlot = Quota{Limit: 1, Window: time.Second, Resolution: ms}

func TestPacedTimeline(t *testing.T) {
	timeline(t, &Paced{Spread: 50 * ms}, threePerSecond, []row{
		{0, 0, send},
		{0, 350333334, look}, // (1001 + 50) / 3 = 350.333…, rounded up
		{400 * ms, 0, send},
		{400 * ms, 750333334, look}, // nothing is saved up
	})
}

func TestAckClockedTimeline(t *testing.T) {
	timeline(t, &AckClocked{Latency: 50 * ms}, oneSlot, []row{
		{0, 0, send},
		{10 * ms, 1051 * ms, look},                 // at 50 it has arrived for certain: 50 + 1001
		{30 * ms, 1051 * ms, answer(0, 429, 0, 0)}, // answered, however: 30 + 1001
		{31 * ms, 1031 * ms, look},
		{1031 * ms, 0, send},
		{1090 * ms, 2082 * ms, answer(1, 200, 0, 0)}, // 1031 + 50 + 1001; the answer is later than that
		{1100 * ms, 2082 * ms, look},
	})
}

func TestAckClockedWithoutLatencyWaitsForTheAnswer(t *testing.T) {
	never := Never.Sub(epoch)
	timeline(t, &AckClocked{Shortest: 20 * ms}, Quota{Limit: 2, Window: time.Second, Resolution: ms}, []row{
		{0, 0, send},
		{5 * ms, 0, send},
		{10 * ms, never, look},
		{40 * ms, never, answer(1, 200, 0, 0)}, // not the one whose slot is next
		{60 * ms, never, answer(0, 200, 0, 0)}, // this one: 60 + 1001 − 20
		{60 * ms, 1041 * ms, look},
		{1041 * ms, 0, send},
		{1041 * ms, 0, look}, // the slot of the other: 40 + 1001 − 20 = 1021, long free
	})
}

// An answer to a departure whose slot has been taken over changes nothing.
func TestAckClockedIgnoresAnswersThatComeTooLate(t *testing.T) {
	timeline(t, &AckClocked{Latency: 50 * ms}, oneSlot, []row{
		{0, 0, send},
		{1051 * ms, 0, send},
		{1060 * ms, 2102 * ms, answer(0, 200, 0, 0)}, // 1051 + 50 + 1001
		{1061 * ms, 2102 * ms, look},
	})
}

// received ends departure t, which the server says it received at the given
// time by its own clock.
func received(t Ticket, at time.Duration) step {
	return func(l Limiter, now time.Time) {
		l.Done(now, t, Outcome{Status: 200, Received: epoch.Add(at)})
	}
}

func TestServerTimeTimeline(t *testing.T) {
	const ahead = 10 * time.Second // the server's clock is that much ahead
	timeline(t, &ServerTime{Latency: 50 * ms}, oneSlot, []row{
		{0, 0, send},
		{0, 1051 * ms, look}, // nothing known: 0 + 50 + 1001
		// It arrived at 20 and the answer took 30 back: the offset is at
		// least 10020 − 50 = 9970, so that it arrived at 50 at the latest.
		{50 * ms, 1051 * ms, received(0, ahead+20*ms)},
		{50 * ms, 1051 * ms, look},
		{1051 * ms, 0, send},
		// It arrived at 1060 and the answer took 5 back: the offset is at
		// least 11060 − 1065 = 9995, so that it arrived at 1065 at the latest.
		{1065 * ms, 2102 * ms, received(1, ahead+1060*ms)},
		{1065 * ms, 2066 * ms, look}, // 1065 + 1001
		{2066 * ms, 0, send},
		// It arrived at 2070 and the answer took 40 back: the bound of the
		// offset stays, and it arrived at 12070 − 9995 = 2075 at the latest.
		{2110 * ms, 3117 * ms, received(2, ahead+2070*ms)},
		{2110 * ms, 3076 * ms, look}, // 2075 + 1001
	})
}

func TestJitterTimeline(t *testing.T) {
	roundTrip := func(k Ticket, d time.Duration) step {
		return func(l Limiter, now time.Time) { l.Done(now, k, Outcome{Status: 200, Sent: now.Add(-d)}) }
	}
	timeline(t, &Jitter{Start: 40 * ms, Fraction: 1, Samples: 2}, oneSlot, []row{
		{0, 0, send},
		{50 * ms, 1041 * ms, roundTrip(0, 400*ms)},
		{50 * ms, 1041 * ms, roundTrip(0, 412*ms)}, // one round trip has no spread
		{50 * ms, 1013 * ms, roundTrip(0, 405*ms)}, // 412 − 400 = 12, however far away
		{50 * ms, 1013 * ms, roundTrip(0, 407*ms)}, // that block still counts
		{50 * ms, 1003 * ms, roundTrip(0, 406*ms)}, // the next is full, 405 and 407: it is forgotten
		{50 * ms, 1003 * ms, look},
	})
}

func TestHeaderTimeline(t *testing.T) {
	never := Never.Sub(epoch)
	says := func(k Ticket, remaining int, reset, retryAfter time.Duration) step {
		return func(l Limiter, now time.Time) {
			l.Done(now, k, Outcome{Status: 200, Budget: &Budget{remaining, reset}, RetryAfter: retryAfter})
		}
	}
	timeline(t, &Header{}, oneSlot, []row{
		{0, 0, send},
		{10 * ms, never, says(0, 2, time.Second, 0)}, // nothing known: one at a time
		{20 * ms, 0, send},
		{20 * ms, 0, send},
		{30 * ms, 1010 * ms, says(1, 1, time.Second, 0)}, // one of the budget of 1 is on its way
		{30 * ms, 1030 * ms, says(2, 0, time.Second, 2*time.Second)},
		{30 * ms, 2030 * ms, look}, // retry after 2 s
		{2030 * ms, 0, send},
		{2030 * ms, never, look}, // the answer will tell
	})
}

func TestGuardsInFlight(t *testing.T) {
	l := Guards{InFlight: 2}.Guard((&Window{}).New(Quota{Limit: 100, Window: time.Second}))
	l.Sent(epoch)
	k := l.Sent(epoch)
	if got := l.Next(epoch); got != Never {
		t.Errorf("two under way, and the next may leave at %v", got)
	}
	l.Done(epoch, k, Outcome{Err: errLost})
	if got := l.Next(epoch); got.After(epoch) {
		t.Errorf("one under way, and the next has to wait until %v", got)
	}
}

func TestGuardsOrder(t *testing.T) {
	plenty := Quota{Limit: 100, Window: time.Second}
	known := Guards{Order: true, Latency: 50 * ms}.Guard((&Window{}).New(plenty))
	first := known.Sent(epoch)
	if got := known.Next(epoch).Sub(epoch); got != 50*ms+1 {
		t.Errorf("the next may leave after %v, want just after 50ms", got)
	}
	known.Done(epoch.Add(20*ms), first, Outcome{Status: 200})
	if got := known.Next(epoch.Add(20 * ms)).Sub(epoch); got != 20*ms {
		t.Errorf("after the answer the next may leave at %v, want 20ms", got)
	}

	blind := Guards{Order: true}.Guard((&Window{}).New(plenty))
	a := blind.Sent(epoch)
	if got := blind.Next(epoch); got != Never {
		t.Errorf("latency unknown, unanswered, and the next may leave at %v", got)
	}
	blind.Done(epoch.Add(30*ms), a, Outcome{Status: 200})
	b := blind.Sent(epoch.Add(30 * ms))
	blind.Done(epoch.Add(31*ms), a, Outcome{Status: 200}) // not the last one
	if got := blind.Next(epoch.Add(31 * ms)); got != Never {
		t.Errorf("an older answer let the next leave at %v", got)
	}
	blind.Done(epoch.Add(35*ms), b, Outcome{Status: 200})
	if got := blind.Next(epoch.Add(35 * ms)).Sub(epoch); got != 35*ms {
		t.Errorf("the next may leave at %v, want 35ms", got)
	}
}

func TestGuardsPenalty(t *testing.T) {
	l := Guards{Penalty: time.Second}.Guard((&Window{}).New(Quota{Limit: 100, Window: time.Second}))
	a, b, c := l.Sent(epoch), l.Sent(epoch), l.Sent(epoch)
	l.Done(epoch, a, Outcome{Status: 400})
	if got := l.Next(epoch); got.After(epoch) {
		t.Errorf("a 400 is no reason to wait until %v", got)
	}
	l.Done(epoch, b, Outcome{Status: 429, RetryAfter: 3 * time.Second})
	l.Done(epoch.Add(ms), c, Outcome{Status: 429})
	if got := l.Next(epoch).Sub(epoch); got != 3*time.Second {
		t.Errorf("the next may leave after %v, want the longest pause, 3s", got)
	}
}

func TestNoGuardsNoWrapper(t *testing.T) {
	l := (&Window{}).New(oneSlot)
	if (Guards{}).Guard(l) != l {
		t.Error("guards that hold nothing back are in the way")
	}
}

func TestProvableConfigsNameTheField(t *testing.T) {
	for want, c := range map[string]Config{
		"spread is -1ms, want 0 or more":                  &Paced{Spread: -ms},
		"latency is -1ms, want 0 or more":                 &AckClocked{Latency: -ms},
		"shortest is 60ms, want 0 to the longest latency": &ServerTime{Latency: 50 * ms, Shortest: 60 * ms},
		"start is -1ms, want 0 or more":                   &Jitter{Start: -ms, Fraction: 1, Samples: 2},
		"fraction is 0, want more than 0 and at most 10":  &Jitter{Samples: 2},
		"samples is 1, want 2 to 1000000":                 &Jitter{Fraction: 1, Samples: 1},
	} {
		if err := c.Validate(oneSlot); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
