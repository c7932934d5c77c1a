package stats

import (
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// The remission times of leukaemia patients treated with 6-mercaptopurine, in
// weeks, and what textbooks give for them (Freireich and others, 1963); + is
// a patient who was not observed longer.
func TestKaplanMeierOfTextbook(t *testing.T) {
	lives := livesOf(t, "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+")
	want := map[time.Duration]float64{0: 1, 6: 0.857, 7: 0.807, 9: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448, 35: 0.448}
	found := 0
	for _, step := range KaplanMeier(lives) {
		if share, ok := want[step.At/time.Hour]; ok {
			found++
			if math.Abs(step.Share-share) > 0.0006 {
				t.Errorf("after %d weeks: %.4f, want %v", step.At/time.Hour, step.Share, share)
			}
		}
	}
	if found != len(want) {
		t.Errorf("%d of %d weeks have a step", found, len(want))
	}
}

// livesOf reads times in hours; + is one that was still alive then.
func livesOf(t *testing.T, list string) []Life {
	t.Helper()
	var lives []Life
	for field := range strings.FieldsSeq(list) {
		number, censored := strings.CutSuffix(field, "+")
		at, err := time.ParseDuration(number + "h")
		if err != nil {
			t.Fatal(err)
		}
		lives = append(lives, Life{at, !censored})
	}
	return lives
}

func TestMedianLife(t *testing.T) {
	for _, tc := range []struct {
		lives string
		want  time.Duration // in hours; -1: none
	}{
		{"6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+", 23}, // as the textbooks have it
		{"", -1},
		{"3+", -1},
		{"3", 3},
		{"3 5+", 3},       // half of two
		{"3 5+ 5+", -1},   // a third
		{"3 4 5+", 4},     // two thirds
		{"3 4 5 6", 4},    // half of four, not the mean of 4 and 5
		{"1+ 1+ 1+ 7", 7}, // the only one who was observed that long
		{"3 3 3 9+ 9+ 9+", 3},
		{"1 2 3 4 5 6 7 8 9 10 11 12+ 12+ 12+ 12+ 12+ 12+ 12+ 12+ 12+ 12+ 12+", 11}, // 11 of 22: a product of eleven factors
		{"1 2 3 4 5 6 7 8 9 10 12+ 12+ 12+ 12+ 12+ 12+ 12+ 12+ 12+ 12+ 12+", -1},
	} {
		got, known := MedianLife(livesOf(t, tc.lives))
		if known != (tc.want >= 0) || known && got != tc.want*time.Hour {
			t.Errorf("%s: half of them live for %v, %v, want %d h", tc.lives, got, known, tc.want)
		}
	}
}

// When everybody is observed to the end, the estimate is the share that is
// left.
func TestKaplanMeierWithoutCensoring(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const end = 20 * time.Second
		var lives []Life
		for range rapid.IntRange(1, 30).Draw(t, "n") {
			at := time.Duration(rapid.IntRange(0, 25).Draw(t, "at")) * time.Second
			lives = append(lives, Life{min(at, end), at < end})
		}
		for _, step := range KaplanMeier(lives)[1:] {
			left := 0
			for _, l := range lives {
				if l.For > step.At || !l.Blocked {
					left++
				}
			}
			if want := float64(left) / float64(len(lives)); math.Abs(step.Share-want) > 1e-9 {
				t.Fatalf("after %v: %v, want %v", step.At, step.Share, want)
			}
		}
	})
}
