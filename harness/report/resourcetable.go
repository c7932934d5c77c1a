package report

import (
	"fmt"
	"io"
	"strings"
)

// ResourceTable writes what the clients cost, one row per strategy. The
// formats for programs have it in the files alone: theirs is the table of the
// strategies, and nothing after it.
func ResourceTable(w io.Writer, r Resources, f Format) error {
	if f != Text && f != Markdown {
		return nil
	}
	table, err := renderTable(r.columns(), f)
	if err != nil {
		return err
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
	_, err = io.WriteString(w, b.String())
	return err
}

// columns are those of the table. A column without any value is left out.
func (r *Resources) columns() []tableColumn {
	name := tableColumn{head: [2]string{"", "strategy"}}
	for _, u := range r.Strategies {
		name.cells = append(name.cells, abbreviate(oneLine(u.Name), mostName))
	}
	columns := []tableColumn{name}
	for _, c := range []struct {
		above, below string
		decimals     int
		of           func(*ResourceUse) *float64
	}{
		{"CPU s per", "1000 requests", 3, func(u *ResourceUse) *float64 { return u.CPUSecondsPer1000 }},
		{"CPU", "% of a core", 1, func(u *ResourceUse) *float64 { return percent(u.CPUShare) }},
		{"RSS MiB", "at start", 1, func(u *ResourceUse) *float64 { return u.RSSStartMiB }},
		{"RSS MiB", "peak", 1, func(u *ResourceUse) *float64 { return u.RSSPeakMiB }},
		{"heap MiB", "max", 1, func(u *ResourceUse) *float64 { return &u.HeapMaxMiB }},
		{"goroutines", "max", 0, func(u *ResourceUse) *float64 { n := float64(u.GoroutinesMax); return &n }},
		{"context switches", "per request", 1, func(u *ResourceUse) *float64 { return u.SwitchesPerRequest }},
	} {
		column := tableColumn{head: [2]string{c.above, c.below}}
		some := false
		for i := range r.Strategies {
			v, ok := value(c.of(&r.Strategies[i]))
			cell := "–"
			if ok {
				cell, some = fixed(v, c.decimals), true
			}
			column.cells = append(column.cells, cell)
		}
		if some {
			columns = append(columns, column)
		}
	}
	return columns
}

func percent(share *float64) *float64 {
	if share == nil {
		return nil
	}
	v := 100 * *share
	return &v
}
