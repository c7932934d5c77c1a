package limiter_test

import (
	"testing"

	. "ratebench/clients/limiter"
	"ratebench/clients/limiter/limitertest"
)

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
