package feedback_test

import (
	"math"
	"testing"
	"time"

	"ratebench/clients/backoff"
	. "ratebench/clients/limiter"
	. "ratebench/clients/limiter/feedback"
	"ratebench/clients/limiter/limitertest"
)

// everyKind has one configuration of each limiter.
func everyKind() map[string]Config {
	return map[string]Config{
		"aimd":    &AIMD{Increase: 0.05, Beta: 0.9, Min: 0.05},
		"cubic":   &CUBIC{Beta: 0.7, Scale: 0.02, Smooth: 0.8, Min: 0.025},
		"backoff": &BackoffOnly{Base: 50 * ms, Cap: 2 * time.Second, Jitter: backoff.JitterFull},
		"header":  &Header{},
		"headers": &Headers{Latency: 50 * ms},
		"learn":   &Learn{Latency: 50 * ms, Start: 3, Spend: 1000, Retry: time.Second},
		"sre":     &SRE{K: 2, Over: 2 * time.Minute},
		"atb":     &ATB{Burst: 4, First: 1.5, Second: 1.2, Min: 0.01, Every: time.Second},
		"aatb":    &AATB{Burst: 4, First: 1.5, Second: 1.2, Min: 0.01, Every: time.Second, Over: 3 * time.Second, Jitter: 100 * ms},
	}
}

func TestEveryKindConforms(t *testing.T) {
	for name, c := range everyKind() {
		t.Run(name, func(t *testing.T) {
			if err := c.Validate(reference); err != nil {
				t.Fatal(err)
			}
			limitertest.Conform(t, func() Limiter { return limitertest.New(c, reference) }, false)
		})
	}
}

// Every limiter refuses a quota that is none.
func TestEveryKindRefuses(t *testing.T) {
	for name, c := range everyKind() {
		for _, q := range []Quota{{}, {Limit: 1}, {Limit: -1, Window: time.Second}, {Limit: 1, Window: -1}} {
			if l, err := c.New(q); l != nil || err == nil {
				t.Errorf("%s accepts %+v", name, q)
			}
		}
	}
}

// One request: the question, the departure and its end.
func BenchmarkRequest(b *testing.B) {
	for name, c := range everyKind() {
		b.Run("kind="+name, func(b *testing.B) {
			b.ReportAllocs()
			l, now := limitertest.New(c, reference), epoch
			for b.Loop() {
				now = later(now, l.Next(now, 1))
				t := l.Sent(now, 1)
				l.Done(now, t, Outcome{Status: 200, Sent: now, Created: now})
			}
		})
	}
}

func TestConfigsNameTheField(t *testing.T) {
	for _, c := range []struct {
		config Config
		want   string
	}{
		{&AIMD{Start: Rate{N: 1}, Beta: 0.5, Min: 1}, "start is 1/0s, want at most one request per nanosecond"},
		{&AIMD{Increase: -1, Beta: 0.5, Min: 1}, "increase is -1, want 0 to 1000"},
		{&AIMD{Beta: math.NaN(), Min: 1}, "beta is NaN, want 0.01 to 1"},
		{&AIMD{Beta: 0.5}, "min is 0, want 0.0001 to 1"},
		{&CUBIC{Beta: 2, Scale: 1, Smooth: 1, Min: 1}, "beta is 2, want 0.01 to 1"},
		{&CUBIC{Beta: 1, Scale: 0, Smooth: 1, Min: 1}, "scale is 0, want 0.0001 to 10000"},
		{&CUBIC{Beta: 1, Scale: 1, Smooth: 0, Min: 1}, "smooth is 0, want 0.01 to 1"},
		{&CUBIC{Beta: 1, Scale: 1, Smooth: 1, Min: 0}, "min is 0, want 0.0001 to 1"},
		{&Learn{Spend: 1, Retry: 1, Start: 21}, "start is 21, want 1 to the quota's limit of 20, or 0 for that"},
		{&Learn{Retry: 1}, "spend is 0, want 1 to 1000000"},
		{&Learn{Spend: 1}, "retry is 0s, want more than 0 and at most a year"},
		{&Learn{Spend: 1, Retry: 1, Latency: -1}, "latency is -1ns, want 0 or more"},
		{&Headers{Latency: ms, Shortest: 2 * ms}, "shortest is 2ms, want 0 to the longest latency"},
		{&SRE{K: 0.5, Over: time.Minute}, "k is 0.5, want 1 to 1000"},
		{&SRE{K: 2}, "over is 0s, want 1s to 8784h0m0s"},
		{&SRE{K: 2, Over: time.Minute, Every: -1}, "every is -1ns, want 0s to 8784h0m0s"},
		{&ATB{First: 1, Second: 1, Min: 1}, "burst is 0, want 1 to 1000000"},
		{&ATB{Burst: 1, Second: 1, Min: 1}, "first is 0, want 1 to 10"},
		{&ATB{Burst: 1, First: 1, Second: 11, Min: 1}, "second is 11, want 1 to 10"},
		{&ATB{Burst: 1, First: 1, Second: 1}, "min is 0, want 0.0001 to 1"},
		{&AATB{Burst: 1, First: 1, Second: 1, Min: 1}, "every is 0s, want 1ms to 8784h0m0s"},
		{&AATB{Burst: 1, First: 1, Second: 1, Min: 1, Every: 2, Over: 1}, "every is 2ns, want 1ms to 8784h0m0s\nover is 1ns, want 2ns to 8784h0m0s"},
		{&AATB{Burst: 1, First: 1, Second: 1, Min: 1, Every: 3 * ms, Over: 3 * ms, Jitter: 2 * ms}, "jitter is 2ms, want 0s to 1ms"},
		{&BackoffOnly{}, "base is 0s, want more than 0"},
		{&BackoffOnly{Base: 2 * ms, Cap: ms}, "cap is 1ms, want at least base 2ms, or 0 for none"},
		{&BackoffOnly{Base: ms, Jitter: "half"}, `jitter is "half", want none, full, equal or decorrelated`},
	} {
		if err := c.config.Validate(reference); err == nil || err.Error() != c.want {
			t.Errorf("%+v: got %v, want %s", c.config, err, c.want)
		}
	}
}
