package scenario

import (
	"github.com/goccy/go-yaml/ast"

	"ratebench/harness/internal/choice"
	"ratebench/harness/metrics"
)

func (r *reader) expectations() notation {
	n := list[Expectation]{
		items: &r.out.Expect, want: "a list of one or more expectations, each - {strategy: …, metric: …, …}",
		name: "expectation", help: "a claim about a metric of a strategy",
		fields: r.expectationFields,
		fresh:  func(n ast.Node) Expectation { return Expectation{Line: start(n).Position.Line} },
		check: func(d *decoder, all []Expectation, at found) {
			if at.ok {
				checkExpectation(d, all[len(all)-1], at)
			}
		},
	}.notation()
	refine := n.refine
	n.refine = func(s *schema) {
		refine(s)
		s.Items.OneOf = []*schema{
			{Required: []string{"between"}, Not: withAny("over", "ratio")},
			{Required: []string{"over", "ratio"}, Not: withAny("between")},
		}
	}
	return n
}

func (r *reader) expectationFields(e *Expectation) []field {
	var strategies []Word
	var names []string
	for _, s := range r.out.Strategies {
		if s.Name != "" {
			strategies, names = append(strategies, Word{Value: s.Name}), append(names, s.Name)
		}
	}
	strategy := func(p *string) notation {
		n := oneOf(p, strategies...)
		n.schema = schema{Type: []string{"string", "number"}} // a name may look like a number
		return n
	}
	return []field{
		newKey("strategy", "one of the strategies", required(strategy(&e.Strategy), "one of the strategies: "+choice.List(names))),
		newKey("metric", "what was measured; counts are means per run", required(metric(&e.Metric), "metric: tps")),
		newKey("over", "another strategy, by whose metric that of the first is divided", strategy(&e.Over)),
		newKey("ratio", "bounds of that ratio: [lowest, highest]", bounds(&e.Ratio)),
		newKey("between", "bounds of the metric: [lowest, highest]", bounds(&e.Between)),
	}
}

// metric is one of the metrics; YAML takes some of their names for numbers.
func metric(p *string) notation {
	var words []Word
	var values []any
	for _, m := range metrics.Catalogue() {
		words = append(words, Word{Value: m.Name})
		if n, err := parseInt(m.Name); err == nil {
			values = append(values, n)
		}
		values = append(values, m.Name)
	}
	n := oneOf(p, words...)
	n.schema = schema{Enum: values}
	return n
}

// checkExpectation refuses an expectation that says nothing, or two things.
func checkExpectation(d *decoder, e Expectation, at found) {
	switch {
	case e.Ratio == nil && e.Between == nil:
		d.errorf(at.node, "expectation has no bounds, want ratio: [lowest, highest] with over, or between: [lowest, highest]")
	case e.Ratio != nil && e.Between != nil:
		d.errorf(at.node, "expectation has both ratio and between, want one of them")
	case e.Ratio != nil && e.Over == "":
		d.errorf(at.values["ratio"], "ratio has no over, want over: the strategy to compare with")
	case e.Ratio == nil && e.Over != "":
		d.errorf(at.values["over"], "over has no ratio, want ratio: [lowest, highest]")
	case e.Over == e.Strategy:
		d.errorf(at.values["over"], "over is %s, the strategy itself, want another one", e.Over)
	}
}
