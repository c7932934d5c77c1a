package feedback_test

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	. "ratebench/clients/limiter"
	. "ratebench/clients/limiter/feedback"
	"ratebench/clients/limiter/limitertest"
)

func TestCUBICTimeline(t *testing.T) {
	c := &CUBIC{Beta: 0.75, Scale: 15. / 32 / 20, Smooth: 0.75, Min: 0.025}
	rows := repeat(10, row{0, 0, send})
	rows = append(rows, repeat(9, row{110 * ms, 0, answer(0, 200, 0, 0)})...) // the bucket fills at min: 0.5/s
	rows = append(rows, []row{
		// 10 answers in 0.5 s: m = 0.75 · 20 = 15 = w, K = ∛(15 · 0.25 / (15/32)) = 2 s, rate = 0.75 · 15 = 11.25/s
		{500 * ms, 0, answer(9, 429, 0, 0)},
		{500 * ms, 571_555_556, look}, // 0.39 s at 0.5/s = 0.195 tokens; 0.805 missing at 11.25/s: 71.56 ms
		{600 * ms, 0, send},           // 0.195 + 0.1 · 11.25 − 1 = 0.32
		{600 * ms, 660_444_445, look}, // 0.68 missing at 11.25/s: 60.44 ms
		// 1 answer in 1 s: m = 0.75 · 1 + 0.25 · 15 = 4.5; 15/32 · (1 − 2)³ + 15 = 14.5, at most 2m = 9
		{1500 * ms, 0, answer(10, 200, 0, 0)},
	}...)
	rows = append(rows, repeat(9, row{1500 * ms, 0, send})...) // 0.32 + 0.9 · 11.25 = 10.445, of which 9 fit
	rows = append(rows, []row{
		{1500 * ms, 1_611_111_112, look}, // 1/9 s
		{1625 * ms, 0, send},             // 0.125 · 9 − 1 = 0.125
		// 1 answer in 0.5 s: m = 0.75 · 2 + 0.25 · 4.5 = 2.625; 15/32 · (1.6 − 2)³ + 15 = 14.97, at most 5.25
		{2100 * ms, 0, answer(11, 200, 0, 0)},
		{2100 * ms, 0, send}, // 0.125 + 0.475 · 9 − 1 = 3.4
		{2100 * ms, 0, send}, // 2.4
		{2100 * ms, 0, send}, // 1.4
		{2100 * ms, 0, send}, // 0.4
		// no new half second, so m stays; w = min(2.625, 5.25), rate = 0.75 · 2.625 = 1.96875
		{2110 * ms, 2_214_285_715, answer(12, 429, 0, 0)}, // 0.6 missing at 5.25/s: 114.29 ms
		{2110 * ms, 2_388_095_239, look},                  // 0.4 + 0.01 · 5.25 = 0.4525; 0.5475 missing: 278.10 ms
	}...)
	timeline(t, c, reference, rows)
}

func TestCUBICFollowsTheCurve(t *testing.T) {
	c := &CUBIC{Beta: 0.75, Scale: 15. / 32 / 20, Smooth: 0.75, Min: 0.025}
	rows := repeat(40, row{0, 0, send})
	rows = append(rows, repeat(9, row{110 * ms, 0, answer(0, 200, 0, 0)})...)
	rows = append(rows, row{500 * ms, 0, answer(0, 429, 0, 0)}) // as above: 0.195 tokens, w = 15, K = 2 s, 11.25/s
	rows = append(rows, repeat(19, row{900 * ms, 0, answer(0, 200, 0, 0)})...)
	rows = append(rows, []row{
		// 0.4 s after the 429: 0.195 + 0.4 · 11.25 = 4.695 tokens; 15/32 · (0.4 − 2)³ + 15 = 13.08/s
		{1000 * ms, 0, answer(0, 200, 0, 0)},
		// 0.5 s after: 4.695 + 0.1 · 13.08 = 6.003 tokens; 15/32 · (0.5 − 2)³ + 15 = 13.41796875/s,
		// within 2m: 20 answers in 0.5 s make m = 0.75 · 40 + 0.25 · 15 = 33.75
		{1000 * ms, 0, send},
		{1000 * ms, 0, send},
		{1000 * ms, 0, send},
		{1000 * ms, 0, send},
		{1000 * ms, 0, send},
		{1000 * ms, 0, send},
		{1000 * ms, 1_074_303_348, look}, // 0.997 missing at 13.418/s: 74.30 ms
	}...)
	timeline(t, c, reference, rows)
}

func TestCUBICMeasuresFromAWholeSecond(t *testing.T) {
	c := &CUBIC{Beta: 0.75, Scale: 15. / 32 / 20, Smooth: 0.75, Min: 0.025}
	rows := repeat(5, row{700 * ms, 0, send})
	rows = append(rows, repeat(4, row{800 * ms, 0, answer(0, 200, 0, 0)})...)
	timeline(t, c, reference, append(rows, []row{
		// The first answer at 800 closes the span 0 to 500: m = 0.75 · 1/0.5 = 1.5. The other 4 fall into 500
		// to 1000: m = 0.75 · 4/0.5 + 0.25 · 1.5 = 6.375 = w, rate = 0.75 · 6.375 = 4.78125
		{1010 * ms, 0, answer(4, 429, 0, 0)},
		{1010 * ms, 1_197_189_543, look}, // 0.21 s at 0.5/s = 0.105 tokens; 0.895 missing: 187.19 ms
	}...))
}

func TestCUBICHoldsNothingBackBeforeTheFirst429(t *testing.T) {
	l := limitertest.New(&CUBIC{Beta: 0.7, Scale: 0.02, Smooth: 0.8, Min: 0.025}, reference)
	for i := range 1000 {
		now := epoch.Add(time.Duration(i) * ms)
		if l.Next(now, 1).After(now) {
			t.Fatalf("departure %d waits", i)
		}
		l.Done(now, l.Sent(now, 1), Outcome{Status: []int{200, 400, 503, 0}[i%4]})
	}
}

// The limiter against the pseudocode of the adaptive mode, in seconds, run anew
// for each question.
func TestCUBICAgainstAReplay(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c := &CUBIC{
			Beta:   rapid.Float64Range(0.1, 1).Draw(rt, "beta"),
			Scale:  rapid.Float64Range(0.005, 0.5).Draw(rt, "scale"),
			Smooth: rapid.Float64Range(0.1, 1).Draw(rt, "smooth"),
			Min:    rapid.Float64Range(0.025, 0.5).Draw(rt, "min"),
		}
		limitertest.Walk(rt, &limitertest.Oracle{Limiter: limitertest.New(c, reference), RT: rt, Slop: time.Microsecond, Want: func(events []limitertest.Event, now time.Time) time.Time {
			a := adaptiveMode{c: c}
			for _, e := range events {
				a.step(e)
			}
			return epoch.Add(time.Duration(math.Round(a.ready(now.Sub(epoch).Seconds()) * 1e9)))
		}})
	})
}

// adaptiveMode is the state of the client rate limiter of the AWS SDKs, in its
// own terms, for a quota of 20/1s. Times are seconds since epoch, which is a whole second.
type adaptiveMode struct {
	c                                   *CUBIC
	started, enabled                    bool
	measuredTxRate, lastTxRateBucket    float64
	requestCount                        float64
	lastMaxRate, lastThrottleTime       float64
	fillRate, maxCapacity, currCapacity float64
	lastTimestamp                       float64
	refilled                            bool
}

func (a *adaptiveMode) step(e limitertest.Event) {
	now := e.At.Sub(epoch).Seconds()
	switch {
	case e.Status != 0:
		a.updateClientSendingRate(now, e.Status == 429)
	case !a.started:
		a.started, a.lastTxRateBucket, a.lastThrottleTime = true, math.Floor(now), now
	case a.enabled:
		a.refill(now)
		a.currCapacity--
	}
}

func (a *adaptiveMode) updateClientSendingRate(now float64, throttled bool) {
	a.requestCount++
	if bucket := math.Floor(now*2) / 2; bucket > a.lastTxRateBucket {
		rate := a.requestCount / (bucket - a.lastTxRateBucket)
		a.measuredTxRate = rate*a.c.Smooth + a.measuredTxRate*(1-a.c.Smooth)
		a.requestCount, a.lastTxRateBucket = 0, bucket
	}
	if throttled {
		a.lastMaxRate = a.measuredTxRate
		if a.enabled {
			a.lastMaxRate = math.Min(a.measuredTxRate, a.fillRate)
		}
	}
	window := math.Pow(a.lastMaxRate*(1-a.c.Beta)/(20*a.c.Scale), 1./3)
	calculated := 20*a.c.Scale*math.Pow(now-a.lastThrottleTime-window, 3) + a.lastMaxRate
	if throttled {
		a.lastThrottleTime, a.enabled = now, true
		calculated = a.lastMaxRate * a.c.Beta
	}
	rate := math.Min(calculated, 2*a.measuredTxRate)
	a.refill(now)
	a.fillRate, a.maxCapacity = math.Max(rate, 20*a.c.Min), math.Max(rate, 1)
	a.currCapacity = math.Min(a.currCapacity, a.maxCapacity)
}

func (a *adaptiveMode) refill(now float64) {
	if a.refilled {
		a.currCapacity = math.Min(a.maxCapacity, a.currCapacity+(now-a.lastTimestamp)*a.fillRate)
	}
	a.lastTimestamp, a.refilled = now, true
}

// ready is when there is a token, from now on.
func (a adaptiveMode) ready(now float64) float64 {
	if !a.enabled {
		return now
	}
	a.refill(now)
	return now + math.Max(0, (1-a.currCapacity)/a.fillRate)
}
