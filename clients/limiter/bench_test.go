package limiter

import (
	"testing"

	"golang.org/x/time/rate"
)

// One request: the question, the departure and its end. In comparison, a
// reservation of golang.org/x/time/rate.
func BenchmarkRequest(b *testing.B) {
	for _, k := range Kinds() {
		b.Run("kind="+k.Name, func(b *testing.B) {
			b.ReportAllocs()
			l, now := k.Default().New(reference), epoch
			for b.Loop() {
				now = latest(now, l.Next(now))
				t := l.Sent(now)
				l.Done(now, t, Outcome{Status: 200, Sent: now, Created: now})
			}
		})
	}
	b.Run("peer=ReserveN", func(b *testing.B) {
		b.ReportAllocs()
		l, now := rate.NewLimiter(20, 20), epoch
		for b.Loop() {
			now = now.Add(l.ReserveN(now, 1).DelayFrom(now))
		}
	})
}
