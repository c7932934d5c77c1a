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
	var lives []Life
	for week := range strings.FieldsSeq("6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+") {
		number, censored := strings.CutSuffix(week, "+")
		weeks, err := time.ParseDuration(number + "h")
		if err != nil {
			t.Fatal(err)
		}
		lives = append(lives, Life{weeks, !censored})
	}
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
