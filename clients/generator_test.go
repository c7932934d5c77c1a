package clients

import (
	"slices"
	"strings"
	"testing"
	"time"

	"ratebench/clients/limiter"
)

// generated picks out when requests were made.
func generated(t *testing.T, d time.Duration, change func(*story)) (times []string) {
	t.Helper()
	for _, line := range happened(t, d, change) {
		if at, _, found := strings.Cut(line, " generated "); found {
			times = append(times, at)
		}
	}
	return times
}

func TestGenerator(t *testing.T) {
	growing := func(n uint64) time.Duration { return time.Duration(n+1) * 10 * ms }
	for _, c := range []struct {
		name   string
		change func(*story)
		want   string
	}{
		{"pauses by number", func(s *story) { s.config.Count, s.config.Pause = 4, growing }, "0s 10ms 30ms 60ms"},
		{"ends with the count", func(s *story) { s.config.Count = 2 }, "0s 10ms"},
		{"does not end", func(s *story) { s.config.Count = 0 }, "0s 10ms 20ms 30ms 40ms 50ms 60ms 70ms 80ms 90ms"},
		{"bursts", func(s *story) { s.config.Count, s.config.Burst = 5, 2 }, "0s 0s 10ms 10ms 20ms"},
		{"a burst of 0 is one", func(s *story) { s.config.Count, s.config.Burst = 3, 0 }, "0s 10ms 20ms"},
		// Making a request takes 3 ms. Bursts are due at 0, 10, 20.
		{"work does not shift what is due", func(s *story) {
			s.config.Count, s.config.Work = 3, Work{Generate: 3 * ms, Spend: s.rt.Sleep}
		}, "3ms 13ms 23ms"},
		{"but for a generator that drifts", func(s *story) {
			s.config.Count, s.config.Work, s.config.Drift = 3, Work{Generate: 3 * ms, Spend: s.rt.Sleep}, true
		}, "3ms 16ms 29ms"},
		// It takes 12 ms each, and 10 are due: it makes up for that as soon as it can.
		{"work that takes longer than the pause", func(s *story) {
			s.config.Count, s.config.Work = 4, Work{Generate: 12 * ms, Spend: s.rt.Sleep}
		}, "12ms 24ms 36ms 48ms"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := strings.Join(generated(t, 95*ms, c.change), " "); got != c.want {
				t.Errorf("generated at %s, want %s", got, c.want)
			}
		})
	}
}

// Requests take 100 ms each, so that the queue only grows: at 3 in it the
// generator looks again every 25 ms, and pauses anew once it has gone on.
func TestBackpressure(t *testing.T) {
	slow := func(s *story) {
		s.config.Count, s.config.TTL = 0, time.Hour
		s.config.Backpressure = &Backpressure{Max: 3, Pause: 25 * ms}
		s.answer = answerIn(100*ms, 200)
	}
	// 0 is taken at once; 1, 2, 3 wait. At 40 it finds 3 in the queue, until
	// one is taken at 100: it looks at 65, 90, 115. At 125 there are 3 again.
	want := "0s 10ms 20ms 30ms 115ms"
	if got := strings.Join(generated(t, 190*ms, slow), " "); got != want {
		t.Errorf("generated at %s, want %s", got, want)
	}
	got := generated(t, 45*ms, func(s *story) {
		slow(s)
		s.config.Backpressure.Max = 4
	})
	if want := []string{"0s", "10ms", "20ms", "30ms", "40ms"}; !slices.Equal(got, want) {
		t.Errorf("with room for one more: generated at %v, want %v", got, want)
	}
}

// After a pause the next burst is not due at once to make up for it.
func TestBackpressureShiftsWhatIsDue(t *testing.T) {
	got := generated(t, 90*ms, func(s *story) {
		s.config.Count, s.config.Pause = 0, every(10*ms)
		s.config.Backpressure = &Backpressure{Max: 1, Pause: 21 * ms}
		s.answer = answerIn(35*ms, 200)
	})
	// 0 is taken, 1 waits, taken at 35. At 20 there is 1: it looks at 41 and
	// goes on, 2 waits; at 51 it looks, at 72 (2 was taken at 70): goes on; 82.
	if want := []string{"0s", "10ms", "41ms", "72ms"}; !slices.Equal(got, want) {
		t.Errorf("generated at %v, want %v", got, want)
	}
}

// After that they are due at the sum of the pauses again: making one takes 3 ms.
func TestBackpressureEndsWithTheNextBurst(t *testing.T) {
	got := generated(t, 100*ms, func(s *story) {
		s.config.Count, s.config.Work = 0, Work{Generate: 3 * ms, Spend: s.rt.Sleep}
		s.config.Backpressure = &Backpressure{Max: 1, Pause: 21 * ms}
		s.answer = func(id int64, _ int) (time.Duration, limiter.Outcome) {
			if id == 0 {
				return 35 * ms, limiter.Outcome{Status: 200}
			}
			return ms, limiter.Outcome{Status: 200}
		}
	})
	// 1 waits from 13 to 38. At 20 there is 1: it looks at 41, and 2 is done at
	// 44; from there on it is due every 10 ms.
	if want := []string{"3ms", "13ms", "44ms", "57ms", "67ms", "77ms", "87ms", "97ms"}; !slices.Equal(got, want) {
		t.Errorf("generated at %v, want %v", got, want)
	}
}

// The generator may run on something else than the workers do.
func TestGeneratorOnItsOwnRuntime(t *testing.T) {
	got := generated(t, 95*ms, func(s *story) {
		s.config.Count, s.config.GeneratorOn = 2, doubled{s.rt}
	})
	if want := []string{"0s", "20ms"}; !slices.Equal(got, want) {
		t.Errorf("generated at %v, want %v", got, want)
	}
}

// doubled sleeps for twice as long.
type doubled struct{ *bubble }

func (d doubled) Sleep(t time.Duration) error { return d.bubble.Sleep(2 * t) }
