package result

import (
	"cmp"
	"math"
	"slices"

	"ratebench/harness/metrics"
)

// A Distribution is the latency of a strategy's successes, of all runs
// together, by quantile.
type Distribution struct {
	Strategy string
	Points   []LatencyPoint // quantiles ascending; none: fewer than 10 successes
}

// A LatencyPoint is a latency in milliseconds that a share Quantile of the
// successes do not exceed.
type LatencyPoint struct{ Quantile, MS float64 }

// From returns the points from a quantile on.
func (d *Distribution) From(quantile float64) []LatencyPoint {
	i, _ := slices.BinarySearchFunc(d.Points, quantile, func(p LatencyPoint, q float64) int { return cmp.Compare(p.Quantile, q) })
	return d.Points[i:]
}

// At is the latency at a quantile of the grid; false: too few successes lie
// above it.
func (d *Distribution) At(quantile float64) (ms float64, ok bool) {
	for _, p := range d.Points {
		if p.Quantile == quantile {
			return p.MS, true
		}
	}
	return 0, false
}

func newDistribution(strategy string, runs []*metrics.Run) Distribution {
	var all metrics.Histogram
	for _, r := range runs {
		all.Merge(r.Latency)
	}
	d := Distribution{Strategy: strategy}
	for _, q := range quantileGrid(all.Count()) {
		d.Points = append(d.Points, LatencyPoint{q, metrics.Rounded(metrics.Milliseconds(all.Quantile(q)))})
	}
	return d
}

// FewestAbove is how many samples have to lie above a quantile for it to say
// something about more than single requests.
const FewestAbove = 10

// tails are the shares that lie above the quantiles of one nine: about evenly
// spaced on an axis that gives each further nine the same room.
var tails = []float64{
	1, .95, .9, .85, .8, .75, .7, .65, .6, .55, .5, .45, .4, .35,
	.3, .275, .25, .225, .2, .18, .16, .14, .12,
}

// quantileGrid returns the quantiles, from the minimum on, that at least
// FewestAbove of n samples lie above.
func quantileGrid(n int64) []float64 {
	var grid []float64
	for nines := 0; ; nines++ {
		for _, tail := range tails {
			above := tail * math.Pow10(-nines)
			if above*float64(n) < FewestAbove*(1-1e-9) {
				return grid
			}
			const tailDigits = 3
			grid = append(grid, metrics.Round(1-above, nines+tailDigits))
		}
	}
}
