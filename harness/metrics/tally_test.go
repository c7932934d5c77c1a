package metrics

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// A tally comes to the histogram that recording each duration makes.
func TestTally(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		durations := rapid.SliceOf(rapid.OneOf(
			rapid.Int64Range(0, 5e6), rapid.Int64Range(0, 5e9), rapid.Int64Range(0, math.MaxInt64),
		)).Draw(t, "durations")
		var counted tally
		var want Histogram
		for _, d := range durations {
			counted.record(time.Duration(d))
			want.Record(time.Duration(d))
		}
		sameHistogram(t, counted.histogram(), want)
	})
}

// Counters that are full go on from zero, and nothing is lost.
func TestTallyOfManyAlike(t *testing.T) {
	var counted tally
	const n = 10*mostCounted + 7
	for range n {
		counted.record(3 * ms)
	}
	var sum tally
	sum.add(&counted)
	sum.add(&counted)
	if got := sum.histogram(); got.Count() != 2*n {
		t.Errorf("counted %d, want %d", got.Count(), 2*n)
	}
}

// Every bucket begins where the library says, and they are numbered without a gap.
func TestBucketIndex(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		us := rapid.OneOf(rapid.Int64Range(0, 5000), rapid.Int64Range(0, math.MaxInt64/1000)).Draw(t, "us")
		start := us / bucketWidth(us) * bucketWidth(us)
		i := bucketIndex(uint64(us))
		if got := bucketStart(i); got != start {
			t.Fatalf("the bucket of %d µs starts at %d, want %d", us, got, start)
		}
		if next := bucketStart(i + 1); next != start+bucketWidth(start) {
			t.Fatalf("the bucket after that of %d µs starts at %d, want %d", us, next, start+bucketWidth(start))
		}
		if i>>pageBits >= pages {
			t.Fatalf("bucket %d of %d µs is on page %d, and there are %d", i, us, i>>pageBits, pages)
		}
	})
}

func sameHistogram(t *rapid.T, got, want Histogram) {
	t.Helper()
	a, err := got.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	b, err := want.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(b), string(a)); diff != "" {
		t.Fatalf("(-want +got)\n%s", diff)
	}
}

// What tallies have counted can be added up.
func TestTalliesAdd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var sum tally
		var want Histogram
		for range rapid.IntRange(1, 4).Draw(t, "tallies") {
			var one tally
			for _, d := range rapid.SliceOf(rapid.OneOf(rapid.Int64Range(1, 5e6), rapid.Int64Range(1, math.MaxInt64))).Draw(t, "durations") {
				for range rapid.SampledFrom([]int{1, 1, 1, mostCounted - 1, mostCounted, mostCounted + 1}).Draw(t, "times") {
					one.record(time.Duration(d))
					want.Record(time.Duration(d))
				}
			}
			sum.add(&one)
		}
		sameHistogram(t, sum.histogram(), want)
	})
}
