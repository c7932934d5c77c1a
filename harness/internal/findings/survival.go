package findings

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"ratebench/harness/chart"
	"ratebench/harness/result"
	"ratebench/harness/stats"
)

// lives returns, for each strategy of a scenario, how long its runs lasted
// until the last key was blocked.
func (w *writer) lives(scenario string) ([]chart.Cohort, error) {
	d, err := w.results.of(scenario)
	if err != nil {
		return nil, err
	}
	blocks := d.Blocks
	length := time.Duration(d.Summary.DurationS * float64(time.Second))
	var cohorts []chart.Cohort
	for _, s := range d.Summary.Strategies {
		lives := make([]stats.Life, d.Summary.Runs)
		for i := range lives {
			lives[i] = stats.Life{For: length}
		}
		i := 0
		for _, b := range blocks {
			if b.Strategy == s.Name && len(b.At) == keysOf(blocks) {
				lives[i] = stats.Life{For: slices.Max(b.At), Blocked: true}
				i++
			}
		}
		cohorts = append(cohorts, chart.Cohort{Label: s.Name, Lives: lives})
	}
	return cohorts, nil
}

// keysOf is the number of keys: the most that were blocked in any run.
func keysOf(blocks []result.RunBlocks) int {
	most := 0
	for _, b := range blocks {
		most = max(most, len(b.At))
	}
	return most
}

// survival is a table of how long the keys of a scenario's strategies last.
func (w *writer) survival(scenario string) (string, error) {
	cohorts, err := w.lives(scenario)
	if err != nil {
		return "", err
	}
	d, err := w.results.of(scenario)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(header(1, "per request", "first key blocked after, s", "all keys blocked", "half of the runs dead after, s"))
	for _, c := range cohorts {
		first := "–"
		if s, ok := d.Summary.Strategy(c.Label); ok && s.Of("first_block_s").Known {
			first = w.figures.make(s.Mean("first_block_s"), 1, fmt.Sprintf("%s/summary.json: first_block_s of %s", scenario, c.Label)).Text
		}
		var dead []time.Duration
		for _, l := range c.Lives {
			if l.Blocked {
				dead = append(dead, l.For)
			}
		}
		slices.Sort(dead)
		source := fmt.Sprintf("%s/blocks.csv: %s", scenario, c.Label)
		share := w.figures.make(100*float64(len(dead))/float64(len(c.Lives)), 1, source+", percent of runs with all keys blocked")
		median := "–"
		if half := (len(c.Lives) + 1) / 2; len(dead) >= half {
			median = w.figures.make(dead[half-1].Seconds(), 1, source+", median time of the last block").Text
		}
		b.WriteString(row(c.Label, first, "in "+share.Text+" % of runs", median))
	}
	return b.String(), nil
}

// survivalChart draws the same.
func (w *writer) survivalChart(scenario string) ([]byte, error) {
	cohorts, err := w.lives(scenario)
	if err != nil {
		return nil, err
	}
	d, err := w.results.of(scenario)
	if err != nil {
		return nil, err
	}
	return chart.SurvivalChart("How long buffer-only lives", chart.Survival{
		Name:     "survival",
		Subtitle: "Share of runs in which a key is left, by what a request costs the client.",
		Footer:   fmt.Sprintf("%s · %s clock · %d runs of %g s each", scenario, d.Summary.Clock, d.Summary.Runs, d.Summary.DurationS),
		Cohorts:  cohorts,
	}).SVG()
}
