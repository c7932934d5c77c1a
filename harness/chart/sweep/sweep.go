// Package sweep draws the results of a sweep: lines along an axis of numbers,
// and a heatmap of strategies and points.
package sweep

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ratebench/harness/dist"
	"ratebench/harness/metrics"
	"ratebench/harness/result"
)

// numbers are the values of an axis, if all of them are numbers or times; times
// are in ms.
func numbers(a result.Axis) (values []float64, ok bool) {
	for _, text := range a.Values {
		if v, err := strconv.ParseFloat(text, 64); err == nil {
			values = append(values, v)
		} else if t, err := dist.ParseDuration(text); err == nil {
			values = append(values, metrics.Milliseconds(t))
		} else {
			return nil, false
		}
	}
	return values, slices.IsSorted(values) && len(values) > 1
}

// onLines says whether results are drawn as lines, and with which values: those
// of one axis of ascending numbers.
func onLines(s *result.Summary) (values []float64, ok bool) {
	if len(s.Axes) != 1 {
		return nil, false
	}
	return numbers(s.Axes[0])
}

// axesText names the axes in a sentence.
func axesText(s *result.Summary) string {
	var names []string
	for _, a := range s.Axes {
		names = append(names, a.Name)
	}
	return strings.Join(names, " and ")
}

// Title says who gets the most without being refused once, and at how many of the
// points; if that is nobody, what the chart is by.
func Title(s *result.Summary) string {
	wins := map[string]int{}
	best := ""
	for _, p := range s.Points {
		top := clean(s, p.At)
		if top == "" {
			continue
		}
		if wins[top]++; wins[top] > wins[best] {
			best = top
		}
	}
	if best == "" {
		return "By " + axesText(s)
	}
	name := result.Abbreviate(result.OneLine(best), 40)
	switch n := len(s.Points); {
	case len(s.Names()) == 1:
		return fmt.Sprintf("%s by %s", name, axesText(s))
	case wins[best] == n:
		return fmt.Sprintf("Without one 429, %s gets the most at every point", name)
	default:
		return fmt.Sprintf("Without one 429, %s gets the most at %d of %d points, the most often of all", name, wins[best], n)
	}
}

// clean is the strategy that gets the most at a point, of those that are refused
// nothing; "": all are, or nothing succeeds.
func clean(s *result.Summary, at []string) (top string) {
	most := 0.0
	for _, name := range s.Names() {
		if st := s.AtPoint(name, at); st != nil && st.Mean("refused") == 0 && st.TPS().Value > most {
			top, most = name, st.TPS().Value
		}
	}
	return top
}
