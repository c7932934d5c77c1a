// Package sweep is what a scenario says of the keys that get one value after the
// other, and how that is written.
package sweep

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"

	"ratebench/harness/internal/choice"
	"ratebench/harness/metrics"
	"ratebench/harness/yamlfile"
)

// Bounds of a sweep, above what a table or a chart can show.
const (
	maxAxes   = 3
	maxValues = 100 // of an axis
	maxPoints = 1000
	maxLabel  = 40 // characters of the name of an axis or a value
)

// An Axis is a key of the scenario that a sweep gives one value after the other.
type Axis struct {
	Name   string   `json:"name"` // unlike those of the other axes. Required.
	Set    string   `json:"set"`  // the key, with dots, as "client.runtime.per_request". Required.
	Labels []string `json:"to"`   // what its values are called: at least one, all different

	Values []ast.Node `json:"-"` // in the order of Labels
	At     ast.Node   `json:"-"` // where Set stands in the file
}

// Notation is what a scenario says of its axes.
func Notation(axes *[]Axis) yamlfile.Notation {
	return yamlfile.List[Axis]{
		Items: axes, Want: "a list of one to three axes, each - {name: cost per request, set: client.runtime.per_request, to: [0ms, 3ms]}",
		Name: "axis", Help: "a key that gets one value after the other, with every strategy",
		Fields: axisFields,
		Check:  checkAxis,
	}.Notation()
}

func axisFields(a *Axis) []yamlfile.Field {
	return []yamlfile.Field{
		yamlfile.Key("name", "what the axis is called in tables and charts, unlike the others and unlike any figure", yamlfile.Required(axisName(&a.Name), "name: cost per request")),
		yamlfile.Key("set", "the key that is set, with dots: step, api, or one of server, load or client", yamlfile.Required(axisKey(a), "set: client.runtime.per_request")),
		yamlfile.Key("to", "its values: a list of single ones, or a mapping from what a value is called to the value", yamlfile.Required(axisValues(a), "to: [0ms, 3ms]")),
	}
}

// axisName is a name that can head a column beside the figures.
func axisName(p *string) yamlfile.Notation {
	n := yamlfile.Line(p)
	n.Schema.MinLength, n.Schema.MaxLength, n.Schema.Pattern = 1, maxLabel, `^[^=]*[^=\s][^=]*$`
	decode := n.Decode
	n.Decode = func(d *yamlfile.Decoder, v yamlfile.Value) {
		before := len(d.Problems)
		decode(d, v)
		if len(d.Problems) > before {
			return
		}
		if err := checkLabel(*p); err != nil {
			d.Errorf(v.Node, "%s %v", v.Key, err)
		} else if slices.Contains([]string{"strategy", "route", "seed", "second", "run", "quantile", "ms"}, *p) || metrics.Index(*p) >= 0 || metrics.ColumnIndex(*p) >= 0 {
			d.Errorf(v.Node, "%s %s is that of a column of the results, want another name", v.Key, *p)
		}
	}
	return n
}

// checkLabel returns an error unless a text can be part of the name of a row.
func checkLabel(text string) error {
	switch {
	case text == "":
		return fmt.Errorf("is empty, want 1 to %d characters", maxLabel)
	case utf8.RuneCountInString(text) > maxLabel:
		return fmt.Errorf("%.60s is %d characters long, want 1 to %d", text, utf8.RuneCountInString(text), maxLabel)
	case strings.ContainsFunc(text, func(r rune) bool { return r == '=' || !unicode.IsPrint(r) }):
		return fmt.Errorf("%q has an = or a character that cannot be shown, want plain text", text)
	}
	return nil
}

// sweepable are the first parts of keys that can be swept.
var sweepable = []string{"step", "api", "server", "load", "client"}

func axisKey(a *Axis) yamlfile.Notation {
	n := yamlfile.Text(&a.Set)
	n.Schema.Pattern = `^\s*(?:` + strings.Join(sweepable, "|") + `)(?:\.[a-z0-9_]+)*\s*$`
	decode := n.Decode
	n.Decode = func(d *yamlfile.Decoder, v yamlfile.Value) {
		before := len(d.Problems)
		decode(d, v)
		a.At = v.Node
		if first, _, _ := strings.Cut(a.Set, "."); len(d.Problems) == before && !slices.Contains(sweepable, first) {
			d.Errorf(v.Node, "%s is %.60q, want a key of %s", v.Key, a.Set, choice.List(sweepable))
		}
	}
	return n
}

func axisValues(a *Axis) yamlfile.Notation {
	single := []string{"string", "number", "boolean"}
	return yamlfile.Notation{
		Kind: "values",
		Schema: yamlfile.Schema{AnyOf: []*yamlfile.Schema{
			{Type: "array", MinItems: 1, MaxItems: maxValues, Items: &yamlfile.Schema{Type: single}},
			{Type: "object", MinKeys: 1, MaxKeys: maxValues},
		}},
		Text:   func() string { return strings.Join(a.Labels, ", ") },
		Decode: a.decodeValues,
	}
}

func (a *Axis) decodeValues(d *yamlfile.Decoder, v yamlfile.Value) {
	before := len(d.Problems)
	switch n := v.Node.(type) {
	case *ast.SequenceNode:
		for _, item := range n.Values {
			if label, ok := yamlfile.Single(item); ok {
				a.add(d, item, label, item)
			} else {
				d.Errorf(item, "value of %s is not a single one, want a mapping from what each is called to the value: {none: {…}, some: {…}}", v.Key)
			}
		}
	case *ast.MappingNode:
		for _, e := range n.Values {
			if label, ok := yamlfile.Single(e.Key); ok {
				a.add(d, e.Key, label, e.Value)
			} else {
				d.Errorf(e.Key, "what a value is called is no plain text, want such as aligned")
			}
		}
	default:
		d.WrongType(v, "a list such as [0ms, 3ms], or a mapping from what a value is called to the value")
	}
	switch n := len(a.Labels); {
	case n > maxValues:
		d.Errorf(v.Node, "%s has %d values, want at most %d", v.Key, n, maxValues)
	case n == 0 && len(d.Problems) == before:
		d.Errorf(v.Node, "%s has no values, want at least one", v.Key)
	}
}

// add adds a value, which is called by a label that stands somewhere.
func (a *Axis) add(d *yamlfile.Decoder, at ast.Node, label string, value ast.Node) {
	if err := checkLabel(label); err != nil {
		d.Errorf(at, "value %v", err)
		return
	}
	if slices.Contains(a.Labels, label) {
		d.Errorf(at, "value %s is there twice, want different ones", label)
		return
	}
	a.Labels, a.Values = append(a.Labels, label), append(a.Values, value)
}

// checkAxis checks the last axis beside those before it.
func checkAxis(d *yamlfile.Decoder, axes []Axis, at yamlfile.Found) {
	last := axes[len(axes)-1]
	points := 1
	for i, a := range axes {
		points *= max(1, len(a.Labels))
		switch {
		case i == len(axes)-1 || !at.OK:
		case strings.EqualFold(a.Name, last.Name):
			d.Errorf(at.Values["name"], "name %s is that of another axis too, want different names", last.Name)
		case a.Set == last.Set:
			d.Errorf(at.Values["set"], "set %s is that of axis %s too, want another key", last.Set, a.Name)
		}
	}
	switch {
	case len(axes) > maxAxes:
		d.Errorf(at.Node, "sweep has %d axes, want at most %d", len(axes), maxAxes)
	case points > maxPoints:
		d.Errorf(at.Node, "sweep has %d points, want at most %d", points, maxPoints)
	}
}

// Next is the combination of values after this one, the last axis first; false:
// there is none.
func Next(at []int, axes []Axis) bool {
	for i := len(at) - 1; i >= 0; i-- {
		if at[i]++; at[i] < len(axes[i].Values) {
			return true
		}
		at[i] = 0
	}
	return false
}
