package result

import "ratebench/harness/metrics"

// A ResourceColumn is a figure of the tables of what the clients cost.
type ResourceColumn struct {
	Above, Below string // the heading
	decimals     int
	Of           func(*ResourceUse) *float64
}

var resourceColumns = []ResourceColumn{
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

// Columns are those of the tables in which there is any value.
func (r *Resources) Columns() []ResourceColumn {
	var columns []ResourceColumn
	for _, c := range resourceColumns {
		for i := range r.Strategies {
			if c.Of(&r.Strategies[i]) != nil {
				columns = append(columns, c)
				break
			}
		}
	}
	return columns
}

// Text is the figure of a strategy; "–" when there is none.
func (c *ResourceColumn) Text(u *ResourceUse) string {
	v, ok := Value(c.Of(u))
	if !ok {
		return "–"
	}
	return metrics.Fixed(v, c.decimals)
}
