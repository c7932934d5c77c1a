package pace

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// The line is a slice out of which anybody may step, and forgets who has left.
func TestLineAgainstASlice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var l line
		var want, left []*Turn
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			if len(want) > 0 && rapid.Bool().Draw(t, "leaves") {
				i := rapid.IntRange(0, len(want)-1).Draw(t, "who")
				l.remove(want[i])
				left = append(left, want[i])
				want = slices.Delete(want, i, i+1)
			} else {
				cost := rapid.Int64Min(0).Draw(t, "cost")
				each := rapid.SliceOfN(rapid.Int64Min(0), 0, 3).Draw(t, "each")
				if len(each) > 0 {
					cost = each[0]
				}
				w := &Turn{}
				if n := len(left); n > 0 { // and comes again
					w, left = left[n-1], left[:n-1]
				}
				given := slices.Clone(each)
				l.join(w, time.Unix(1, 0), time.Time{}, costs{One: cost, Each: given})
				clear(given) // it is the caller's
				if c := w.costs(); w.granted || c.One != cost || !slices.Equal(c.Each, each) || w.behind != nil {
					t.Fatalf("one that has joined is %+v", w)
				}
				want = append(want, w)
			}
			var forwards, backwards []*Turn
			for w := l.first; w != nil; w = w.behind {
				forwards = append(forwards, w)
			}
			for w := l.last; w != nil; w = w.before {
				backwards = append(backwards, w)
			}
			slices.Reverse(backwards)
			if !slices.Equal(forwards, want) || !slices.Equal(backwards, want) {
				t.Fatalf("%d forwards and %d backwards, want %d", len(forwards), len(backwards), len(want))
			}
		}
	})
}
