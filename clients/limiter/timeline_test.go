package limiter_test

import (
	"testing"
	"time"

	. "ratebench/clients/limiter"
	"ratebench/clients/limiter/bucket"
	"ratebench/clients/limiter/limitertest"
)

const ms = time.Millisecond

// What timelines are written with, in short.
type (
	row  = limitertest.Row
	step = limitertest.Step
)

var (
	epoch          = limitertest.Epoch
	threePerSecond = limitertest.ThreePerSecond
	timeline       = limitertest.Timeline
	look           = limitertest.Look
	send           = limitertest.Send
	later          = limitertest.Latest
	answer         = limitertest.Answer
	lose           = limitertest.Lose
	errLost        = limitertest.ErrLost
)

func TestWindowTimeline(t *testing.T) {
	timeline(t, &Window{}, threePerSecond, []row{
		{0, 0, send},
		{10 * ms, 0, send},
		{10 * ms, 0, send},
		{20 * ms, 1001 * ms, look},   // slot of 0: 0 + 1000, strictly, in whole ms
		{1001 * ms, 0, send},         // takes it
		{1001 * ms, 1011 * ms, look}, // slot of 10
		{1500 * ms, 0, send},         // late: 1011 has passed
		{1500 * ms, 0, send},
		{1500 * ms, 2002 * ms, look}, // slot of 1001
	})
}

func TestWindowComparesWholeTicks(t *testing.T) {
	timeline(t, &Window{}, Quota{Limit: 1, Window: time.Second, Resolution: ms}, []row{
		{900 * time.Microsecond, 0, send},
		{ms, 1001 * ms, look}, // sent in tick 0, so free in tick 1001
	})
	timeline(t, &Window{}, Quota{Limit: 1, Window: time.Second}, []row{
		{900 * time.Microsecond, 0, send},
		{ms, time.Second + 900*time.Microsecond + 1, look}, // a continuous clock: strictly later is 1 ns later
	})
}

func TestWindowHeadroomTimeline(t *testing.T) {
	timeline(t, &Window{Headroom: 50 * ms}, threePerSecond, []row{
		{0, 0, send},
		{10 * ms, 0, send},
		{10 * ms, 0, send},
		{20 * ms, 1051 * ms, look}, // 0 + 1000 + 50, strictly
	})
}

func TestFixedIntervalTimeline(t *testing.T) {
	timeline(t, &FixedInterval{Interval: 50 * ms}, threePerSecond, []row{
		{0, 0, send},
		{0, 51 * ms, look}, // 0 + 50, strictly
		{51 * ms, 0, send},
		{100 * ms, 102 * ms, look},  // 51 + 50, strictly
		{700 * ms, 0, send},         // late by much: nothing is saved up
		{700 * ms, 1001 * ms, look}, // the window holds more than 700 + 51
		{1001 * ms, 0, send},
		{1001 * ms, 1052 * ms, look}, // window: 51 + 1001; interval: 1001 + 51
	})
}

// What leaves later than it was let go holds up the next one from then on, unless
// it costs nothing of this limit.
func TestFixedIntervalLateTimeline(t *testing.T) {
	free := func(l Limiter, now time.Time) { l.Sent(now, 0) }
	left := func(ticket Ticket) step {
		return func(l Limiter, now time.Time) { l.(Delayable).Left(now, ticket) }
	}
	timeline(t, &FixedInterval{Interval: 50 * ms}, threePerSecond, []row{
		{0, 0, send},
		{5 * ms, 51 * ms, left(0)},
		{5 * ms, 56 * ms, free},
		{20 * ms, 56 * ms, left(1)},
		{30 * ms, 56 * ms, look},
		{56 * ms, 0, send},
	})
}

func TestAdaptiveTimeline(t *testing.T) {
	c := &Adaptive{
		Headroom: AdaptiveHeadroom{Start: 40 * ms, Min: 30 * ms, Max: 50 * ms, Factor: 1.1, Samples: 2},
		Measure:  MeasureCreation,
	}
	oneSlot := Quota{Limit: 1, Window: time.Second, Resolution: ms}
	timeline(t, c, oneSlot, []row{
		{0, 0, send},
		{10 * ms, 1041 * ms, answer(0, 429, 0, 0)},     // start 40; a refusal teaches nothing
		{35 * ms, 1041 * ms, answer(0, 200, 0, 0)},     // mean 35 · 1.1 = 38.5 → 38
		{36 * ms, 1039 * ms, answer(0, 200, 35*ms, 0)}, // mean (35+1)/2 = 18 · 1.1 = 19 → 30
		{100 * ms, 1031 * ms, answer(0, 200, 0, 0)},    // last two: (1+100)/2 = 50.5 · 1.1 → 50
		{100 * ms, 1051 * ms, look},
	})
}

func TestAdaptiveMeasuresFromTheSendIfAsked(t *testing.T) {
	c := &Adaptive{Headroom: AdaptiveHeadroom{Start: 40 * ms, Factor: 1, Samples: 10}, Measure: MeasureSend}
	timeline(t, c, Quota{Limit: 1, Window: time.Second, Resolution: ms}, []row{
		{500 * ms, 0, send},
		{720 * ms, 1541 * ms, answer(0, 200, 0, 500*ms)}, // 220 ms on its way; no upper clamp
		{720 * ms, 1721 * ms, look},
	})
}

func TestValidateNamesTheField(t *testing.T) {
	good := AdaptiveHeadroom{Factor: 1, Samples: 1}
	with := func(f func(h *AdaptiveHeadroom)) *Adaptive {
		h := good
		f(&h)
		return &Adaptive{Headroom: h, Measure: MeasureSend}
	}
	for _, c := range []struct {
		config Config
		want   string
	}{
		{&Window{Headroom: -ms}, "headroom is -1ms, want 0 or more"},
		{&FixedInterval{}, "interval is 0s, want more than 0"},
		{&FixedInterval{Interval: ms, Headroom: -ms}, "headroom is -1ms, want 0 or more"},
		{with(func(h *AdaptiveHeadroom) { h.Start = -ms }), "headroom.start is -1ms, want 0 or more"},
		{with(func(h *AdaptiveHeadroom) { h.Min = -ms }), "headroom.min is -1ms, want 0 or more"},
		{with(func(h *AdaptiveHeadroom) { h.Min, h.Max = 2*ms, ms }), "headroom.max is 1ms, want at least headroom.min 2ms, or 0 for none"},
		{with(func(h *AdaptiveHeadroom) { h.Factor = 0 }), "headroom.factor is 0, want more than 0 and at most 1000"},
		{with(func(h *AdaptiveHeadroom) { h.Samples = 0 }), "headroom.samples is 0, want 1 to 1000000"},
		{&Adaptive{Headroom: good, Measure: "birth"}, `measure is "birth", want creation or send`},
		{&SlidingLog{Limit: Rate{2e6, time.Second}}, "limit is 2000000/1s, want 1 to 1000000 requests"},
		{&bucket.Reservation{Limit: Rate{5, 2}}, "limit is 5/2ns, want at most one request per nanosecond"},
		{&bucket.TokenBucket{Limit: Rate{-1, time.Second}}, "limit is -1/1s, want 1 to 1000000 requests"},
		{&bucket.TokenBucket{Burst: -1}, "burst is -1, want 0 to 9223372035"},
	} {
		if err := c.config.Validate(threePerSecond); err == nil || err.Error() != c.want {
			t.Errorf("%+v: got %v, want %s", c.config, err, c.want)
		}
	}
}
