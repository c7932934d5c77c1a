package compare

import (
	"fmt"
	"slices"
	"strings"

	"ratebench/harness/result"
)

// matched are the scenarios of two sides, put together.
type matched struct {
	both              []dataPair
	onlyBase, onlyNew []string
}

type dataPair struct {
	name      string // of the scenario, and more where that is not enough
	base, new *result.Data
}

// match puts the results of the same scenario and clock together, first those
// in the same folder; of what is left, those of the same scenario, so that
// virtual time can be compared with real time.
func match(base, new Side) (matched, error) {
	for _, s := range []Side{base, new} {
		if err := s.checkDistinct(); err != nil {
			return matched{}, err
		}
	}
	m := matched{onlyBase: []string{}, onlyNew: []string{}}
	partner := make([]*result.Data, len(base.Results))
	taken := make([]bool, len(new.Results))
	for pass, fits := range []func(a, b *result.Summary) bool{sameClock, sameClock, sameName} {
		for i := range base.Results {
			for k := range new.Results {
				if partner[i] != nil || taken[k] || pass == 0 && base.folder(i) != new.folder(k) {
					continue
				}
				if fits(&base.Results[i].Summary, &new.Results[k].Summary) {
					partner[i], taken[k] = &new.Results[k], true
				}
			}
		}
	}
	for i := range base.Results {
		if partner[i] == nil {
			m.onlyBase = append(m.onlyBase, base.nameOf(i))
			continue
		}
		name := base.Results[i].Summary.Scenario.Name + base.place(i)
		m.both = append(m.both, dataPair{name, &base.Results[i], partner[i]})
	}
	for k := range new.Results {
		if !taken[k] {
			m.onlyNew = append(m.onlyNew, new.nameOf(k))
		}
	}
	return m, nil
}

func sameName(a, b *result.Summary) bool { return a.Scenario.Name == b.Scenario.Name }

func sameClock(a, b *result.Summary) bool { return sameName(a, b) && a.Clock == b.Clock }

// folder is where the i-th results are; "": that is not known.
func (s Side) folder(i int) string {
	if s.Folders == nil {
		return ""
	}
	return s.Folders[i]
}

// place says where the i-th results are, if there are others of the same
// scenario and clock.
func (s Side) place(i int) string {
	for k := range s.Results {
		if k != i && sameClock(&s.Results[i].Summary, &s.Results[k].Summary) {
			return " in " + s.folder(i)
		}
	}
	return ""
}

// nameOf is the i-th scenario with its clock, unless that is the usual one.
func (s Side) nameOf(i int) string {
	name := s.Results[i].Summary.Scenario.Name
	if clock := s.Results[i].Summary.Clock; clock != "virtual" {
		name = fmt.Sprintf("%s (%s clock)", name, clock)
	}
	return name + s.place(i)
}

// checkDistinct reports results that nothing tells apart.
func (s Side) checkDistinct() error {
	seen := map[string]bool{}
	for i := range s.Results {
		name := s.nameOf(i)
		if seen[name] {
			return fmt.Errorf("%s has two results of %s, want one", s.Label, strings.TrimSuffix(name, " in "))
		}
		seen[name] = true
	}
	return nil
}

// restrict leaves nothing but these strategies, and no scenario that has none of
// them. No names: all of it.
func (s Side) restrict(strategies []string) Side {
	if len(strategies) == 0 {
		return s
	}
	r := Side{Label: s.Label}
	for i, d := range s.Results {
		other := func(name string) bool { return !slices.Contains(strategies, name) }
		d.Summary.Strategies = slices.DeleteFunc(slices.Clone(d.Summary.Strategies), func(st result.Strategy) bool { return other(st.Name) })
		d.Runs = slices.DeleteFunc(slices.Clone(d.Runs), func(run result.Run) bool { return other(run.Strategy) })
		if len(d.Summary.Strategies) == 0 {
			continue
		}
		r.Results = append(r.Results, d)
		if s.Folders != nil {
			r.Folders = append(r.Folders, s.Folders[i])
		}
	}
	return r
}
