package progress

import (
	"testing"
	"time"
)

func TestProgressText(t *testing.T) {
	for _, c := range []struct {
		done    float64
		elapsed time.Duration
		want    string
	}{
		{0, 0, "blog [........................]   0 %"},
		{0.5, 900 * time.Millisecond, "blog [############............]  50 %"},
		{0.25, 10 * time.Second, "blog [######..................]  25 %, 30s left"},
		{1, 10 * time.Second, "blog [########################] 100 %"},
	} {
		if got := text("blog", c.done, c.elapsed); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
