package findings

import (
	"fmt"
	"strconv"
	"strings"
)

// gainClients are rows of why-74-to-85, without the cost per request at the end of
// their names.
var gainClients = []ClientResponse{
	{Label: "without the interval", Colour: 1},
	{Label: "without, in an event loop", Colour: 1, Dashed: true},
	{Label: "with the interval", Colour: 0},
	{Label: "with, in an event loop", Colour: 0, Dashed: true},
}

var gainStrategies = []string{"no-interval/free/free/", "no-interval/event loop/free/", "interval/free/free/", "interval/event loop/free/"}

// gainChart draws what removing the interval is worth, by what a request costs
// the client, and what an event loop takes of it.
func (w *writer) gainChart(scenario string, costs ...string) ([]byte, error) {
	d, err := w.results.of(scenario)
	if err != nil {
		return nil, err
	}
	r := Response{
		Name:     "gain",
		Subtitle: "Successful requests per second by what a request costs. Event loop: one queue for work and wake-ups, 0.1 ms each.",
		Footer:   fmt.Sprintf("%s · without blocking · %s clock · %d runs of %g s each", scenario, d.Summary.Clock, d.Summary.Runs, d.Summary.DurationS),
		Unit:     "ms",
	}
	for _, cost := range costs {
		at, err := strconv.ParseFloat(strings.TrimSuffix(cost, "ms"), 64)
		if err != nil {
			return nil, err
		}
		r.At = append(r.At, at)
	}
	for i, c := range gainClients {
		for _, cost := range costs {
			v, err := w.results.metric(scenario, gainStrategies[i]+cost, "tps")
			if err != nil {
				return nil, err
			}
			c.TPS = append(c.TPS, v)
		}
		r.Clients = append(r.Clients, c)
	}
	gain := func(without, with ClientResponse, i int) float64 { return without.TPS[i] - with.TPS[i] }
	last := len(costs) - 1
	r.Title = fmt.Sprintf("The interval costs %.1f requests per second without any event loop, and %.1f at %s a request",
		gain(r.Clients[0], r.Clients[2], 0), gain(r.Clients[0], r.Clients[2], last), strings.TrimSuffix(costs[last], "ms")+"\u00a0ms")
	return ParameterChart(r).SVG()
}

// Headline is the finding in two lines: what was published, what came out again,
// and why.
func Headline(dir string) (string, error) {
	return (&writer{results: openResults(dir), figures: &figures{}}).text("headline.txt")
}
