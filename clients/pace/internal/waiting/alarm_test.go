package waiting

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// An alarm rings when it was last set for, and not at all if that never comes.
func TestAlarm(t *testing.T) {
	type set struct{ at, to time.Duration } // from the start
	const never = 1000 * ms
	for _, tt := range []struct {
		name string
		sets []set
		want []time.Duration
	}{
		{"once", []set{{0, 5 * ms}}, []time.Duration{5 * ms}},
		{"for what has been", []set{{3 * ms, ms}}, []time.Duration{3 * ms}},
		{"again, later", []set{{0, 5 * ms}, {2 * ms, 9 * ms}}, []time.Duration{9 * ms}},
		{"again, earlier", []set{{0, 5 * ms}, {2 * ms, 3 * ms}}, []time.Duration{3 * ms}},
		{"again for the same", []set{{0, 5 * ms}, {2 * ms, 5 * ms}}, []time.Duration{5 * ms}},
		{"after it has rung", []set{{0, 5 * ms}, {6 * ms, 7 * ms}, {8 * ms, 7 * ms}}, []time.Duration{5 * ms, 7 * ms, 8 * ms}},
		{"never", []set{{0, never}}, nil},
		{"not any more", []set{{0, 5 * ms}, {2 * ms, never}}, nil},
		{"not for a while", []set{{0, 5 * ms}, {2 * ms, never}, {3 * ms, 5 * ms}}, []time.Duration{5 * ms}},
		{"not for now", []set{{0, 5 * ms}, {2 * ms, never + 1}, {4 * ms, 8 * ms}}, []time.Duration{8 * ms}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				clock := wallClock{}
				start := clock.Now()
				var mu sync.Mutex
				var rang []time.Duration
				var a *Alarm
				a = NewAlarm(clock, start.Add(never), func() {
					mu.Lock()
					defer mu.Unlock()
					a.Rang()
					rang = append(rang, clock.Now().Sub(start))
				})
				for _, s := range tt.sets {
					time.Sleep(start.Add(s.at).Sub(clock.Now()))
					mu.Lock()
					a.Set(start.Add(s.to))
					mu.Unlock()
				}
				time.Sleep(never)
				mu.Lock()
				defer mu.Unlock()
				if !slices.Equal(rang, tt.want) {
					t.Errorf("rang after %v, want %v", rang, tt.want)
				}
			})
		})
	}
}
