package findings

import (
	"fmt"
	"strings"
	"time"

	"ratebench/harness/chart/kit"
	"ratebench/harness/stats"
)

// A survived is how long the runs of a strategy lasted, at a point of a sweep.
type survived struct {
	label     string // the point, or else the strategy
	row       string
	firstKey  []stats.Life // until a key was blocked
	everyKey  []stats.Life // until all were
	allOfThem int          // runs in which all were
}

// survived says it of each strategy of a scenario. How many keys there were has to be
// in the results: the most that were blocked in any run may be fewer.
func (w *writer) survived(scenario string) []survived {
	d := w.results.of(scenario)
	switch s := &d.Summary; {
	case s.Keys == 0:
		w.results.fail("the results of %s do not say how many keys there were (results of version 1 do not): run it again", scenario)
	case s.Interrupted:
		w.results.fail("the results of %s are of runs that were cut short: run it again", scenario)
	}
	blocks := map[string]map[uint64][]time.Duration{}
	for _, b := range d.Blocks {
		if blocks[b.Strategy] == nil {
			blocks[b.Strategy] = map[uint64][]time.Duration{}
		}
		blocks[b.Strategy][b.Seed] = b.At
	}
	length := time.Duration(d.Summary.DurationS * float64(time.Second))
	var all []survived
	for _, st := range d.Summary.Strategies {
		s := survived{label: st.Name, row: st.Name}
		if len(st.Point) > 0 {
			s.label = strings.Join(st.Point, ", ")
		}
		for _, r := range d.Runs {
			if r.Strategy != st.Name {
				continue
			}
			first, every := stats.Life{For: length}, stats.Life{For: length}
			if at := blocks[r.Strategy][r.Seed]; len(at) > 0 {
				first = stats.Life{For: at[0], Blocked: true}
				if len(at) == d.Summary.Keys {
					every = stats.Life{For: at[len(at)-1], Blocked: true}
					s.allOfThem++
				}
			}
			s.firstKey, s.everyKey = append(s.firstKey, first), append(s.everyKey, every)
		}
		all = append(all, s)
	}
	return all
}

// survival is a table of how long the keys of a scenario's strategies last.
func (w *writer) survival(scenario string) string {
	var b strings.Builder
	b.WriteString(header(1, "per request", "first key blocked in half of the runs after, s", "all keys blocked", "half of the runs dead after, s"))
	for _, s := range w.survived(scenario) {
		source := fmt.Sprintf("%s/blocks.csv: %s", scenario, s.row)
		share := w.figures.make(100*float64(s.allOfThem)/float64(len(s.everyKey)), 1, source+", percent of runs with all keys blocked")
		b.WriteString(row(s.label,
			w.medianLife(s.firstKey, source+", median time of the first block (Kaplan-Meier)"),
			"in "+share.Text+" % of runs",
			w.medianLife(s.everyKey, source+", median time of the last block (Kaplan-Meier)")))
	}
	return b.String()
}

// dead is the last point of a scenario at which half of the runs are dead within so
// many seconds, as "4 ms".
func (w *writer) dead(scenario string, within float64) string {
	label, err := lastDead(w.survived(scenario), within)
	if err != nil {
		w.results.fail("%s: %w", scenario, err)
	}
	return label
}

// lastDead is that point of a sweep. It is an error unless half of the runs are dead at
// all points before it, and at no later one.
func lastDead(rows []survived, within float64) (string, error) {
	last := -1
	for i, s := range rows {
		median, known := stats.MedianLife(s.everyKey)
		if !known || median.Seconds() > within {
			continue
		}
		if last != i-1 {
			return "", fmt.Errorf("half of the runs are dead within %g s at %s, and not at %s", within, s.label, rows[i-1].label)
		}
		last = i
	}
	if last < 0 {
		return "", fmt.Errorf("half of the runs are dead within %g s nowhere", within)
	}
	return strings.Replace(rows[last].label, "ms", " ms", 1), nil
}

// medianLife writes how long half of the runs live, in s; "–" where that many
// do to the end.
func (w *writer) medianLife(lives []stats.Life, source string) string {
	median, known := stats.MedianLife(lives)
	if !known {
		return "–"
	}
	return w.figures.make(median.Seconds(), 1, source).Text
}

// survivalChart draws the same.
func (w *writer) survivalChart(scenario string) kit.Chart {
	c := survivalChart(w.survived(scenario))
	c.Name = "survival"
	c.Title = "How long buffer-only lives"
	c.Subtitle = "Share of runs in which a key is left, by what a request costs the client."
	c.Footer = scenario + w.results.conditions(scenario)
	return c
}
