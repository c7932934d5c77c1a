package chart

import (
	"slices"

	"ratebench/harness/result"
	"ratebench/harness/result/setting"
)

// labelled is results whose strategies have their labels for names, where the
// scenario gives them any. Its expectations keep the names.
func labelled(d result.Data) result.Data {
	s, err := setting.Read(d.Scenario)
	if err != nil { // of results of an earlier version
		return d
	}
	names := map[string]string{} // of rows, by what they were called
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
		names[before] = st.Name
	}
	if len(names) == 0 {
		return d
	}
	called := func(name *string) {
		if label, ok := names[*name]; ok {
			*name = label
		}
	}
	d.Series, d.Runs, d.Blocks = slices.Clone(d.Series), slices.Clone(d.Runs), slices.Clone(d.Blocks)
	for i := range d.Series {
		called(&d.Series[i].Strategy)
	}
	d.Latency = slices.Clone(d.Latency)
	for i := range d.Latency {
		called(&d.Latency[i].Strategy)
	}
	for i := range d.Runs {
		called(&d.Runs[i].Strategy)
	}
	for i := range d.Blocks {
		called(&d.Blocks[i].Strategy)
	}
	if d.Resources != nil {
		of := *d.Resources
		of.Strategies = slices.Clone(of.Strategies)
		for i := range of.Strategies {
			called(&of.Strategies[i].Name)
		}
		d.Resources = &of
	}
	return d
}
