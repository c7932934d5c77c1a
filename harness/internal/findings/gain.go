package findings

import (
	"fmt"

	"ratebench/harness/chart/kit"
	"ratebench/harness/metrics"
)

// gainClients are rows of why-74-to-85; their names there end in the cost per request.
var gainClients = []struct {
	row string
	clientResponse
}{
	{"no-interval/free/free/", clientResponse{label: "without the interval", colour: 1}},
	{"no-interval/event loop/free/", clientResponse{label: "without, in an event loop", colour: 1, dashed: true}},
	{"interval/free/free/", clientResponse{label: "with the interval", colour: 0}},
	{"interval/event loop/free/", clientResponse{label: "with, in an event loop", colour: 0, dashed: true}},
}

// gainChart draws what removing the interval is worth, by what a request costs
// the client in ms, and what an event loop takes of it.
func (w *writer) gainChart(scenario string, costs ...float64) kit.Chart {
	var clients []clientResponse
	for _, c := range gainClients {
		for _, cost := range costs {
			c.tps = append(c.tps, w.results.metric(scenario, c.row+metrics.Shortest(cost)+"ms", "tps"))
		}
		clients = append(clients, c.clientResponse)
	}
	last := len(costs) - 1
	gain := func(i int) float64 { return clients[0].tps[i] - clients[2].tps[i] }
	c := parameterChart(costs, "ms", clients)
	c.Name = "gain"
	c.Title = fmt.Sprintf("The interval costs %.1f requests per second without any event loop, and %.1f at %s\u00a0ms a request",
		gain(0), gain(last), metrics.Shortest(costs[last]))
	c.Subtitle = "Successful requests per second by what a request costs. Event loop: one queue for work and wake-ups, 0.1 ms each."
	c.Footer = scenario + " · without blocking" + w.results.conditions(scenario)
	return c
}

// Headline is the finding in two lines: what was published, what came out again,
// and why.
func Headline(dir string) (string, error) {
	return newWriter(dir).text("headline.txt")
}
