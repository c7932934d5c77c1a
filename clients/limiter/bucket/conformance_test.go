package bucket_test

import (
	"testing"
	"time"

	. "ratebench/clients/limiter"
	"ratebench/clients/limiter/bucket"
	"ratebench/clients/limiter/limitertest"
)

// everyKind has one configuration of each limiter.
func everyKind() map[string]Config {
	return map[string]Config{
		"bucket-paced":          &bucket.Paced{Spread: 50 * ms},
		"bucket-acked":          &bucket.Acked{Latency: 50 * ms},
		"counter-paced":         &bucket.CounterPaced{Spread: 50 * ms, Most: 3},
		"token-bucket-tutorial": &bucket.TokenBucketTutorial{},
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
		{&bucket.TokenBucketTutorial{Rate: Rate{N: 1e6, Per: 24 * time.Hour}}, "rate is 1000000/24h0m0s, want 1000000 requests in at most 2h33m43.372036854s"},
	} {
		if err := c.config.Validate(reference); err == nil || err.Error() != c.want {
			t.Errorf("%+v: got %v, want %s", c.config, err, c.want)
		}
	}
}
