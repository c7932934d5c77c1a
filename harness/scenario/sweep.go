package scenario

import (
	"crypto/sha256"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"ratebench/harness/scenario/sweep"
	"ratebench/harness/yamlfile"
)

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
		if !sweep.Next(at, s.Sweep) {
			break
		}
	}
	if key, err := s.sweepCost(); err != nil {
		base.Errorf(base.found[key], "%v", err)
	}
	return base.Err()
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
		if root, err = yamlfile.With(root, a.Set, a.At, a.Values[v]); err != nil {
			base.Errorf(a.At, "set %s: %v", a.Set, err)
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
			r.Errorf(a.Values[at[i]], "%s %s and %s come to the same scenario, want values that differ; what every strategy sets itself cannot be swept", a.Name, one[i], other[i])
			return
		}
	}
}
