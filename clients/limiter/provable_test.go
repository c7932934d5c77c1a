package limiter_test

import (
	"testing"
	"time"

	. "ratebench/clients/limiter"
	"ratebench/clients/limiter/limitertest"
)

// us counts nanoseconds that are not whole milliseconds.
const us = time.Microsecond

// oneSlot shows the use of a slot without nineteen others. The client's clock
// may be off by 1000 ppm: W' = 1001 ms + 1001 us = 1002.001 ms, and 50 ms become
// 50.05.
var oneSlot = Quota{Limit: 1, Window: time.Second, Resolution: ms, Drift: 1000}

func TestPacedTimeline(t *testing.T) {
	timeline(t, &Paced{Spread: 50 * ms}, Quota{Limit: 3, Window: time.Second, Resolution: ms, Drift: 1000}, []row{
		{0, 0, send},
		{0, 350_683_667, look}, // (1002.001 + 50.05) / 3 = 350.68366…, rounded up
		{400 * ms, 0, send},
		{400 * ms, 750_683_667, look}, // nothing is saved up
	})
}

func delay(t Ticket) step {
	return func(l Limiter, _ time.Time) { l.(Delayable).Delay(t) }
}

func left(t Ticket) step {
	return func(l Limiter, now time.Time) { l.(Delayable).Left(now, t) }
}

func TestPacedCountsFromWhenARequestHasLeft(t *testing.T) {
	never := Never.Sub(epoch)
	timeline(t, &Paced{Spread: 50 * ms}, Quota{Limit: 2, Window: time.Second, Resolution: ms, Drift: 1000}, []row{
		{0, 0, send},
		{0, 526_025_500, delay(0)},      // (1002.001 + 50.05) / 2
		{600 * ms, 0, send},             // the one before it is of no concern
		{700 * ms, never, left(0)},      // the one two before the next is
		{700 * ms, 1752_051 * us, look}, // 700 + 1002.001 + 50.05
	})
}

func TestAckClockedTimeline(t *testing.T) {
	timeline(t, &AckClocked{Latency: 50 * ms}, oneSlot, []row{
		{0, 0, send},
		{10 * ms, 1052_051 * us, look},                 // it has arrived for certain at 50.05; + 1002.001
		{30 * ms, 1052_051 * us, answer(0, 429, 0, 0)}, // answered, however: 30 + 1002.001
		{31 * ms, 1032_001 * us, look},
		{1040 * ms, 0, send},
		{1099 * ms, 2092_051 * us, answer(1, 200, 0, 0)}, // 1040 + 50.05 + 1002.001; the answer is later than that
		{1100 * ms, 2092_051 * us, look},
	})
}

func TestAckClockedWithoutLatencyWaitsForTheAnswer(t *testing.T) {
	never := Never.Sub(epoch)
	timeline(t, &AckClocked{Shortest: 20 * ms}, Quota{Limit: 2, Window: time.Second, Resolution: ms, Drift: 1000}, []row{
		{0, 0, send},
		{5 * ms, 0, send},
		{10 * ms, never, look},
		{40 * ms, never, answer(1, 200, 0, 0)}, // not the one whose slot is next
		{60 * ms, never, answer(0, 200, 0, 0)}, // this one: 60 + 1002.001 − (20 − 0.02)
		{60 * ms, 1042_021 * us, look},
		{1050 * ms, 0, send},
		{1050 * ms, 0, look}, // the slot of the other: 40 + 982.021 = 1022.021, long free
	})
}

// One that was given up may still be on its way where J is known, and is taken
// for counted where it is not.
func TestAckClockedLearnsNothingFromARequestThatIsGivenUp(t *testing.T) {
	timeline(t, &AckClocked{Latency: 50 * ms}, oneSlot, []row{
		{0, 0, send},
		{10 * ms, 1052_051 * us, lose(0)},
		{10 * ms, 1052_051 * us, look},
	})
	timeline(t, &AckClocked{}, oneSlot, []row{
		{0, 0, send},
		{10 * ms, Never.Sub(epoch), lose(0)},
		{10 * ms, 1012_001 * us, look}, // 10 + 1002.001
	})
}

// An answer to a departure whose slot has been taken over changes nothing.
func TestAckClockedIgnoresAnswersThatComeTooLate(t *testing.T) {
	timeline(t, &AckClocked{Latency: 50 * ms}, oneSlot, []row{
		{0, 0, send},
		{1060 * ms, 0, send},
		{1070 * ms, 2112_051 * us, answer(0, 200, 0, 0)}, // 1060 + 50.05 + 1002.001
		{1071 * ms, 2112_051 * us, look},
	})
}

func TestAckClockedCountsFromWhenARequestHasLeft(t *testing.T) {
	never := Never.Sub(epoch)
	timeline(t, &AckClocked{Latency: 50 * ms}, oneSlot, []row{
		{0, 0, send},
		{0, 1052_051 * us, delay(0)},
		{300 * ms, never, left(0)},
		{300 * ms, 1352_051 * us, left(0)}, // 300 + 50.05 + 1002.001
		{310 * ms, 1352_051 * us, left(0)}, // written again
		{320 * ms, 1362_051 * us, answer(0, 200, 0, 0)},
		{320 * ms, 1322_001 * us, look}, // 320 + 1002.001
		{1400 * ms, 0, send},
		{1400 * ms, 2452_051 * us, delay(0)}, // whose slot has been taken over
		{1400 * ms, 2452_051 * us, left(0)},
		{1400 * ms, 2452_051 * us, look},
	})
}

// received ends departure t, which left at sent by the client's clock and, as
// the server says, came at the given time by the server's.
func received(t Ticket, sent, at time.Duration) step {
	return func(l Limiter, now time.Time) {
		l.Done(now, t, Outcome{Status: 200, Sent: epoch.Add(sent), Received: epoch.Add(at)})
	}
}

func TestServerTimeTimeline(t *testing.T) {
	const ahead = 10 * time.Second // the server's clock is that much ahead
	timeline(t, &ServerTime{Latency: 50 * ms}, oneSlot, []row{
		{0, 0, send},
		{0, 1052_051 * us, look}, // nothing known: 0 + 50.05 + 1002.001
		// It arrived at 20 and the answer took 30 back: the offset is at
		// least 10020 − 50 = 9970, so that it arrived at 50 at the latest.
		{50 * ms, 1052_051 * us, received(0, 0, ahead+20*ms)},
		{50 * ms, 1052_001 * us, look}, // 50 + 1002.001
		{1060 * ms, 0, send},
		// It arrived at 1069 and the answer took 5 back: the offset is at
		// least 11069 − 1074 = 9995, so that it arrived at 1074 at the latest.
		{1074 * ms, 2112_051 * us, received(1, 1060*ms, ahead+1069*ms)},
		{1074 * ms, 2076_001 * us, look}, // 1074 + 1002.001
		{2080 * ms, 0, send},
		// It arrived at 2084 and the answer took 40 back. The bound of the
		// offset is 1050 ms old and has lost 1.05: 9993.95, so that it
		// arrived at 12084 − 9993.95 = 2090.05 at the latest.
		{2124 * ms, 3132_051 * us, received(2, 2080*ms, ahead+2084*ms)},
		{2124 * ms, 3092_051 * us, look}, // 2090.05 + 1002.001
	})
}

// Where the server compares finer ticks than it states, a stated time is up to
// a millisecond short of what was compared.
func TestServerTimeAllowsForRounding(t *testing.T) {
	fine := Quota{Limit: 1, Window: time.Second, Resolution: us, Drift: 1000} // W' = 1000.001 + 1.000001 ms = 1001.001001
	timeline(t, &ServerTime{Latency: 50 * ms}, fine, []row{
		{0, 0, send},
		{20 * ms, 1051_051_001, received(0, 0, 20*ms)}, // no way back at all: offset ≥ 0
		{20 * ms, 1021_001_001, look},                  // not before its answer: 20 + 1001.001001
		{1100 * ms, 0, send},
		// The bound has lost 1.09: it came at 1102 − (0 − 1.09) + 1 at the latest.
		{1110 * ms, 2151_051_001, received(1, 1100*ms, 1102*ms)},
		{1110 * ms, 2105_091_001, look}, // 1104.09 + 1001.001001
	})
}

// A server's clock that is set back contradicts what was known: the request
// counts from its answer, and the bound begins anew.
func TestServerTimeNoticesAClockThatIsSetBack(t *testing.T) {
	timeline(t, &ServerTime{}, oneSlot, []row{
		{0, 0, send},
		{10 * ms, Never.Sub(epoch), received(0, 0, 5*ms)},
		{1020 * ms, 0, send},
		{1030 * ms, Never.Sub(epoch), received(1, 1020*ms, 625*ms)}, // 0.4 s back
		{1030 * ms, 2032_001 * us, look},                            // 1030 + 1002.001
		{2040 * ms, 0, send},
		// From now on the offset is at least 625 − 1030 = −405, less 1.03 for
		// the time since: it came at 1637 + 406.03 = 2043.03 at the latest.
		{2060 * ms, Never.Sub(epoch), received(2, 2040*ms, 1637*ms)},
		{2060 * ms, 3045_031 * us, look}, // 2043.03 + 1002.001
	})
}

// A field in another unit is believed no further than what the client saw.
func TestServerTimeDoesNotBelieveAnotherUnit(t *testing.T) {
	for name, stated := range map[string]func(at time.Duration) time.Time{
		"seconds for milliseconds":      func(at time.Duration) time.Time { return time.UnixMilli(epoch.Add(at).Unix()) },
		"microseconds for milliseconds": func(at time.Duration) time.Time { return time.UnixMilli(epoch.Add(at).UnixMicro()) },
		"nanoseconds for milliseconds":  func(at time.Duration) time.Time { return time.UnixMilli(epoch.Add(at).UnixNano()) },
		"a wrong one now and then": func(at time.Duration) time.Time {
			if at/ms%3 == 0 {
				return epoch.Add(at + time.Hour)
			}
			return epoch.Add(at)
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := limitertest.New(&ServerTime{}, oneSlot)
			now := epoch
			for i := range 1000 {
				sent := later(now, l.Next(now, 1))
				came := sent.Add(time.Duration(i*7%50) * ms)
				now = came.Add(time.Duration(i*11%50) * ms)
				k := l.Sent(sent, 1)
				l.Done(now, k, Outcome{Status: 200, Sent: sent, Received: stated(came.Sub(epoch)).Truncate(ms)})
				if earliest := came.Add(1001 * ms); l.Next(now, 1).Before(earliest) {
					t.Fatalf("request %d came at %v, and the next may leave at %v", i, came.Sub(epoch), l.Next(now, 1).Sub(epoch))
				}
			}
		})
	}
}

func TestJitterTimeline(t *testing.T) {
	roundTrip := func(k Ticket, d time.Duration) step {
		return func(l Limiter, now time.Time) { l.Done(now, k, Outcome{Status: 200, Sent: now.Add(-d)}) }
	}
	timeline(t, &Jitter{Start: 40 * ms, Fraction: 1, Samples: 2}, oneSlot, []row{
		{0, 0, send},
		{50 * ms, 1042_040 * us, roundTrip(0, 400*ms)}, // (1000 + 40) · 1.001 + 1
		{50 * ms, 1042_040 * us, roundTrip(0, 412*ms)}, // one round trip has no spread
		{50 * ms, 1014_012 * us, roundTrip(0, 405*ms)}, // 412 − 400 = 12, however far away
		{50 * ms, 1014_012 * us, roundTrip(0, 407*ms)}, // that block still counts
		{50 * ms, 1004_002 * us, roundTrip(0, 406*ms)}, // the next is full, 405 and 407: it is forgotten
		{50 * ms, 1004_002 * us, look},
	})
}

// One round trip of an hour holds everything up for ten windows, and is
// forgotten.
func TestJitterForgetsAnExtreme(t *testing.T) {
	roundTrip := func(k Ticket, d time.Duration) step {
		return func(l Limiter, now time.Time) { l.Done(now, k, Outcome{Status: 200, Sent: now.Add(-d)}) }
	}
	unknown := func(l Limiter, now time.Time) { l.Done(now, 0, Outcome{Status: 200}) }
	timeline(t, &Jitter{Start: 40 * ms, Fraction: 1, Samples: 2}, oneSlot, []row{
		{0, 0, send},
		{50 * ms, 1042_040 * us, roundTrip(0, time.Hour)},
		{50 * ms, 1042_040 * us, unknown}, // when it was sent is not known: no round trip
		{50 * ms, 1042_040 * us, roundTrip(0, 50*ms)},
		{50 * ms, 11_012 * ms, roundTrip(0, 50*ms)}, // (1000 + 10000) · 1.001 + 1
		{50 * ms, 11_012 * ms, roundTrip(0, 50*ms)},
		{50 * ms, 1002 * ms, look},
	})
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
