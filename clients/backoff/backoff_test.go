package backoff

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestDelays(t *testing.T) {
	const ms = time.Millisecond
	const never = time.Duration(math.MaxInt64)
	for _, c := range []struct {
		jitter   string
		attempt  int
		previous time.Duration
		u        float64
		want     time.Duration
	}{
		{JitterNone, 0, 0, 0.9, 50 * ms},                   // 50 · 2⁰
		{JitterNone, 3, 0, 0.9, 400 * ms},                  // 50 · 2³
		{JitterNone, 5, 0, 0.9, 1600 * ms},                 // 50 · 2⁵
		{JitterNone, 6, 0, 0.9, 2000 * ms},                 // 50 · 2⁶ = 3200, capped
		{JitterNone, 1000, 0, 0.9, 2000 * ms},              //
		{"", 1, 0, 0.9, 100 * ms},                          // as none
		{JitterFull, 0, 0, 0, 0},                           //
		{JitterFull, 2, 0, 0.25, 50 * ms},                  // 0.25 · 200
		{JitterFull, 9, 0, 0.25, 500 * ms},                 // 0.25 · 2000
		{JitterEqual, 0, 0, 0, 25 * ms},                    // 50/2
		{JitterEqual, 2, 0, 0.25, 125 * ms},                // 200/2 + 0.25 · 100
		{JitterDecorrelated, 0, 0, 0, 50 * ms},             // base
		{JitterDecorrelated, 0, 0, 0.5, 100 * ms},          // 50 + 0.5 · (3 · 50 − 50)
		{JitterDecorrelated, 7, 100 * ms, 0.5, 175 * ms},   // 50 + 0.5 · (3 · 100 − 50)
		{JitterDecorrelated, 7, 2000 * ms, 0.5, 2000 * ms}, // 50 + 0.5 · (6000 − 50) = 3025, capped
		{JitterDecorrelated, 7, never, 0.5, 2000 * ms},     // does not overflow
	} {
		b := Rule{Base: 50 * ms, Cap: 2 * time.Second, Jitter: c.jitter}
		if got := b.Delay(c.attempt, c.previous, c.u); got != c.want {
			t.Errorf("%+v.Delay(%d, %v, %v) = %v, want %v", b, c.attempt, c.previous, c.u, got, c.want)
		}
	}
}

func TestDelaysStayWithinBounds(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		base := time.Duration(rapid.Int64Range(1, math.MaxInt64).Draw(rt, "base"))
		b := Rule{Base: base}
		most := time.Duration(math.MaxInt64)
		if rapid.Bool().Draw(rt, "capped") {
			b.Cap = time.Duration(rapid.Int64Range(int64(base), math.MaxInt64).Draw(rt, "cap"))
			most = b.Cap
		}
		n := rapid.IntRange(0, 100).Draw(rt, "attempt")
		previous := time.Duration(rapid.Int64Range(0, math.MaxInt64).Draw(rt, "previous"))
		u := rapid.SampledFrom([]float64{0, 0.5, math.Nextafter(1, 0)}).Draw(rt, "u")
		e := time.Duration(min(float64(base)*math.Pow(2, float64(n)), math.Nextafter(1<<63, 0)))
		e = min(e, most)
		for jitter, bounds := range map[string][2]time.Duration{
			JitterNone:         {e, e},
			JitterFull:         {0, e},
			JitterEqual:        {e / 2, e},
			JitterDecorrelated: {base, most},
		} {
			b.Jitter = jitter
			// A float64 holds 53 of the 63 bits.
			slack := e>>52 + 1
			if d := b.Delay(n, previous, u); d < 0 || d < bounds[0]-slack || d > most || d-slack > bounds[1] {
				rt.Fatalf("%+v.Delay(%d, %v, %v) = %v, want %v to %v", b, n, previous, u, d, bounds[0], bounds[1])
			}
		}
	})
}

func TestValidate(t *testing.T) {
	for _, tt := range []struct {
		rule Rule
		want string
	}{
		{Rule{Base: 1}, ""},
		{Rule{Base: maxBase}, ""},
		{Rule{Base: 5, Cap: 5, Jitter: JitterEqual}, ""},
		{Rule{}, "base is 0s, want more than 0"},
		{Rule{Base: -1}, "base is -1ns, want more than 0"},
		{Rule{Base: maxBase + 1}, "base is 8784h0m0.000000001s, want at most 8784h0m0s"},
		{Rule{Base: 5, Cap: 4}, "cap is 4ns, want at least base 5ns, or 0 for none"},
		{Rule{Base: 5, Cap: -1}, "cap is -1ns, want at least base 5ns, or 0 for none"},
		{Rule{Cap: -1, Jitter: "some"}, "base is 0s, want more than 0\ncap is -1ns, want at least base 0s, or 0 for none\n" +
			`jitter is "some", want none, full, equal or decorrelated`},
	} {
		if err := tt.rule.Validate(); (err == nil) != (tt.want == "") || err != nil && err.Error() != tt.want {
			t.Errorf("%+v: %v, want %s", tt.rule, err, tt.want)
		}
	}
	for _, jitter := range append(Jitters(), "") {
		if err := (Rule{Base: 1, Jitter: jitter}).Validate(); err != nil {
			t.Error(err)
		}
	}
}

// A delay is bounded where doubling it would be more than there is, and before
// that it is not.
func TestDelaysDoNotOverflow(t *testing.T) {
	for _, tt := range []struct {
		rule    Rule
		attempt int
		want    time.Duration
	}{
		{Rule{Base: 1}, 62, 1 << 62},
		{Rule{Base: 1}, 63, math.MaxInt64},
		{Rule{Base: 3}, 61, 3 << 61},
		{Rule{Base: 3}, 62, math.MaxInt64},
		{Rule{Base: 5, Cap: 40}, 3, 40},
		{Rule{Base: 5, Cap: 41}, 3, 40},
		{Rule{Base: 5, Cap: 39}, 3, 39},
		{Rule{Base: 5}, -1, 5},
	} {
		if got := tt.rule.Delay(tt.attempt, 0, 0); got != tt.want {
			t.Errorf("%+v: delay %d is %d, want %d", tt.rule, tt.attempt, got, tt.want)
		}
	}
}
