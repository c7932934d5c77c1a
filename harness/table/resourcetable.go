package table

import (
	"fmt"
	"strings"

	"ratebench/harness/result"
)

// resourceText is the table for people, one row per strategy, with what is around it.
func ResourceText(r *result.Resources, f Format) (string, error) {
	table, err := renderTable(resourceTableColumns(r), f)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	heading := "What the clients cost"
	if f == Markdown {
		heading = "### " + heading + "\n"
	}
	fmt.Fprintf(&b, "\n%s\neach in a process of its own, measured on %s\n\n%s", heading, r.MeasuredOn, table)
	if len(r.NotMeasured) > 0 {
		fmt.Fprintf(&b, "\nNot measured, for this system does not tell: %s.\n", strings.Join(r.NotMeasured, ", "))
	}
	return b.String(), nil
}

func resourceTableColumns(r *result.Resources) []tableColumn {
	name := tableColumn{head: [2]string{"", "strategy"}}
	for _, u := range r.Strategies {
		name.cells = append(name.cells, result.Abbreviate(result.OneLine(u.Name), mostName))
	}
	columns := []tableColumn{name}
	for _, c := range r.Columns() {
		column := tableColumn{head: [2]string{c.Above, c.Below}}
		for i := range r.Strategies {
			column.cells = append(column.cells, c.Text(&r.Strategies[i]))
		}
		columns = append(columns, column)
	}
	return columns
}
