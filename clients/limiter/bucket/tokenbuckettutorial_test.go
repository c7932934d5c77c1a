package bucket_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	. "ratebench/clients/limiter"
	"ratebench/clients/limiter/bucket"
	"ratebench/clients/limiter/limitertest"
)

func TestTokenBucketTutorialTimeline(t *testing.T) {
	c := &bucket.TokenBucketTutorial{Rate: Rate{N: 12, Per: time.Second}}
	timeline(t, c, threePerSecond, append([]row{
		{100 * ms, 0, send}, // the grid begins: refills at 100 ms + k/6 s
	}, append(repeat(11, row{100 * ms, 0, send}), []row{
		{100 * ms, 266_666_667, look},    // empty; 100 ms + 1/6 s, rounded up
		{266_666_667, 0, send},           // 2 more
		{266_666_667, 0, send},           //
		{266_666_667, 433_333_334, look}, // 100 ms + 2/6 s: nothing adds up
		{600 * ms, 0, send},              // refills 2 and 3: 4 tokens; …
		{600 * ms, 0, send},              //
		{600 * ms, 0, send},              //
		{600 * ms, 0, send},              //
		{600 * ms, 766_666_667, look},    // … next on the grid: 100 ms + 4/6 s
		{10 * time.Second, 0, send},      // refills 4 to 59, full at 12
		{10 * time.Second, 0, look},      //
	}...)...))
}

func TestTokenBucketTutorialOfAPrimeTimeline(t *testing.T) {
	timeline(t, &bucket.TokenBucketTutorial{}, threePerSecond, []row{
		{0, 0, send},
		{500 * ms, 0, send},
		{900 * ms, 0, send},
		{900 * ms, time.Second, look},    // all 3 at 1 s
		{1000 * ms, 0, send},             //
		{1999 * ms, 0, send},             //
		{1999 * ms, 0, send},             //
		{1999 * ms, 2000 * ms, look},     //
		{2000 * ms, 0, send},             // the 4th within 1000 ms, of 3 per second
		{10_500 * ms, 0, send},           // refills at 3 to 10 s; holds 3
		{10_500 * ms, 0, send},           //
		{10_500 * ms, 0, send},           //
		{10_500 * ms, 11_000 * ms, look}, // still on the grid
	})
}

// The bucket against one that is refilled tick by tick.
func TestTokenBucketTutorialAgainstASimulation(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rate := limitertest.AnyRate(rt)
		l := limitertest.New(&bucket.TokenBucketTutorial{Rate: rate}, reference)
		limitertest.Walk(rt, &limitertest.Oracle{Limiter: l, RT: rt, Want: func(events []limitertest.Event, now time.Time) time.Time {
			return simulateTutorial(limitertest.Departures(events), rate, now)
		}})
	})
}

// simulateTutorial is when the next departure may leave, at now or later: it
// goes through all refills, and the departures between them.
func simulateTutorial(sent []time.Time, rate Rate, now time.Time) time.Time {
	if len(sent) == 0 {
		return now
	}
	parts := 1
	for d := 2; d < rate.N; d++ {
		if rate.N%d == 0 {
			parts = d
		}
	}
	first, tokens := sent[0], rate.N
	for k := int64(1); ; k++ {
		refill := first.Add(limitertest.CeilDiv(k, int64(rate.Per), int64(parts)))
		for len(sent) > 0 && sent[0].Before(refill) {
			sent = sent[1:]
			tokens--
		}
		if len(sent) == 0 && now.Before(refill) && tokens > 0 {
			return now
		}
		if len(sent) == 0 && now.Before(refill) {
			return refill
		}
		tokens = min(tokens+rate.N/parts, rate.N)
	}
}

func TestTutorialBucketWithCostsTimeline(t *testing.T) {
	l := limitertest.New(&bucket.TokenBucketTutorial{Rate: Rate{N: 12, Per: time.Second}}, threePerSecond)
	l.Sent(epoch, 10) // 2 left; 2 more every 1/6 s
	for cost, want := range map[int64]time.Duration{
		0: 0, 2: 0,
		3: 166_666_667, 4: 166_666_667,
		5:  333_333_334,
		12: 833_333_334, // 5 refills
	} {
		if got := later(epoch, l.Next(epoch, cost)).Sub(epoch); got != want {
			t.Errorf("a cost of %d may leave at %v, want %v", cost, got, want)
		}
	}
	if got := l.Next(epoch, 13); !got.Equal(Impossible) {
		t.Errorf("more than the bucket holds may leave at %v", got)
	}
}
