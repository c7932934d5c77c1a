package page

import (
	"html/template"

	"ratebench/harness/chart/kit"
	"ratebench/harness/metrics"
	"ratebench/harness/result"
)

// pageRoutes is the part of report.html on kinds of requests.
type pageRoutes struct {
	Columns []pageColumn
	Rows    []pageRow
	Figure  template.HTML // "": there is none
}

// newPageRoutes is the part without its figure; nil: requests are of one kind.
func newPageRoutes(s *result.Summary) *pageRoutes {
	if !s.HasRoutes() {
		return nil
	}
	p := &pageRoutes{Columns: []pageColumn{
		{Heading: "Strategy", First: ascending},
		{Heading: "Route", First: ascending},
		{Heading: "Offered", Remark: "req/s", First: descending},
		{Heading: "Throughput", Remark: "req/s", First: descending},
		{Heading: "Share", Remark: "of what is offered", First: descending},
		{Heading: "429", Remark: "per run", First: ascending},
		{Heading: "Expired", Remark: "times per run", First: ascending},
		{Heading: "p50", First: ascending},
		{Heading: "p99", First: ascending},
	}}
	for i := range s.Strategies {
		st := &s.Strategies[i]
		for k := range st.Routes {
			p.Rows = append(p.Rows, pageRow{i, result.OneLine(st.Name), routeCells(&st.Routes[k], kit.LookOf(i))})
		}
	}
	return p
}

// routeCells are the figures of a route.
func routeCells(r *result.Route, look kit.Look) []pageCell {
	cell := func(text string, v float64) pageCell { return pageCell{Text: text, Value: metrics.Shortest(v)} }
	latency := func(v *float64) pageCell {
		if v == nil {
			return pageCell{Text: "–"}
		}
		return cell(metrics.CountText(*v)+" ms", *v)
	}
	share := pageCell{Text: "–"}
	if v, ok := r.Share(); ok {
		share = barCell(metrics.Fixed(v, 1)+"\u00a0%", v, 100, look)
	}
	return []pageCell{
		{Text: result.OneLine(r.Name), Value: result.OneLine(r.Name)},
		cell(metrics.RateText(r.Offered, 2), r.Offered),
		cell(metrics.RateText(r.TPS, 2), r.TPS),
		share,
		cell(metrics.CountText(r.Refused), r.Refused),
		cell(metrics.CountText(r.Expired), r.Expired),
		latency(r.P50),
		latency(r.P99),
	}
}
