package candidate

import (
	"cmp"
	"encoding"
	"math"
	"slices"
	"time"

	"ratebench/clients/limiter"
	"ratebench/harness/dist"
	"ratebench/harness/kinds"
	"ratebench/harness/scenario"
)

// Facts are what values worth trying are made of.
type Facts struct {
	Quota             limiter.Quota
	Shortest, Longest time.Duration // of the way in; Longest is 0 if there is no bound
	// tails are latencies that a way in without a bound stays below but for one
	// request in 10, in 100, … in 100,000.
	tails []time.Duration
}

// FactsOf are those of a scenario's server.
func FactsOf(sc *scenario.Scenario) Facts {
	f := Facts{Quota: sc.Server.Quota()}
	shortest, longest := sc.Server.Incoming.Support()
	bounded := longest != dist.Unbounded
	if faults := sc.Server.Faults; faults.Spike > 0 {
		_, spike := faults.SpikeLatency.Support()
		bounded = bounded && spike != dist.Unbounded
		longest += spike
	}
	f.Shortest = shortest
	if bounded {
		f.Longest = longest
		return f
	}
	for _, above := range []float64{1e-1, 1e-2, 1e-3, 1e-4, 1e-5} {
		f.tails = append(f.tails, Rounded(sc.Server.Incoming.Quantile(1-above)))
	}
	return f
}

// Spread is J, the longest way in less the shortest; false: there is no bound.
func (f *Facts) Spread() (time.Duration, bool) { return f.Longest - f.Shortest, f.Longest > 0 }

// spreads are values around J, and J itself.
func (f *Facts) spreads() []time.Duration {
	if j, bounded := f.Spread(); bounded {
		return []time.Duration{0, Rounded(j / 2), Rounded(j * 8 / 10), j, Rounded(j * 12 / 10)}
	}
	var all []time.Duration
	for _, t := range f.tails {
		all = append(all, t-f.Shortest)
	}
	return all
}

// Age is W', after which a slot of the window is free for certain, by a clock that
// is right.
func (f *Facts) Age() time.Duration { return f.Quota.Window + f.Quota.Resolution }

// An axis is a parameter with the values to try.
type axis struct {
	path   []string // of the parameter, from the outside in
	values []any    // of the parameter's type; a limiter.Rate for a rate
}

// axes are those of a kind's parameters, as many as four: the first that have
// values worth trying.
func (f *Facts) axes(params []kinds.Parameter, outside ...string) []axis {
	const most = 4
	var all []axis
	for _, p := range params {
		path := append(slices.Clone(outside), p.Name)
		if inner, ok := p.Value.([]kinds.Parameter); ok {
			all = append(all, f.axes(inner, path...)...)
		} else if values := f.valuesOf(p); len(values) > 1 {
			all = append(all, axis{path, values})
		}
	}
	return all[:min(len(all), most)]
}

// valuesOf are the values to try of a parameter, by its type and its scale; none
// for one that keeps its default.
func (f *Facts) valuesOf(p kinds.Parameter) []any {
	switch p.Value.(type) {
	case *string:
		return anyOf(p.Words)
	case *bool:
		return []any{false, true}
	case *time.Duration:
		return anyOf(f.durations(p.Scale))
	case *int:
		if p.Scale == kinds.Burst {
			return anyOf(f.bursts())
		}
	case *float64:
		if p.Scale == kinds.Fraction {
			return []any{0.25, 0.5, 0.75, 0.9, 1.0}
		}
	case *limiter.Rate:
		if p.Scale == kinds.Pace {
			return anyOf(f.paces())
		}
	}
	return nil
}

func (f *Facts) durations(s kinds.Scale) []time.Duration {
	var all []time.Duration
	switch s {
	case kinds.Spread:
		all = f.spreads()
	case kinds.Longest:
		all = append([]time.Duration{0, f.Longest}, f.tails...)
	case kinds.Shortest:
		all = []time.Duration{0, f.Shortest}
	case kinds.Interval:
		n := time.Duration(f.Quota.Limit)
		for _, j := range append(f.spreads(), -f.Quota.Window/2) { // also one that leaves all to the window
			all = append(all, Rounded((f.Age()+j)/n))
		}
	}
	return distinct(all)
}

// bursts are from none to half of the limit; of a bucket, to all that it holds, and
// less by what comes in while a request is on its way.
func (f *Facts) bursts() []int {
	n := f.Quota.Limit
	if full := f.Quota.Burst; full > 0 {
		j, _ := f.Spread()
		came := int(math.Ceil(float64(n) * float64(j+f.Quota.Resolution+f.Quota.Refill) / float64(f.Quota.Window)))
		return distinct([]int{0, 1, full / 2, full * 3 / 4, max(1, full-1-came), max(1, full-came), full})
	}
	return distinct([]int{0, 1, int(math.Ceil(math.Sqrt(float64(n)))), n / 4, n / 2})
}

// paces are the quota, which is the zero rate, and rates with room for a spread, for
// a burst beside it, or for as much again.
func (f *Facts) paces() []limiter.Rate {
	n := f.Quota.Limit
	root := int(math.Ceil(math.Sqrt(float64(n))))
	list := []limiter.Rate{{}}
	add := func(n int, per time.Duration) {
		if r := (limiter.Rate{N: n, Per: per}); n > 0 && !slices.Contains(list, r) {
			list = append(list, r)
		}
	}
	for _, j := range f.spreads() {
		add(n, f.Age()+j)
	}
	if j, bounded := f.Spread(); bounded {
		add(n-root, f.Age()+j)
		add(n/2, f.Age()+j)
	}
	return list
}

// set gives the parameter at a path a value.
func set(params []kinds.Parameter, path []string, value any) {
	for _, p := range params {
		if p.Name != path[0] {
			continue
		}
		switch at := p.Value.(type) {
		case []kinds.Parameter:
			set(at, path[1:], value)
		case *time.Duration:
			*at = value.(time.Duration)
		case *int:
			*at = value.(int)
		case *float64:
			*at = value.(float64)
		case *string:
			*at = value.(string)
		case *bool:
			*at = value.(bool)
		case *limiter.Rate:
			*at = value.(limiter.Rate)
		}
	}
}

// get is the value of the parameter at a path.
func get(params []kinds.Parameter, path []string) any {
	for _, p := range params {
		if p.Name != path[0] {
			continue
		}
		switch at := p.Value.(type) {
		case []kinds.Parameter:
			return get(at, path[1:])
		case *time.Duration:
			return *at
		case *int:
			return *at
		case *uint64:
			return *at
		case *float64:
			return *at
		case *string:
			return *at
		case *bool:
			return *at
		case *limiter.Rate:
			return *at
		case encoding.TextMarshaler:
			text, _ := at.MarshalText()
			return string(text)
		}
	}
	return nil
}

// Rounded is d with three significant digits, upwards: what is safe stays safe.
func Rounded(d time.Duration) time.Duration {
	unit := time.Duration(1)
	for d/unit >= 1000 {
		unit *= 10
	}
	return (d + unit - 1) / unit * unit
}

// distinct are values in ascending order, each once.
func distinct[T cmp.Ordered](values []T) []T {
	values = slices.Clone(values)
	slices.Sort(values)
	return slices.Compact(values)
}

func anyOf[T any](values []T) []any {
	all := make([]any, len(values))
	for i, v := range values {
		all[i] = v
	}
	return all
}
