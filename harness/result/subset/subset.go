// Package subset takes some of the strategies out of results.
package subset

import (
	"slices"

	"ratebench/harness/result"
)

// Names are what strategies of results can be asked for by, each once: as the
// scenario names them, and of a sweep the rows, too.
func Names(d *result.Data) []string {
	names := d.Summary.Names()
	for i := range d.Summary.Strategies {
		if name := d.Summary.Strategies[i].Name; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// Of are the results of the strategies of those names, in the order of the
// scenario, and of the expectations those that are about no other. What it is
// given stays as it is. Without any name it is all of them.
func Of(d result.Data, names []string) result.Data {
	if len(names) == 0 {
		return d
	}
	asked := func(st *result.Strategy) bool {
		return slices.Contains(names, st.Name) || slices.Contains(names, st.Plain)
	}
	var rows []string // of what stays
	all := d.Summary.Strategies
	of := d
	of.Summary.Strategies, of.Series, of.Latency = []result.Strategy{}, nil, nil
	for i := range all {
		if !asked(&all[i]) {
			continue
		}
		rows = append(rows, all[i].Name)
		of.Summary.Strategies = append(of.Summary.Strategies, all[i])
		of.Series = append(of.Series, d.Series[i])
		of.Latency = append(of.Latency, d.Latency[i])
	}
	stays := func(name string) bool { return slices.Contains(rows, name) }
	of.Runs = those(d.Runs, func(r *result.Run) bool { return stays(r.Strategy) })
	of.Blocks = those(d.Blocks, func(b *result.RunBlocks) bool { return stays(b.Strategy) })
	of.Graveyard = those(d.Graveyard, func(b *result.Burial) bool { return stays(b.Strategy) })
	of.Summary.Expectations = those(d.Summary.Expectations, func(e *result.Expectation) bool {
		return stays(e.Strategy) && (e.Over == "" || stays(e.Over))
	})
	of.Resources = costs(d.Resources, stays)
	return of
}

// costs are those of the strategies that stay.
func costs(r *result.Resources, stays func(string) bool) *result.Resources {
	if r == nil {
		return nil
	}
	of := *r
	of.Strategies, of.Timelines = nil, nil
	for i := range r.Strategies {
		if !stays(r.Strategies[i].Name) {
			continue
		}
		of.Strategies = append(of.Strategies, r.Strategies[i])
		if i < len(r.Timelines) {
			of.Timelines = append(of.Timelines, r.Timelines[i])
		}
	}
	return &of
}

// those are the items that stay; nil of nil, which is not the same as none.
func those[T any](items []T, stays func(*T) bool) []T {
	if items == nil {
		return nil
	}
	kept := []T{}
	for i := range items {
		if stays(&items[i]) {
			kept = append(kept, items[i])
		}
	}
	return kept
}
