package ledger

import (
	"testing"
	"time"
)

// Who has been forgotten, to make room for another, is somebody new when it comes
// again, and does not share what is the other's now.
func TestWhoIsForgottenIsNew(t *testing.T) {
	made := 0
	fresh := func() *int { made++; n := made; return &n }
	clean := func(*int, time.Time) bool { return true }
	tab := newTable(ByKey, 2, fresh, clean)
	of := func(key string) int { return *tab.of(time.Time{}, &Request{Key: key}) }
	first := []int{of("a"), of("b")}
	for _, key := range []string{"a", "b"} {
		if got := of(key); got != first[0] && got != first[1] {
			t.Errorf("%s has %d, want what it had", key, got)
		}
	}
	c := of("c") // in the place of a
	if a := of("a"); a == c || a == first[0] {
		t.Errorf("a has %d again, c %d", a, c)
	}
	if len(tab.places) > 2 {
		t.Errorf("%d are known, want 2 at most", len(tab.places))
	}
}
