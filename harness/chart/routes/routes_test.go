package routes

import (
	"regexp"
	"strings"
	"testing"

	"ratebench/harness/internal/charttest"
	"ratebench/harness/internal/resulttest"
)

// However many routes and strategies there are, texts do not meet; requests of one
// kind make no chart, nor do more strategies than there is room for.
func TestChart(t *testing.T) {
	many := make([]string, mostRows)
	for i := range many {
		many[i] = strings.Repeat("strategy ", 6) + string(rune('a'+i))
	}
	for _, tt := range []struct {
		routes     int
		strategies []string
		there      bool
	}{
		{0, []string{"a"}, false},
		{2, []string{"a"}, true},
		{3, []string{"a", "b", "c"}, true},
		{8, many, true},
		{2, append(many, "one more"), false},
	} {
		c, ok := Chart(resulttest.Routed(tt.routes, tt.strategies...))
		if ok != tt.there {
			t.Errorf("%d routes of %d strategies: a chart: %v, want %v", tt.routes, len(tt.strategies), ok, tt.there)
		}
		if !ok {
			continue
		}
		image, err := c.SVG()
		if err != nil {
			t.Fatal(err)
		}
		if bad := regexp.MustCompile(`(?i)\b(nan|[+-]?inf)\b`).Find(image); bad != nil {
			t.Errorf("%d routes: %s", tt.routes, bad)
		}
		charttest.CheckTexts(t, c, image)
	}
}

// The title is of the strategy with the most throughput: whom it serves least and
// whom most.
func TestTitle(t *testing.T) {
	c, _ := Chart(resulttest.Routed(3, "worse", "better"))
	if want := "worse gets 0.0\u00a0% of route 2 through, and 100.0\u00a0% of route 0"; c.Title != want {
		t.Errorf("title %q, want %q", c.Title, want)
	}
	d := resulttest.Routed(3, "one")
	for i := range d.Summary.Strategies[0].Routes {
		r := &d.Summary.Strategies[0].Routes[i]
		r.TPS = 0.9 * r.Offered
	}
	if c, _ := Chart(d); c.Title != "one gets as much of each route through: 90.0\u00a0%" {
		t.Errorf("title %q", c.Title)
	}
}

// A panel without any figure is left out, that of the throughput never is.
func TestPanels(t *testing.T) {
	for strategies, want := range map[string]string{"a": "Throughput Expired Latency", "a b": "Throughput Refused Expired Latency"} {
		d := resulttest.Routed(2, strings.Fields(strategies)...)
		var names []string
		for _, p := range newBars(&d.Summary).panels {
			names = append(names, p.heading.Name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: panels %s, want %s", strategies, got, want)
		}
	}
}
