package dist

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func mustSequence(t *testing.T, text string, step time.Duration) Sequence {
	t.Helper()
	s, ok := mustParse(t, text, step).(Sequence)
	if !ok {
		t.Fatalf("%s is no Sequence", text)
	}
	return s
}

func TestSequenceKeepsTheFilesOrder(t *testing.T) {
	s := mustSequence(t, "replay(three.csv)", 0)
	want := []time.Duration{3500 * time.Microsecond, ms, 1500 * time.Microsecond}
	if !slices.Equal(s.Values(), want) {
		t.Fatalf("values %v, want %v", s.Values(), want)
	}
	start := slices.Index(want, s.At(7, 0))
	for i := range uint64(10) {
		if got, want := s.At(7, i), want[(start+int(i))%3]; got != want {
			t.Errorf("replay at %d is %v, want %v", i, got, want)
		}
	}
}

// Within a block each value is followed by the one after it in the file, and
// every block begins where its own random number says.
func TestBootstrapDrawsBlocks(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		block := rapid.IntRange(1, 1000).Draw(rt, "block")
		s := mustSequence(t, "bootstrap(many.csv, "+strconv.Itoa(block)+")", 0)
		seed := rapid.Uint64().Draw(rt, "seed")
		position := rapid.Uint64Range(0, 1<<50).Draw(rt, "position")
		all := s.Values() // all different, and rising
		here, next := slices.Index(all, s.At(seed, position)), slices.Index(all, s.At(seed, position+1))
		if (position+1)%uint64(block) != 0 && next != (here+1)%len(all) {
			rt.Fatalf("at %d in blocks of %d: line %d is followed by line %d", position, block, here, next)
		}
	})
}

// Each value is as likely as any other, in whatever blocks: the distribution of a
// draw is that of an empirical one.
func TestSequenceIsEmpirical(t *testing.T) {
	const draws, blocks = 200_000, 2000 // chi-squared of 10 bins, inflated by the blocks' length
	for _, text := range []string{"bootstrap(many.csv, 1)", "bootstrap(many.csv, 100)", "replay(many.csv)"} {
		s := mustSequence(t, text, 0)
		e := mustParse(t, "empirical(many.csv)", 0)
		if s.Mean() != e.Mean() || s.Quantile(0.7) != e.Quantile(0.7) {
			t.Errorf("%s: mean %v, 70 %% %v; of the sample %v, %v", text, s.Mean(), s.Quantile(0.7), e.Mean(), e.Quantile(0.7))
		}
		var counts [10]int
		for i := range uint64(draws) {
			counts[min(9, int(10*e.CDF(s.At(3, i))))]++
		}
		for bin, n := range counts {
			// Five standard deviations of a share of 1/10 in so many independent blocks.
			if off := float64(n)/draws - 0.1; off > 5*0.3/44.7 || off < -5*0.3/44.7 {
				t.Errorf("%s: %d of %d draws in bin %d (%d blocks)", text, n, draws, bin, blocks)
			}
		}
	}
}

// What was measured together is drawn together.
func TestSequencesGoTogether(t *testing.T) {
	a, b := mustSequence(t, "bootstrap(many.csv, 7)", 0), mustSequence(t, "bootstrap(many.csv, 7)", ms)
	for i := range uint64(1000) {
		x, y := a.At(5, i), b.At(5, i)
		if d := x - y; d > ms/2 || d < -ms/2 {
			t.Fatalf("at %d: %v and %v are not of one line", i, x, y)
		}
	}
	if a.At(5, 0) == a.At(6, 0) && a.At(5, 7) == a.At(6, 7) {
		t.Error("two seeds draw the same")
	}
}
