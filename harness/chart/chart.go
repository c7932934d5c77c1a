// Package chart draws the results of a scenario: a function from results to a
// chart, and a row of kinds, for each.
package chart

import (
	"strings"

	"ratebench/harness/chart/kit"
	"ratebench/harness/chart/routes"
	"ratebench/harness/chart/sweep"
	"ratebench/harness/result"
)

// A Place is where a chart stands on the page of its results.
type Place uint8

// The places.
const (
	Nowhere   Place = iota // its figures are in a table of the page
	OnTop                  // below the interactive charts
	Multiples              // what the interactive charts show, strategy by strategy
	OnPaper                // in place of the interactive charts when the page is printed
	WithCosts              // with what the clients cost
	ByRoute                // with the figures by route
)

// A kind of chart: a row for each that there may be.
type kind struct {
	name  string // of its file, without extension
	place Place
	many  bool                                // it is drawn of a sweep with many rows, too
	make  func(result.Data) (kit.Chart, bool) // false: there is nothing to draw
}

// kinds are all charts, in the order of the page.
func kinds() []kind {
	list := []kind{
		{"sweep", OnTop, true, sweep.Lines},
		{"heatmap", OnTop, true, sweep.Heatmap},
		{"mean-tps", OnTop, false, always(meanChart)},
		{"latency-nines", OnTop, false, always(latencyNinesChart)},
		{"429-tps", OnTop, false, always(tradeoffChart)},
		{"dashboard", OnPaper, false, always(dashboardChart)},
		{"scorecard", Nowhere, true, always(scorecard)},
		{"resources", WithCosts, true, resourceChart},
		{"routes", ByRoute, true, routes.Chart},
	}
	for _, f := range Figures {
		list = append(list, kind{f.file, Multiples, false, f.multiples})
	}
	return list
}

func always(chart func(result.Data) kit.Chart) func(result.Data) (kit.Chart, bool) {
	return func(d result.Data) (kit.Chart, bool) { return chart(d), true }
}

// mostRows is how many rows of a sweep are also drawn one by one.
const mostRows = 24

// Charts returns all charts of d and their places; none when no strategy ran.
func Charts(d result.Data) (charts []kit.Chart, places []Place) {
	if len(d.Summary.Strategies) == 0 {
		return nil, nil
	}
	d = Drawable(d)
	footer := append([]string{result.Abbreviate(d.Summary.Scenario.Name, 60)}, d.Summary.Conditions()...)
	crowd := len(d.Summary.Axes) > 0 && len(d.Summary.Strategies) > mostRows
	for _, k := range kinds() {
		if crowd && !k.many {
			continue
		}
		c, ok := k.make(d)
		if !ok {
			continue
		}
		c.Name = k.name
		if c.Footer == "" {
			c.Footer = strings.Join(footer, " · ")
		}
		charts, places = append(charts, c), append(places, k.place)
	}
	return charts, places
}
