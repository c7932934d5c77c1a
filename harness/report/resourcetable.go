package report

import (
	"fmt"
	"strings"
)

// A resourceColumn is a figure of the tables of what the clients cost.
type resourceColumn struct {
	above, below string // the heading
	decimals     int
	of           func(*ResourceUse) *float64
}

var resourceColumns = []resourceColumn{
	{"CPU s per", "1000 requests", 3, func(u *ResourceUse) *float64 { return u.CPUSecondsPer1000 }},
	{"CPU", "% of a core", 1, func(u *ResourceUse) *float64 { return percent(u.CPUShare) }},
	{"RSS MiB", "at start", 1, func(u *ResourceUse) *float64 { return u.RSSStartMiB }},
	{"RSS MiB", "peak", 1, func(u *ResourceUse) *float64 { return u.RSSPeakMiB }},
	{"heap MiB", "max", 1, func(u *ResourceUse) *float64 { return &u.HeapMaxMiB }},
	{"goroutines", "max", 0, func(u *ResourceUse) *float64 { n := float64(u.GoroutinesMax); return &n }},
	{"context switches", "per request", 1, func(u *ResourceUse) *float64 { return u.SwitchesPerRequest }},
}

func percent(share *float64) *float64 {
	if share == nil {
		return nil
	}
	v := 100 * *share
	return &v
}

// known are the columns in which there is any value.
func (r *Resources) known() []resourceColumn {
	var columns []resourceColumn
	for _, c := range resourceColumns {
		for i := range r.Strategies {
			if c.of(&r.Strategies[i]) != nil {
				columns = append(columns, c)
				break
			}
		}
	}
	return columns
}

// text is the figure of a strategy; "–" when there is none.
func (c *resourceColumn) text(u *ResourceUse) string {
	v, ok := value(c.of(u))
	if !ok {
		return "–"
	}
	return fixed(v, c.decimals)
}

// text is the table for people, one row per strategy, with what is around it.
func (r *Resources) text(f Format) (string, error) {
	table, err := renderTable(r.columns(), f)
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

func (r *Resources) columns() []tableColumn {
	name := tableColumn{head: [2]string{"", "strategy"}}
	for _, u := range r.Strategies {
		name.cells = append(name.cells, abbreviate(oneLine(u.Name), mostName))
	}
	columns := []tableColumn{name}
	for _, c := range r.known() {
		column := tableColumn{head: [2]string{c.above, c.below}}
		for i := range r.Strategies {
			column.cells = append(column.cells, c.text(&r.Strategies[i]))
		}
		columns = append(columns, column)
	}
	return columns
}
