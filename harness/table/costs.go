package table

import (
	"fmt"
	"strings"

	"ratebench/harness/result"
	"ratebench/harness/result/costs"
)

// costsText is the table of what the clients cost, one row per strategy, with
// what is around it.
func costsText(r *result.Resources, f Format) string {
	columns := []Column{{Head: [2]string{"", "strategy"}, Left: true}}
	for _, u := range r.Strategies {
		columns[0].Cells = append(columns[0].Cells, shortName(u.Name))
	}
	for _, c := range costs.Columns(r.Strategies) {
		column := Column{Head: [2]string{c.Above, c.Below}}
		for _, u := range r.Strategies {
			column.Cells = append(column.Cells, c.Text(&u))
		}
		columns = append(columns, column)
	}
	var b strings.Builder
	heading := "What the clients cost"
	if f == Markdown {
		heading = "### " + heading + "\n"
	}
	fmt.Fprintf(&b, "\n%s\neach in a process of its own, measured on %s\n\n%s", heading, r.MeasuredOn, Render(columns, f))
	if len(r.NotMeasured) > 0 {
		fmt.Fprintf(&b, "\nNot measured, for this system does not tell: %s.\n", strings.Join(r.NotMeasured, ", "))
	}
	return b.String()
}
