package command

import (
	"testing"
	"time"
)

func TestLength(t *testing.T) {
	for d, want := range map[time.Duration]string{
		72 * time.Hour: "72 h", 90 * time.Minute: "90 min", 90 * time.Second: "90 s", 1500 * time.Millisecond: "1500 ms",
	} {
		if got := length(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}
