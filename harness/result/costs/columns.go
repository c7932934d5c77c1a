package costs

import (
	"slices"

	"ratebench/harness/metrics"
)

// A Column is a figure of the tables of what the clients cost.
type Column struct {
	Above, Below string // the heading
	decimals     int
	Of           func(*Use) *float64
}

var columns = []Column{
	{"CPU s per", "1000 requests", 3, func(u *Use) *float64 { return u.CPUSecondsPer1000 }},
	{"CPU", "% of a core", 1, func(u *Use) *float64 { return percent(u.CPUShare) }},
	{"RSS MiB", "at start", 1, func(u *Use) *float64 { return u.RSSStartMiB }},
	{"RSS MiB", "peak", 1, func(u *Use) *float64 { return u.RSSPeakMiB }},
	{"heap MiB", "max", 1, func(u *Use) *float64 { return &u.HeapMaxMiB }},
	{"goroutines", "max", 0, func(u *Use) *float64 { n := float64(u.GoroutinesMax); return &n }},
	{"context switches", "per request", 1, func(u *Use) *float64 { return u.SwitchesPerRequest }},
}

func percent(share *float64) *float64 {
	if share == nil {
		return nil
	}
	v := 100 * *share
	return &v
}

// Columns are those of the tables in which there is any value.
func Columns(uses []Use) []Column {
	var shown []Column
	for _, c := range columns {
		if slices.ContainsFunc(uses, func(u Use) bool { return c.Of(&u) != nil }) {
			shown = append(shown, c)
		}
	}
	return shown
}

// Text is the figure of a strategy; "–" when there is none.
func (c *Column) Text(u *Use) string {
	v := c.Of(u)
	if v == nil {
		return "–"
	}
	return metrics.Fixed(*v, c.decimals)
}
