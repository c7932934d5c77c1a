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

// end is the highest quantile; 0 when there is none.
func (d *Distribution) end() float64 {
	if n := len(d.Points); n > 0 {
		return d.Points[n-1].Quantile
	}
	return 0
}

// from returns the points from a quantile on.
func (d *Distribution) From(quantile float64) []LatencyPoint {
	i, _ := slices.BinarySearchFunc(d.Points, quantile, func(p LatencyPoint, q float64) int { return cmp.Compare(p.Quantile, q) })
	return d.Points[i:]
}

// at is the latency at a quantile of the grid; false: too few successes lie
// above it.
func (d *Distribution) At(quantile float64) (ms float64, ok bool) {
	for _, p := range d.Points {
		if p.Quantile == quantile {
			return p.MS, true
		}
	}
	return 0, false
}

func NewDistribution(strategy string, runs []*metrics.Run) Distribution {
	all := merged(runs, func(r *metrics.Run) metrics.Histogram { return r.Latency })
	d := Distribution{Strategy: strategy}
	for _, q := range QuantileGrid(all.Count()) {
		d.Points = append(d.Points, LatencyPoint{q, milliseconds(all.Quantile(q))})
	}
	return d
}

// fewestAbove is how many samples have to lie above a quantile for it to say
// something about more than single requests.
const FewestAbove = 10

// tails are the shares that lie above the quantiles of one nine: about evenly
// spaced on an axis that gives each further nine the same room.
var tails = []float64{
	1, .95, .9, .85, .8, .75, .7, .65, .6, .55, .5, .45, .4, .35,
	.3, .275, .25, .225, .2, .18, .16, .14, .12,
}

// quantileGrid returns the quantiles, from the minimum on, that at least
// fewestAbove of n samples lie above.
func QuantileGrid(n int64) []float64 {
	var grid []float64
	for nines := 0; ; nines++ {
		for _, tail := range tails {
			above := tail * math.Pow10(-nines)
			if above*float64(n) < FewestAbove*(1-1e-9) {
				return grid
			}
			const tailDigits = 3
			grid = append(grid, Round(1-above, nines+tailDigits))
		}
	}
}
