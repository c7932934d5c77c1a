package chart

import (
	"slices"

	"ratebench/harness/result"
	"ratebench/harness/result/costs"
	"ratebench/harness/result/setting"
)

// labelled is results whose strategies have their labels for names, where the
// scenario gives them any. Its expectations keep the names.
func labelled(d result.Data) result.Data {
	s, err := setting.Read(d.Scenario)
	if err != nil { // of results of an earlier version
		return d
	}
	labels := map[string]string{} // of rows, by what they were called
	d.Summary.Strategies = slices.Clone(d.Summary.Strategies)
	for i := range d.Summary.Strategies {
		st := &d.Summary.Strategies[i]
		of, ok := s.Find(st.Plain)
		if !ok || of.Label == "" {
			continue
		}
		before := st.Name
		st.Plain, st.Name = of.Label, of.Label
		for k, value := range st.Point {
			st.Name = d.Summary.Axes[k].Row(st.Name, value)
		}
		labels[before] = st.Name
	}
	if len(labels) == 0 {
		return d
	}
	d.Series = renamed(d.Series, labels, func(t *result.Timeline) *string { return &t.Strategy })
	d.Latency = renamed(d.Latency, labels, func(l *result.Distribution) *string { return &l.Strategy })
	d.Runs = renamed(d.Runs, labels, func(r *result.Run) *string { return &r.Strategy })
	d.Blocks = renamed(d.Blocks, labels, func(b *result.RunBlocks) *string { return &b.Strategy })
	if d.Resources != nil {
		of := *d.Resources
		of.Strategies = renamed(of.Strategies, labels, func(u *costs.Use) *string { return &u.Name })
		d.Resources = &of
	}
	return d
}

// renamed is a copy of a list in which what has one of the names has its label.
func renamed[T any](list []T, labels map[string]string, name func(*T) *string) []T {
	list = slices.Clone(list)
	for i := range list {
		if label, ok := labels[*name(&list[i])]; ok {
			*name(&list[i]) = label
		}
	}
	return list
}
