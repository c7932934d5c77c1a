package scenario

import (
	"github.com/goccy/go-yaml/ast"

	"ratebench/harness/internal/choice"
	"ratebench/harness/metrics"
)

func (d *decoder) expect(v value) {
	var strategies []string
	for _, s := range d.out.Strategies {
		if s.Name != "" {
			strategies = append(strategies, s.Name)
		}
	}
	for _, n := range d.list(v, "a list of one or more expectations, each - {strategy: …, metric: …, …}") {
		e := Expectation{Line: start(n).Position.Line}
		before := len(d.problems)
		found := d.mapping(value{"expectation", n}, []field{
			{"strategy", d.oneOf(&e.Strategy, strategies), "one of the strategies: " + choice.List(strategies)},
			{"metric", d.oneOf(&e.Metric, metrics.Names()), "metric: tps"},
			{"over", d.oneOf(&e.Over, strategies), ""},
			{"ratio", d.pair(&e.Ratio), ""},
			{"between", d.pair(&e.Between), ""},
		})
		if len(d.problems) == before {
			d.checkExpectation(n, &e, found)
		}
		d.out.Expect = append(d.out.Expect, e)
	}
}

// checkExpectation refuses an expectation that says nothing, or two things.
func (d *decoder) checkExpectation(n ast.Node, e *Expectation, found map[string]ast.Node) {
	switch {
	case e.Ratio == nil && e.Between == nil:
		d.errorf(n, "expectation has no bounds, want ratio: [lowest, highest] with over, or between: [lowest, highest]")
	case e.Ratio != nil && e.Between != nil:
		d.errorf(n, "expectation has both ratio and between, want one of them")
	case e.Ratio != nil && e.Over == "":
		d.errorf(found["ratio"], "ratio has no over, want over: the strategy to compare with")
	case e.Ratio == nil && e.Over != "":
		d.errorf(found["over"], "over has no ratio, want ratio: [lowest, highest]")
	case e.Over == e.Strategy:
		d.errorf(found["over"], "over is %s, the strategy itself, want another one", e.Over)
	}
}
