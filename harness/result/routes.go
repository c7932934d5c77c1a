package result

import (
	"fmt"
	"slices"

	"ratebench/harness/metrics"
)

// A Route is what the requests of one kind came to, of a strategy that sends
// several. Counts are means per run.
type Route struct {
	Name      string   `json:"route"`
	Generated float64  `json:"generated"`
	Offered   float64  `json:"offered_tps"` // generated per second
	Succeeded float64  `json:"succeeded"`
	Refused   float64  `json:"refused"`
	Expired   float64  `json:"expirations"`
	TPS       float64  `json:"tps"`
	P50       *float64 `json:"latency_p50_ms"` // nil: nothing succeeded
	P99       *float64 `json:"latency_p99_ms"`
}

// newRoutes are those of the runs of a strategy; nil: its requests are of one kind.
func newRoutes(runs []*metrics.Run) []Route {
	seconds, n := 0.0, float64(len(runs))
	for _, r := range runs {
		seconds += r.Duration.Seconds()
	}
	var routes []Route
	for _, pooled := range metrics.PoolRoutes(runs) {
		mean := func(count int) float64 { return metrics.Rounded(float64(count) / n) }
		r := Route{
			Name: pooled.Name, Generated: mean(pooled.Generated), Succeeded: mean(pooled.Succeeded),
			Refused: mean(pooled.Refused), Expired: mean(pooled.Expired),
		}
		if seconds > 0 {
			r.Offered = metrics.Rounded(float64(pooled.Generated) / seconds)
			r.TPS = metrics.Rounded(float64(pooled.Succeeded) / seconds)
		}
		if pooled.Latency.Count() > 0 {
			p50, p99 := metrics.Rounded(metrics.Milliseconds(pooled.Latency.Quantile(0.5))), metrics.Rounded(metrics.Milliseconds(pooled.Latency.Quantile(0.99)))
			r.P50, r.P99 = &p50, &p99
		}
		routes = append(routes, r)
	}
	return routes
}

// validate reports what is wrong with what was read.
func (r *Route) validate() error {
	for _, v := range []float64{r.Generated, r.Offered, r.Succeeded, r.Refused, r.Expired, r.TPS} {
		if !(v >= 0 && v <= MostFigure) {
			return fmt.Errorf("found %v of route %q, expected 0 to %.0e", v, r.Name, MostFigure)
		}
	}
	for _, v := range []*float64{r.P50, r.P99} {
		if v != nil && !(*v >= 0 && *v <= MostFigure) {
			return fmt.Errorf("found a latency of %v of route %q, expected 0 to %.0e", *v, r.Name, MostFigure)
		}
	}
	return nil
}

// Share is what succeeds of what is offered, in percent; false: nothing is.
func (r *Route) Share() (float64, bool) {
	if r.Offered <= 0 {
		return 0, false
	}
	return 100 * r.TPS / r.Offered, true
}

// HasRoutes reports whether there are figures by route.
func (s *Summary) HasRoutes() bool {
	return slices.ContainsFunc(s.Strategies, func(st Strategy) bool { return len(st.Routes) > 0 })
}
