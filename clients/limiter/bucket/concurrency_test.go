package bucket

import (
	"testing"
	"time"

	"ratebench/clients/limiter"
)

func TestConcurrency(t *testing.T) {
	l, err := Concurrency{Limit: 3}.New()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Unix(0, 0)
	may := func(cost int64, want time.Time) {
		t.Helper()
		if got := l.Next(now, cost); !got.Equal(want) {
			t.Errorf("next of cost %d is %v, want %v", cost, got, want)
		}
	}
	may(3, now)
	may(4, limiter.Impossible)
	two := l.Sent(now, 2)
	may(1, now)
	may(2, limiter.Never)
	none := l.Sent(now, 0) // of another route
	one := l.Sent(now, 1)
	may(1, limiter.Never)
	may(0, now)
	l.Done(now, none, limiter.Outcome{Status: 200})
	may(1, limiter.Never)
	l.Done(now, two, limiter.Outcome{Status: 200})
	may(2, now)
	may(3, limiter.Never)
	l.Done(now, one, limiter.Outcome{Status: 200})
	may(3, now)
	l.Done(now, one, limiter.Outcome{Status: 200}) // once more makes no room
	l.Sent(now, 3)
	may(1, limiter.Never)
}

func TestConcurrencyOutOfRange(t *testing.T) {
	for _, n := range []int64{1, 1e6} {
		if _, err := (Concurrency{Limit: n}).New(); err != nil {
			t.Errorf("a limit of %d at a time: %v", n, err)
		}
	}
	for _, n := range []int64{0, -1, 1e6 + 1} {
		if _, err := (Concurrency{Limit: n}).New(); err == nil {
			t.Errorf("a limit of %d at a time has no error", n)
		}
	}
}
