package scenario

import (
	"slices"

	"github.com/goccy/go-yaml/ast"

	"ratebench/harness/internal/choice"
	"ratebench/harness/metrics"
	"ratebench/harness/scenario/sweep"
	"ratebench/harness/yamlfile"
)

func (r *reader) expectations() yamlfile.Notation {
	n := yamlfile.List[Expectation]{
		Items: &r.out.Expect, Want: "a list of one or more expectations, each - {strategy: …, metric: …, …}",
		Name: "expectation", Help: "a claim about a metric of a strategy",
		Fields: r.expectationFields,
		Fresh:  func(n ast.Node) Expectation { return Expectation{Line: yamlfile.Start(n).Position.Line} },
		Check: func(d *yamlfile.Decoder, all []Expectation, at yamlfile.Found) {
			if at.OK {
				checkExpectation(d, all[len(all)-1], at)
			}
		},
	}.Notation()
	refine := n.Refine
	n.Refine = func(s *yamlfile.Schema) {
		refine(s)
		s.Items.OneOf = []*yamlfile.Schema{
			{Required: []string{"between"}, Not: yamlfile.WithAny("over", "ratio")},
			{Required: []string{"over", "ratio"}, Not: yamlfile.WithAny("between")},
		}
	}
	return n
}

func (r *reader) expectationFields(e *Expectation) []yamlfile.Field {
	var strategies []Word
	var names []string
	for _, s := range r.out.Strategies {
		if s.Name != "" {
			strategies, names = append(strategies, Word{Value: s.Name}), append(names, s.Name)
		}
	}
	strategy := func(p *string) yamlfile.Notation {
		n := yamlfile.OneOf(p, strategies...)
		n.Schema = yamlfile.Schema{Type: []string{"string", "number"}} // a name may look like a number
		return n
	}
	return []yamlfile.Field{
		yamlfile.Key("strategy", "one of the strategies", yamlfile.Required(strategy(&e.Strategy), "one of the strategies: "+choice.List(names))),
		yamlfile.Key("metric", "what was measured; counts are means per run", yamlfile.Required(metric(&e.Metric), "metric: tps")),
		yamlfile.Key("over", "another strategy, by whose metric that of the first is divided", strategy(&e.Over)),
		yamlfile.Key("ratio", "bounds of that ratio: [lowest, highest]", yamlfile.Bounds(&e.Ratio)),
		yamlfile.Key("between", "bounds of the metric: [lowest, highest]", yamlfile.Bounds(&e.Between)),
		yamlfile.Key("at", "values of axes of the sweep at which it is claimed, as {cost per request: 3ms}; without one, at each", r.pointOf(e)),
		yamlfile.Key("clock", "the clock that it is claimed for, as in real time the wire takes its part; without one, either", yamlfile.OneOf(&e.Clock, Word{Value: ClockVirtual}, Word{Value: ClockReal})),
	}
}

// pointOf is a value for each of some axes.
func (r *reader) pointOf(e *Expectation) yamlfile.Notation {
	axes := r.out.Sweep
	n := yamlfile.Notation{
		Kind: "mapping", Schema: yamlfile.Schema{Type: "object", MinKeys: 1},
		Decode: func(d *yamlfile.Decoder, v yamlfile.Value) {
			if len(axes) == 0 {
				d.Errorf(v.Node, "%s is given, and the scenario has no sweep, want one or no %s", v.Key, v.Key)
				return
			}
			e.At = make([]string, len(axes))
			yamlfile.Mapping(pointFields(axes, e.At), nil).Decode(d, v)
		},
		Contents: func() []yamlfile.Field {
			return slices.DeleteFunc(pointFields(axes, e.At), func(f yamlfile.Field) bool { return f.Text() == "" })
		},
	}
	return n
}

// pointFields are those of the labels of a point.
func pointFields(axes []sweep.Axis, at []string) []yamlfile.Field {
	var fields []yamlfile.Field
	for i := range at {
		var labels []Word
		for _, label := range axes[i].Labels {
			labels = append(labels, Word{Value: label})
		}
		fields = append(fields, yamlfile.Key(axes[i].Name, "a value of this axis", yamlfile.OneOf(&at[i], labels...)))
	}
	return fields
}

// metric is one of the metrics; YAML takes some of their names for numbers.
func metric(p *string) yamlfile.Notation {
	var words []Word
	var values []any
	for _, m := range metrics.Catalogue() {
		words = append(words, Word{Value: m.Name})
		if n, err := yamlfile.ParseInt(m.Name); err == nil {
			values = append(values, n)
		}
		values = append(values, m.Name)
	}
	n := yamlfile.OneOf(p, words...)
	n.Schema = yamlfile.Schema{Enum: values}
	return n
}

// checkExpectation refuses an expectation that says nothing, or two things.
func checkExpectation(d *yamlfile.Decoder, e Expectation, at yamlfile.Found) {
	switch {
	case e.Ratio == nil && e.Between == nil:
		d.Errorf(at.Node, "expectation has no bounds, want ratio: [lowest, highest] with over, or between: [lowest, highest]")
	case e.Ratio != nil && e.Between != nil:
		d.Errorf(at.Node, "expectation has both ratio and between, want one of them")
	case e.Ratio != nil && e.Over == "":
		d.Errorf(at.Values["ratio"], "ratio has no over, want over: the strategy to compare with")
	case e.Ratio == nil && e.Over != "":
		d.Errorf(at.Values["over"], "over has no ratio, want ratio: [lowest, highest]")
	case e.Over == e.Strategy:
		d.Errorf(at.Values["over"], "over is %s, the strategy itself, want another one", e.Over)
	}
}
