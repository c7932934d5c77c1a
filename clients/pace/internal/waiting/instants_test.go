package waiting

import (
	"testing"
	"time"
)

func TestInstants(t *testing.T) {
	never, early := time.Time{}, time.Unix(1_700_000_000, 0)
	late := early.Add(1)
	for _, tt := range []struct {
		deadline, now time.Time
		want          bool
	}{
		{never, late, false}, {never, never, false},
		{early, late, true}, {early, early, false}, {late, early, false},
	} {
		if got := Passed(tt.deadline, tt.now); got != tt.want {
			t.Errorf("the deadline %v has passed at %v: %v, want %v", tt.deadline, tt.now, got, tt.want)
		}
	}
	for _, tt := range []struct{ at, deadline, want time.Time }{
		{late, never, late}, {early, late, early}, {late, early, early}, {early, early, early},
	} {
		if got := Earliest(tt.at, tt.deadline); !got.Equal(tt.want) {
			t.Errorf("of %v and the deadline %v the earlier is %v, want %v", tt.at, tt.deadline, got, tt.want)
		}
	}
	for _, tt := range []struct{ a, b, want time.Time }{
		{early, late, late}, {late, early, late}, {early, never, early}, {early, early, early},
	} {
		if got := Latest(tt.a, tt.b); !got.Equal(tt.want) {
			t.Errorf("of %v and %v the later is %v, want %v", tt.a, tt.b, got, tt.want)
		}
	}
}
