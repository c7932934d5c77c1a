package findings

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"ratebench/harness/internal/charttest"
	"ratebench/harness/stats"
)

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
				c.Lives = append(c.Lives, stats.Life{For: end})
			case rng.IntN(20) == 0:
				c.Lives = append(c.Lives, stats.Life{For: at / 2})
			default:
				c.Lives = append(c.Lives, stats.Life{For: at, Blocked: true})
			}
		}
		all = append(all, c)
	}
	return all
}

func TestSurvivalChart(t *testing.T) {
	all := func(n int, l stats.Life) []Cohort {
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
		"all survive":          all(5, stats.Life{For: time.Second}),
		"none survives":        all(5, stats.Life{For: time.Second, Blocked: true}),
		"none even begins":     all(5, stats.Life{For: 0, Blocked: true}),
		"nothing observed":     all(0, stats.Life{}),
		"nothing and a little": append(all(0, stats.Life{}), all(1, stats.Life{For: time.Second, Blocked: true})...),
		"no value":             nil,
	} {
		t.Run(name, func(t *testing.T) {
			c := SurvivalChart("The less headroom, the sooner keys are blocked",
				Survival{Name: "survival", Subtitle: "Share of the keys that are not blocked, by headroom.", Footer: "sweep", Cohorts: cohorts})
			image, err := c.SVG()
			if err != nil {
				t.Fatal(err)
			}
			charttest.CheckTexts(t, c, image)
			for _, cohort := range cohorts {
				if !strings.Contains(string(image), ">"+cohort.Label[:4]) {
					t.Errorf("%q has no label", cohort.Label)
				}
			}
		})
	}
}

// A curve that comes to nothing ends before the axis does, and its label leads to
// that end; the others end at the right.
func TestSurvivalLabelsLeadToTheEndOfTheirCurves(t *testing.T) {
	dies := Cohort{Label: "dies", Lives: []stats.Life{{For: 20 * time.Second, Blocked: true}, {For: 30 * time.Second, Blocked: true}}}
	lives := Cohort{Label: "lives", Lives: []stats.Life{{For: time.Minute}}}
	labels := newSurvivalCurves([]Cohort{dies, lives}).labels
	if from := labels[0].From; from == nil || *from != 30 {
		t.Errorf("the curve that ends after 30 s: %v", from)
	}
	if labels[1].From != nil {
		t.Errorf("the curve that does not end: %v", *labels[1].From)
	}
}

// The axis of a parameter has a tick at each of its values.
func TestParameterTicks(t *testing.T) {
	ticks := Response{Unit: "ms", At: []float64{0, 3, 6, 9}}.ticks()
	var got []string
	for _, tick := range ticks {
		got = append(got, tick.Label)
	}
	if want := "0 ms, 3 ms, 6 ms, 9 ms"; strings.Join(got, ", ") != want || ticks[1].Value != 3 {
		t.Errorf("%q, want %q", got, want)
	}
}
