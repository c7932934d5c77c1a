package server

import (
	"testing"

	"pgregory.net/rapid"
)

// A history is the end of a list of everything that was added, as long as
// there has ever been room for it.
func TestHistoryAgainstList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var h history
		var list []int64
		room := rapid.IntRange(1, 5).Draw(t, "room")
		h.grow(room)
		for i := range rapid.IntRange(0, 40).Draw(t, "steps") {
			if rapid.IntRange(0, 5).Draw(t, "grow") == 0 {
				n := rapid.IntRange(0, 9).Draw(t, "n")
				h.grow(n)
				room = max(room, n)
			} else {
				h.add(int64(100 + i))
				list = append(list, int64(100+i))
				list = list[max(0, len(list)-room):]
			}
			if len(h.times) != room || h.held != len(list) {
				t.Fatalf("room for %d, %d held; want %d and %d", len(h.times), h.held, room, len(list))
			}
			for n := 1; n <= room; n++ {
				got, ok := h.last(n)
				want, is := int64(0), n <= len(list)
				if is {
					want = list[len(list)-n]
				}
				if got != want || ok != is {
					t.Fatalf("last(%d) of %v: %d, %v; want %d, %v", n, list, got, ok, want, is)
				}
			}
		}
	})
}
