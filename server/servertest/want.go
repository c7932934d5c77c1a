package servertest

import (
	"testing"
	"time"
)

// WantAccepted reports an error, at the line of its caller, unless exactly n
// requests of the log were accepted.
func (l Log) WantAccepted(t testing.TB, n int) {
	t.Helper()
	l.wantCount(t, "accepted", l.Accepted(), n)
}

// WantRefused reports an error, at the line of its caller, unless exactly n
// requests of the log were refused; it names the first one that was.
func (l Log) WantRefused(t testing.TB, n int) {
	t.Helper()
	l.wantCount(t, "refused", l.Refused(), n)
}

func (l Log) wantCount(t testing.TB, what string, some Log, want int) {
	t.Helper()
	switch got := len(some); {
	case got == want:
	case got == 0:
		t.Errorf("none of %d requests was %s, want %d", len(l), what, want)
	default:
		r := some[0]
		t.Errorf("%d of %d requests were %s, want %d; the first was %s with key %q at %v, answered %d %v",
			got, len(l), what, want, r.Route, r.Key, r.At, r.Status, r.Verdict)
	}
}

// WantAtMost reports an error, at the line of its caller, if more than n requests
// of the log arrived in any span of a window, both ends included; it says when.
func (l Log) WantAtMost(t testing.TB, n int, window time.Duration) {
	t.Helper()
	if most, first := l.fullest(window); most > n {
		t.Errorf("%d of %d requests came within %v, want at most %d: from %v to %v",
			most, len(l), window, n, l[first].At, l[first+most-1].At)
	}
}
