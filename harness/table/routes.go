package table

import (
	"ratebench/harness/metrics"
	"ratebench/harness/result"
)

// A routeColumn is a figure of the table by route.
type routeColumn struct {
	head        [2]string
	dispensable int
	of          func(*result.Route) string
}

func routeColumns() []routeColumn {
	latency := func(v *float64) string {
		if v == nil {
			return none
		}
		return metrics.Fixed(*v, 0)
	}
	return []routeColumn{
		{[2]string{"offered", "req/s"}, 1, func(r *result.Route) string { return metrics.RateText(r.Offered, 2) }},
		{[2]string{"", "TPS"}, 0, func(r *result.Route) string { return metrics.RateText(r.TPS, 2) }},
		{[2]string{"succeed", "%"}, 2, func(r *result.Route) string {
			if v, ok := r.Share(); ok {
				return metrics.Fixed(v, 1)
			}
			return none
		}},
		{[2]string{"", "generated"}, 5, func(r *result.Route) string { return metrics.CountText(r.Generated) }},
		{[2]string{"", "succeeded"}, 4, func(r *result.Route) string { return metrics.CountText(r.Succeeded) }},
		{[2]string{"", "429"}, 0, func(r *result.Route) string { return metrics.CountText(r.Refused) }},
		{[2]string{"times", "expired"}, 0, func(r *result.Route) string { return metrics.CountText(r.Expired) }},
		{[2]string{"p50", "ms"}, 3, func(r *result.Route) string { return latency(r.P50) }},
		{[2]string{"p99", "ms"}, 0, func(r *result.Route) string { return latency(r.P99) }},
	}
}

// routesText is a table with a row for each strategy and kind of requests, whose
// counts are per run; "" where requests are of one kind. A text is no wider than so
// many characters, if that can be had by leaving columns out.
func routesText(s *result.Summary, f Format, width int) string {
	if !s.HasRoutes() {
		return ""
	}
	columns := append(rowHeads(s.Axes), Column{Head: [2]string{"", "route"}, Left: true})
	figures := routeColumns()
	for _, c := range figures {
		columns = append(columns, Column{Head: c.head, Dispensable: c.dispensable})
	}
	for _, st := range s.Strategies {
		for _, r := range st.Routes {
			cells := append(rowNames(&st), shortName(r.Name))
			for _, c := range figures {
				cells = append(cells, c.of(&r))
			}
			AddRow(columns, cells...)
		}
	}
	if f == Markdown {
		return "\nBy route, per run:\n\n" + Render(columns, f)
	}
	columns, _ = Fit(columns, width)
	return "\nBy route, per run:\n" + Render(columns, f)
}
