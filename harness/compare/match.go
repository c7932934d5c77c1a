package compare

import (
	"fmt"

	"ratebench/harness/report"
)

// matched are the scenarios of two sides, put together.
type matched struct {
	both              []dataPair
	onlyBase, onlyNew []string
}

type dataPair struct{ base, new *report.Data }

// match puts the results of the same scenario and clock together; of what is
// left, those of the same scenario, so that virtual time can be compared with
// real time.
func match(base, new Side) (matched, error) {
	for _, s := range []Side{base, new} {
		if err := s.checkDistinct(); err != nil {
			return matched{}, err
		}
	}
	m := matched{onlyBase: []string{}, onlyNew: []string{}}
	partner := make([]*report.Data, len(base.Results))
	taken := make([]bool, len(new.Results))
	for _, fits := range []func(a, b *report.Summary) bool{sameClock, sameName} {
		for i := range base.Results {
			for k := range new.Results {
				if partner[i] == nil && !taken[k] && fits(&base.Results[i].Summary, &new.Results[k].Summary) {
					partner[i], taken[k] = &new.Results[k], true
				}
			}
		}
	}
	for i := range base.Results {
		if partner[i] == nil {
			m.onlyBase = append(m.onlyBase, nameOf(&base.Results[i].Summary))
			continue
		}
		m.both = append(m.both, dataPair{&base.Results[i], partner[i]})
	}
	for k := range new.Results {
		if !taken[k] {
			m.onlyNew = append(m.onlyNew, nameOf(&new.Results[k].Summary))
		}
	}
	return m, nil
}

func sameName(a, b *report.Summary) bool { return a.Scenario.Name == b.Scenario.Name }

func sameClock(a, b *report.Summary) bool { return sameName(a, b) && a.Clock == b.Clock }

// nameOf is a scenario with its clock, unless that is the usual one.
func nameOf(s *report.Summary) string {
	if s.Clock == "virtual" {
		return s.Scenario.Name
	}
	return fmt.Sprintf("%s (%s clock)", s.Scenario.Name, s.Clock)
}

func (s Side) checkDistinct() error {
	seen := map[string]bool{}
	for i := range s.Results {
		name := nameOf(&s.Results[i].Summary)
		if seen[name] {
			return fmt.Errorf("%s has two results of %s, want one", s.Label, name)
		}
		seen[name] = true
	}
	return nil
}
