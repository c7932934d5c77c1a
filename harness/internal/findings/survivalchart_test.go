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
func cohorts(n int) []survived {
	rng := rand.New(rand.NewPCG(1, 2))
	const end = time.Minute
	var all []survived
	for i := range n {
		c := survived{label: fmt.Sprintf("%d ms", 5*i)}
		for range 100 {
			at := time.Duration(rng.ExpFloat64() * float64(4+i*i/2) * float64(time.Second))
			switch {
			case at > end:
				c.everyKey = append(c.everyKey, stats.Life{For: end})
			case rng.IntN(20) == 0:
				c.everyKey = append(c.everyKey, stats.Life{For: at / 2})
			default:
				c.everyKey = append(c.everyKey, stats.Life{For: at, Blocked: true})
			}
		}
		all = append(all, c)
	}
	return all
}

func TestSurvivalChart(t *testing.T) {
	all := func(n int, l stats.Life) []survived {
		c := survived{label: strings.Repeat("a long value ", 12)}
		for range n {
			c.everyKey = append(c.everyKey, l)
		}
		return []survived{c}
	}
	for name, cohorts := range map[string][]survived{
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
			c := survivalChart(cohorts)
			c.Title, c.Footer = "The less headroom, the sooner keys are blocked", "sweep"
			c.Subtitle = "Share of the keys that are not blocked, by headroom."
			image, err := c.SVG()
			if err != nil {
				t.Fatal(err)
			}
			charttest.CheckTexts(t, c, image)
			for _, cohort := range cohorts {
				if !strings.Contains(string(image), ">"+cohort.label[:4]) {
					t.Errorf("%q has no label", cohort.label)
				}
			}
		})
	}
}

// A curve that comes to nothing ends before the axis does, and its label leads to
// that end; the others end at the right.
func TestSurvivalLabelsLeadToTheEndOfTheirCurves(t *testing.T) {
	dies := survived{label: "dies", everyKey: []stats.Life{{For: 20 * time.Second, Blocked: true}, {For: 30 * time.Second, Blocked: true}}}
	lives := survived{label: "lives", everyKey: []stats.Life{{For: time.Minute}}}
	_, labels, _ := survivalCurves([]survived{dies, lives})
	if from := labels[0].From; from == nil || *from != 30 {
		t.Errorf("the curve that ends after 30 s: %v", from)
	}
	if labels[1].From != nil {
		t.Errorf("the curve that does not end: %v", *labels[1].From)
	}
}

// The axis of a parameter has a tick at each of its values.
func TestParameterTicks(t *testing.T) {
	ticks := parameterTicks([]float64{0, 3, 6, 9}, "ms")
	var got []string
	for _, tick := range ticks {
		got = append(got, tick.Label)
	}
	if want := "0 ms, 3 ms, 6 ms, 9 ms"; strings.Join(got, ", ") != want || ticks[1].Value != 3 {
		t.Errorf("%q, want %q", got, want)
	}
}
