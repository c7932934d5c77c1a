package feedback_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	. "ratebench/clients/limiter"
	. "ratebench/clients/limiter/feedback"
	"ratebench/clients/limiter/limitertest"
)

// fourPerSecond has a token in 250 ms.
var fourPerSecond = Quota{Limit: 4, Window: time.Second}

func TestAATBAlone(t *testing.T) {
	c := &AATB{Burst: 2, First: 1.5, Second: 1.2, Min: 0.01, Every: time.Second, Over: 3 * time.Second}
	timeline(t, c, fourPerSecond, []row{
		{At: 0, Next: 0, Do: send}, // the first token
		{At: 0, Next: 250 * ms, Do: look},
		{At: 100 * ms, Next: 250 * ms, Do: answer(0, 200, 0, 0)},
		{At: 250 * ms, Next: 0, Do: send},
		{At: 500 * ms, Next: 0, Do: send},
		{At: 1000 * ms, Next: 0, Do: answer(1, 200, 0, 0)}, // a report is due: who is alone goes to 6/s
		{At: 1000 * ms, Next: 0, Do: send},                 // of two tokens
		{At: 1000 * ms, Next: 0, Do: send},
		{At: 1000 * ms, Next: 1166666667 * time.Nanosecond, Do: look},
		// A refusal. The aggregator has two answers in sums, of which one client has
		// sent more than half: 2/s, 1.1 tokens and a pause of a grant.
		{At: 1200 * ms, Next: 0, Do: answer(2, 429, 0, 0)},
		{At: 1200 * ms, Next: 1450 * ms, Do: look},
		{At: 1300 * ms, Next: 1450 * ms, Do: answer(3, 200, 0, 0)}, // nothing comes meanwhile
		{At: 1450 * ms, Next: 0, Do: send},
		{At: 1450 * ms, Next: 1900 * ms, Do: look}, // 0.9 tokens at 2/s
		// Another is refused: by the aggregator's parts of 200 ms it knows of the first.
		{At: 1600 * ms, Next: 1900 * ms, Do: answer(4, 503, 0, 0)},
		{At: 1600 * ms, Next: 2100 * ms, Do: look},
	})
}

// One who is refused tells it, and the other pauses at its next report, for a
// report's time, instead of being refused as well.
func TestAATBTogether(t *testing.T) {
	c := (&AATB{Burst: 1, First: 1.5, Second: 1.2, Min: 0.01, Every: time.Second, Over: 3 * time.Second}).Together()
	a, b := limitertest.New(c, fourPerSecond), limitertest.New(c, fourPerSecond)
	a.Sent(epoch, 1)
	b.Sent(epoch, 1)
	a.Done(epoch.Add(100*ms), 0, Outcome{Status: 429})
	b.Done(epoch.Add(100*ms), 0, Outcome{Status: 200})
	b.Sent(epoch.Add(400*ms), 1)
	b.Done(epoch.Add(1100*ms), 1, Outcome{Status: 200}) // its report is due
	if got := b.Next(epoch.Add(1100*ms), 1).Sub(epoch); got != 2100*ms {
		t.Errorf("who hears of a refusal goes on at %v, want 2.1s", got)
	}
	// With nobody refused of late it goes on, faster: who sent most of it, by less.
	b.Sent(epoch.Add(2100*ms), 1)
	b.Done(epoch.Add(4200*ms), 2, Outcome{Status: 200})
	if got := b.Next(epoch.Add(4200*ms), 1).Sub(epoch); got > 4200*ms {
		t.Errorf("there is a token, and it goes on at %v", got)
	}
	b.Sent(epoch.Add(4200*ms), 1)
	if got := b.Next(epoch.Add(4200*ms), 1).Sub(epoch).Round(ms); got != 4408*ms { // 4.8/s
		t.Errorf("the next is at %v, want 208 ms later", got)
	}
	// Clients that are not together know nothing of each other.
	alone := &AATB{Burst: 1, First: 1.5, Second: 1.2, Min: 0.01, Every: time.Second, Over: 3 * time.Second}
	a, b = limitertest.New(alone, fourPerSecond), limitertest.New(alone, fourPerSecond)
	a.Sent(epoch, 1)
	b.Sent(epoch, 1)
	a.Done(epoch.Add(100*ms), 0, Outcome{Status: 429})
	b.Done(epoch.Add(1100*ms), 0, Outcome{Status: 200})
	if got := b.Next(epoch.Add(1100*ms), 1); got.After(epoch.Add(1100 * ms)) {
		t.Errorf("who is alone pauses until %v", got.Sub(epoch))
	}
}

// Pauses are as the seed has them, and no two clients have the same.
func TestAATBPausesAtRandom(t *testing.T) {
	pauses := func(seed uint64) (all [3]time.Duration) {
		c := (&AATB{Burst: 1, First: 1.5, Second: 1.2, Min: 0.01, Every: time.Second, Over: time.Second, Jitter: 300 * ms, Seed: seed}).Together()
		for i := range all {
			l := limitertest.New(c, fourPerSecond)
			l.Done(epoch, l.Sent(epoch, 1), Outcome{Status: 429})
			all[i] = l.Next(epoch, 1).Sub(epoch)
			if all[i] < 250*ms || all[i] > 550*ms {
				t.Errorf("pauses for %v, want 250ms to 550ms", all[i])
			}
		}
		return all
	}
	one, two := pauses(1), pauses(2)
	if one[0] == one[1] || one[1] == one[2] || one[0] == two[0] {
		t.Errorf("pauses %v and %v", one, two)
	}
	if again := pauses(1); again != one {
		t.Errorf("pauses %v, then %v", one, again)
	}
}

// What an aggregator answers, against all reports that it has had. It is seen by
// what a client does that is refused: it pauses for as many grants as there are
// refusals, its own included.
func TestAATBSumsRefusals(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		const over, part = 1500 * ms, 100 * ms
		c := (&AATB{Burst: 100, First: 1, Second: 1, Min: 0.01, Every: over, Over: over}).Together()
		var told []time.Duration
		first, now := time.Duration(-1), time.Duration(0)
		for range rapid.IntRange(1, 40).Draw(rt, "refusals") {
			now += time.Duration(rapid.IntRange(0, 4000).Draw(rt, "pause")) * ms / 4
			if first < 0 {
				first = now
			}
			inPart := (now - first) / part
			want := 1
			for _, at := range told {
				if p := (at - first) / part; p < inPart && p >= inPart-15 {
					want++
				}
			}
			told = append(told, now)
			l := limitertest.New(c, fourPerSecond)
			at := epoch.Add(now)
			l.Done(at, l.Sent(at, 1), Outcome{Status: 429})
			if got := l.Next(at, 1).Sub(at); got != time.Duration(want)*250*ms {
				rt.Fatalf("refusal at %v pauses for %v, want that of %d", now, got, want)
			}
		}
	})
}
