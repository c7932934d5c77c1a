package result

import (
	"fmt"
	"math"
)

// check reports what is wrong with the bounds, and where.
func (c *Ceilings) check() (at []any, err error) {
	for _, b := range c.bounds() {
		if v := *b.of; v != nil && !(*v >= 0 && *v <= MostFigure) {
			return []any{b.name}, fmt.Errorf("found %s %v, expected 0 to %.0e", b.name, *v, MostFigure)
		}
	}
	return nil, nil
}

// checkSteps reports what is wrong with the steps, and where.
func (s *Summary) checkSteps() (at []any, err error) {
	const list = "ceiling_steps_tps"
	for i, step := range s.CeilingSteps {
		switch {
		case i == 0 && step.FromS != 0:
			return []any{list, i, "from_s"}, fmt.Errorf("found a first step from_s %v, expected 0", step.FromS)
		case i > 0 && step.FromS <= s.CeilingSteps[i-1].FromS:
			return []any{list, i, "from_s"}, fmt.Errorf("found a step from_s %v after one from %v, expected ascending times", step.FromS, s.CeilingSteps[i-1].FromS)
		}
		run := s.Ceilings.bounds()
		for k, b := range step.bounds() {
			if (*b.of == nil) != (*run[k].of == nil) {
				return []any{list, i, b.name}, fmt.Errorf("found %s in either the step from_s %v or ceilings_tps, expected it in both or none", b.name, step.FromS)
			}
		}
		if at, err := step.check(); err != nil {
			return append([]any{list, i}, at...), err
		}
	}
	return nil, nil
}

// Validate reports what is wrong, and where.
func (s *Summary) Validate() (at []any, err error) {
	switch {
	case s.SchemaVersion < 1 || s.SchemaVersion > SchemaVersion:
		return []any{"schema_version"}, fmt.Errorf("found schema_version %d, expected 1 to %d", s.SchemaVersion, SchemaVersion)
	case s.Runs < 0:
		return []any{"runs"}, fmt.Errorf("found runs %d, expected 0 or more", s.Runs)
	case !(s.DurationS >= 0 && s.DurationS <= MostFigure):
		return []any{"duration_s"}, fmt.Errorf("found duration_s %v, expected 0 to %.0e", s.DurationS, MostFigure)
	case s.Keys < 0:
		return []any{"keys"}, fmt.Errorf("found keys %d, expected 0 or more", s.Keys)
	case !(s.TTLS >= 0 && s.TTLS <= MostFigure):
		return []any{"ttl_s"}, fmt.Errorf("found ttl_s %v, expected 0 to %.0e", s.TTLS, MostFigure)
	}
	if at, err := s.InterruptedAfter.check(); err != nil {
		return append([]any{"interrupted_after"}, at...), err
	}
	for i, st := range s.Strategies {
		if other, _ := s.Strategy(st.Name); other != &s.Strategies[i] {
			return []any{"strategies", i, "name"}, fmt.Errorf("found strategy %q twice", st.Name)
		}
	}
	if at, err := s.checkSweep(); err != nil {
		return at, err
	}
	if at, err := s.Ceilings.check(); err != nil {
		return append([]any{"ceilings_tps"}, at...), err
	}
	return s.checkSteps()
}

// MostFigure is more than any figure of a run can be, and little enough for
// sums and axes to stay finite.
const MostFigure = 1e15

// Near says whether two means are the same but for how they were rounded: those
// of version 1 to four decimals.
func (s *Summary) Near(a, b float64) bool {
	diff := math.Abs(a - b)
	return diff <= 1e-6*math.Abs(b) || s.SchemaVersion == 1 && diff <= 1e-3
}
