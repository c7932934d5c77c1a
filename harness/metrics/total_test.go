package metrics

import (
	"math"
	"math/big"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func (t Total) big() *big.Int {
	v := new(big.Int).Lsh(new(big.Int).SetUint64(t.Hi), 64)
	return v.Add(v, new(big.Int).SetUint64(t.Lo))
}

// Sums are those of exact arithmetic, far beyond what a time.Duration holds.
func TestTotal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := rapid.OneOf(rapid.Int64Range(0, 1000), rapid.Int64Range(0, math.MaxInt64), rapid.Int64Range(math.MaxInt64-9, math.MaxInt64))
		var all Total
		halves := [2]Total{}
		want, n := new(big.Int), int64(0)
		for i, v := range rapid.SliceOfN(draw, 1, 20).Draw(t, "durations") {
			all.Add(time.Duration(v))
			halves[i%2].Add(time.Duration(v))
			want.Add(want, big.NewInt(v))
			n++
		}
		if all.big().Cmp(want) != 0 {
			t.Fatalf("sum %v, want %v", all.big(), want)
		}
		if mean := new(big.Int).Div(want, big.NewInt(n)).Int64(); int64(all.Mean(n)) != mean {
			t.Fatalf("mean %d, want %d", all.Mean(n), mean)
		}
		if halves[0].AddTotal(halves[1]); halves[0] != all {
			t.Fatalf("the halves come to %v, want %v", halves[0], all)
		}
		d, times3 := time.Duration(draw.Draw(t, "d")), new(big.Int)
		if got, want := times(d, 3).big(), times3.Mul(big.NewInt(int64(d)), big.NewInt(3)); got.Cmp(want) != 0 {
			t.Fatalf("3 times %d is %v", d, got)
		}
		a, b := times(d, 1<<40), times(time.Duration(draw.Draw(t, "e")), 1<<41)
		if a.less(b) != (a.big().Cmp(b.big()) < 0) || a.less(a) {
			t.Fatalf("%v is less than %v: %v", a, b, a.less(b))
		}
	})
}
