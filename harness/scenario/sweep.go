package scenario

import (
	"crypto/sha256"
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
	values []ast.Node
	set    ast.Node // where Set stands in the file
}

// A Point is a combination of values of the axes.
type Point struct {
	At []string `json:"at"` // the label of the value on each axis
	// Scenario is the one at this point. Its strategies are named as RowName
	// does; it has no sweep and no claims.
	Scenario *Scenario `json:"scenario"`
}

// A Row is what is run and shown together: a strategy at a point.
type Row struct {
	Name     string    // "buffer-only/3ms"; that of the strategy if nothing is swept
	Of       string    // the strategy
	At       []string  // the labels of the point; none if nothing is swept
	Scenario *Scenario // at the point
	Strategy *Strategy // in Scenario, and of the same Name as the row
}

// Rows are every strategy at every point, strategy by strategy and then in the
// order of the points; the strategies alone if nothing is swept.
func (s *Scenario) Rows() []Row {
	var rows []Row
	for i := range s.Strategies {
		name := s.Strategies[i].Name
		if len(s.Points) == 0 {
			rows = append(rows, Row{name, name, nil, s, &s.Strategies[i]})
		}
		for _, p := range s.Points {
			st := &p.Scenario.Strategies[i]
			rows = append(rows, Row{st.Name, name, p.At, p.Scenario, st})
		}
	}
	return rows
}

// RowName is the name of a strategy at a point.
func (s *Scenario) RowName(strategy string, at []string) string {
	return strings.Join(append([]string{strategy}, at...), "/")
}

// Claims are the expectations, each at every point that it is about: that of the
// rows of its strategies.
func (s *Scenario) Claims() []Expectation {
	if len(s.Points) == 0 {
		return s.Expect
	}
	var claims []Expectation
	for _, e := range s.Expect {
		for _, p := range s.Points {
			if !e.isAbout(p.At) {
				continue
			}
			claim := e
			claim.Strategy = s.RowName(e.Strategy, p.At)
			if e.Over != "" {
				claim.Over = s.RowName(e.Over, p.At)
			}
			claims = append(claims, claim)
		}
	}
	return claims
}

func (e *Expectation) isAbout(at []string) bool {
	for i, label := range e.At {
		if label != "" && label != at[i] {
			return false
		}
	}
	return true
}

func (r *reader) sweep() yamlfile.Notation {
	return yamlfile.List[Axis]{
		Items: &r.out.Sweep, Want: "a list of one to three axes, each - {name: cost per request, set: client.runtime.per_request, to: [0ms, 3ms]}",
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
		a.set = v.Node
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
	a.Labels, a.values = append(a.Labels, label), append(a.values, value)
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

// expand makes the points of a sweep: each is the file with the values of the
// point in it, read again.
func (l Loader) expand(base *reader, root ast.Node) error {
	s := base.out
	seen, names := map[[sha256.Size]byte][]string{}, map[string]bool{}
	at := make([]int, len(s.Sweep))
	for {
		p, err := l.point(base, root, at)
		if err != nil {
			return err
		}
		if p == nil { // what is wrong has been reported
			return base.Err()
		}
		text, err := p.Scenario.MarshalJSON()
		if err != nil {
			return err
		}
		hash := sha256.Sum256(text)
		if other, same := seen[hash]; same {
			base.sameScenario(at, other, p.At)
			return base.Err()
		}
		seen[hash] = p.At
		name := s.RowName("", p.At)
		if names[name] { // as of 10/1s and x, and of 10 and 1s/x
			base.Errorf(base.found["sweep"], "two points are both called %s, want other labels", name[1:])
			return base.Err()
		}
		names[name] = true
		for i := range p.Scenario.Strategies {
			st := &p.Scenario.Strategies[i]
			st.Name = s.RowName(st.Name, p.At)
		}
		s.Points = append(s.Points, *p)
		if !next(at, s.Sweep) {
			break
		}
	}
	if key, err := s.sweepCost(); err != nil {
		base.Errorf(base.found[key], "%v", err)
	}
	return base.Err()
}

// next is the combination of values after this one, the last axis first; false:
// there is none.
func next(at []int, axes []Axis) bool {
	for i := len(at) - 1; i >= 0; i-- {
		if at[i]++; at[i] < len(axes[i].values) {
			return true
		}
		at[i] = 0
	}
	return false
}

// leaveToBase has the reader of a point pass over what only the whole has.
func leaveToBase(fields []yamlfile.Field) {
	for i := range fields {
		if fields[i].Key == "sweep" || fields[i].Key == "expect" {
			fields[i].Decode = func(*yamlfile.Decoder, yamlfile.Value) {}
		}
	}
}

// point reads the scenario of a point; nil: there are problems with it, which
// are now those of the base.
func (l Loader) point(base *reader, root ast.Node, at []int) (*Point, error) {
	p := &Point{}
	var where []string
	for i, v := range at {
		a := &base.out.Sweep[i]
		var err error
		if root, err = yamlfile.With(root, a.Set, a.set, a.values[v]); err != nil {
			base.Errorf(a.set, "set %s: %v", a.Set, err)
			return nil, nil
		}
		p.At = append(p.At, a.Labels[v])
		where = append(where, a.Name+" "+a.Labels[v])
	}
	r := newReader(l.Kinds)
	r.Source, r.Open, r.fsys, r.isPoint = base.Source, r.openData, base.fsys, true
	r.scenario(yamlfile.Value{Key: "scenario", Node: root})
	for _, problem := range r.Problems {
		problem.Msg += ", with " + strings.Join(where, ", ")
		base.Problems = append(base.Problems, problem)
	}
	if len(r.Problems) > 0 {
		return nil, nil
	}
	for name, hash := range r.out.Files {
		base.out.setFile(name, hash)
	}
	p.Scenario = r.out
	p.Scenario.SHA256, p.Scenario.Path = base.out.SHA256, base.out.Path
	return p, nil
}

// sameScenario reports that two points are one scenario, at the first axis on
// which they differ.
func (r *reader) sameScenario(at []int, one, other []string) {
	for i := range at {
		if a := &r.out.Sweep[i]; one[i] != other[i] {
			r.Errorf(a.values[at[i]], "%s %s and %s come to the same scenario, want values that differ; what every strategy sets itself cannot be swept", a.Name, one[i], other[i])
			return
		}
	}
}
