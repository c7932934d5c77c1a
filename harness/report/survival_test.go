package report

import (
	"fmt"
	"math"
	"math/rand/v2"
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
	for _, step := range kaplanMeier(lives) {
		if share, ok := want[step.at/time.Hour]; ok {
			found++
			if math.Abs(step.share-share) > 0.0006 {
				t.Errorf("after %d weeks: %.4f, want %v", step.at/time.Hour, step.share, share)
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
		for _, step := range kaplanMeier(lives)[1:] {
			left := 0
			for _, l := range lives {
				if l.For > step.at || !l.Blocked {
					left++
				}
			}
			if want := float64(left) / float64(len(lives)); math.Abs(step.share-want) > 1e-9 {
				t.Fatalf("after %v: %v, want %v", step.at, step.share, want)
			}
		}
	})
}

// cohorts are n of a hundred lives each, the later the longer; some are not
// observed to their end.
func cohorts(n int) []Cohort {
	rng := rand.New(rand.NewPCG(1, 2))
	const end = time.Minute
	var all []Cohort
	for i := range n {
		c := Cohort{Label: fmt.Sprintf("%d ms", 5*i)}
		for range 100 {
			at := time.Duration(rng.ExpFloat64() * float64(4+i*i/2) * float64(time.Second))
			switch {
			case at > end:
				c.Lives = append(c.Lives, Life{For: end})
			case rng.IntN(20) == 0:
				c.Lives = append(c.Lives, Life{For: at / 2})
			default:
				c.Lives = append(c.Lives, Life{at, true})
			}
		}
		all = append(all, c)
	}
	return all
}

func TestSurvivalChart(t *testing.T) {
	all := func(n int, l Life) []Cohort {
		c := Cohort{Label: strings.Repeat("a long value ", 12)}
		for range n {
			c.Lives = append(c.Lives, l)
		}
		return []Cohort{c}
	}
	for name, cohorts := range map[string][]Cohort{
		"one value":            cohorts(1),
		"nine values":          cohorts(9),
		"25 values":            cohorts(25),
		"all survive":          all(5, Life{For: time.Second}),
		"none survives":        all(5, Life{time.Second, true}),
		"none even begins":     all(5, Life{0, true}),
		"nothing observed":     all(0, Life{}),
		"nothing and a little": append(all(0, Life{}), all(1, Life{time.Second, true})...),
		"no value":             nil,
	} {
		t.Run(name, func(t *testing.T) {
			c := SurvivalChart("The less headroom, the sooner keys are blocked",
				Survival{Name: "survival", Subtitle: "Share of the keys that are not blocked, by headroom.", Footer: "sweep", Cohorts: cohorts})
			image, err := c.SVG()
			if err != nil {
				t.Fatal(err)
			}
			checkTexts(t, c, image)
			for _, cohort := range cohorts {
				if !strings.Contains(string(image), ">"+cohort.Label[:4]) {
					t.Errorf("%q has no label", cohort.Label)
				}
			}
		})
	}
}
