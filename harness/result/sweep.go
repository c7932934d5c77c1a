package result

import (
	"fmt"
	"slices"

	"ratebench/harness/metrics"
	"ratebench/harness/scenario"
	"ratebench/harness/theory"
)

// An Axis is one of a sweep.
type Axis struct {
	Name   string   `json:"name"`
	Set    string   `json:"set"`    // the key of the scenario that it sets
	Values []string `json:"values"` // what they are called, in their order
}

// Row adds a value of the axis to the name of a row, as scenario.RowName does.
func (a *Axis) Row(name, value string) string { return name + "/" + value }

// A Point is a combination of values.
type Point struct {
	At       []string `json:"at"` // a value of each axis
	Ceilings Ceilings `json:"ceilings_tps"`
	// CapTPS is what the server admits at all of a run that long; nil: nobody
	// knows.
	CapTPS *float64 `json:"cap_tps"`
}

// A Row is a strategy at a point.
type Row struct {
	Strategy string // as the scenario names it
	At       []string
}

// sweep notes the axes and the points of a scenario. What is not the same at all
// points is not known of the whole.
func (m *Meta) sweep(sc *scenario.Scenario) {
	for _, a := range sc.Sweep {
		m.Axes = append(m.Axes, Axis{a.Name, a.Set, a.Labels})
	}
	if len(sc.Points) == 0 {
		return
	}
	m.Rows = map[string]Row{}
	for _, row := range sc.Rows() {
		m.Rows[row.Name] = Row{row.Of, row.At}
	}
	for i, p := range sc.Points {
		ceilings := theory.Of(p.Scenario)
		point := Point{At: p.At, Ceilings: NewCeilings(ceilings)}
		if most := metrics.Rounded(theory.Cap(p.Scenario)); most > 0 {
			point.CapTPS = &most
		}
		m.Points = append(m.Points, point)
		if i == 0 {
			m.Ceilings, m.TTL, m.Keys = ceilings, p.Scenario.Load.TTL, p.Scenario.Server.Keys
			m.Steps = theory.Steps(p.Scenario)
			continue
		}
		if m.Ceilings != ceilings {
			m.Ceilings, m.Steps = theory.Ceilings{}, nil
		}
		if m.TTL != p.Scenario.Load.TTL {
			m.TTL = 0
		}
		if m.Keys != p.Scenario.Server.Keys {
			m.Keys = 0
		}
	}
}

// AtPoint returns the row of a strategy at a point; nil: it has no runs.
func (s *Summary) AtPoint(strategy string, at []string) *Strategy {
	i := slices.IndexFunc(s.Strategies, func(st Strategy) bool { return st.Plain == strategy && slices.Equal(st.Point, at) })
	if i < 0 {
		return nil
	}
	return &s.Strategies[i]
}

// Cap is what a row could have had: what the server admits, or what it was
// offered; 0: nobody knows.
func (s *Summary) Cap(row *Strategy) float64 {
	for _, p := range s.Points {
		if p.CapTPS != nil && slices.Equal(p.At, row.Point) {
			return min(*p.CapTPS, row.Mean("offered_tps"))
		}
	}
	return 0
}

// Names are the strategies as the scenario names them, each once.
func (s *Summary) Names() []string {
	var names []string
	for _, st := range s.Strategies {
		if !slices.Contains(names, st.Plain) {
			names = append(names, st.Plain)
		}
	}
	return names
}

// checkSweep reports what is wrong with axes, points and rows, and where.
func (s *Summary) checkSweep() (at []any, err error) {
	for i, a := range s.Axes {
		if a.Name == "" || len(a.Values) == 0 {
			return []any{"axes", i}, fmt.Errorf("found an axis %q of %d values, expected a name and at least one", a.Name, len(a.Values))
		}
	}
	for i, p := range s.Points {
		if err := s.checkAt(p.At); err != nil {
			return []any{"points", i, "at"}, err
		}
		if v := p.CapTPS; v != nil && !(*v > 0 && *v <= MostFigure) {
			return []any{"points", i, "cap_tps"}, fmt.Errorf("found cap_tps %v, expected more than 0, at most %.0e", *v, MostFigure)
		}
		if at, err := p.Ceilings.check(); err != nil {
			return append([]any{"points", i, "ceilings_tps"}, at...), err
		}
	}
	for i, st := range s.Strategies {
		if err := s.checkAt(st.Point); err != nil {
			return []any{"strategies", i, "at"}, err
		}
	}
	return nil, nil
}

// checkAt returns an error unless there is a value of each axis.
func (s *Summary) checkAt(at []string) error {
	if len(at) != len(s.Axes) {
		return fmt.Errorf("found a point of %d axes, expected the %d that there are", len(at), len(s.Axes))
	}
	for i, label := range at {
		if !slices.Contains(s.Axes[i].Values, label) {
			return fmt.Errorf("found %s %q, expected one of its %d values", s.Axes[i].Name, label, len(s.Axes[i].Values))
		}
	}
	return nil
}
