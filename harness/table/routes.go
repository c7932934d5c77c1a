package table

import (
	"ratebench/harness/metrics"
	"ratebench/harness/result"
)

// routesText is a table with a row for each strategy and kind of requests; ""
// where requests are of one kind.
func routesText(s *result.Summary, f Format) (string, error) {
	columns := []Column{
		{Head: [2]string{"", "strategy"}, Left: true}, {Head: [2]string{"", "route"}, Left: true},
		{Head: [2]string{"", "TPS"}}, {Head: [2]string{"", "generated"}}, {Head: [2]string{"", "succeeded"}}, {Head: [2]string{"", "429"}},
		{Head: [2]string{"times", "expired"}}, {Head: [2]string{"p50", "ms"}}, {Head: [2]string{"p99", "ms"}},
	}
	latency := func(v *float64) string {
		if v == nil {
			return none
		}
		return metrics.Fixed(*v, 0)
	}
	for i := range s.Strategies {
		st := &s.Strategies[i]
		for _, r := range st.Routes {
			for c, cell := range []string{
				shortName(st.Name), shortName(r.Name), metrics.RateText(r.TPS, 2), metrics.CountText(r.Generated), metrics.CountText(r.Succeeded),
				metrics.CountText(r.Refused), metrics.CountText(r.Expired), latency(r.P50), latency(r.P99),
			} {
				columns[c].Cells = append(columns[c].Cells, cell)
			}
		}
	}
	if len(columns[0].Cells) == 0 {
		return "", nil
	}
	text, err := Render(columns, f)
	if err != nil {
		return "", err
	}
	heading := "\nBy route, per run:\n"
	if f == Markdown {
		heading += "\n"
	}
	return heading + text, nil
}
