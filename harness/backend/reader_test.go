package backend

import (
	"net/http"
	"testing"

	"ratebench/harness/scenario"
	"ratebench/harness/scenario/rules"
	"ratebench/scenarios/apis"
	"ratebench/server/dialect"
)

// Each budget that is read of a preset's answers is called what the limiter of
// that limit looks for; but Discord's, whose names are opaque, and where the
// dialect has no names.
func TestBudgetNames(t *testing.T) {
	read := 0
	for _, name := range apis.Names() {
		p, err := scenario.LoadPreset(name)
		if err != nil {
			t.Fatal(err)
		}
		s := &p.Server
		c := Dialect(s)
		if c == nil || c.Dialect == dialect.Discord {
			continue
		}
		byLimit := map[int64]*rules.Limit{} // no two of a preset are as large and of one window
		a := dialect.Answer{}
		for i := range s.Limits {
			l := &s.Limits[i]
			byLimit[l.Most()] = l
			a.Limits = append(a.Limits, dialect.State{
				Name: l.Name, Unit: l.Cost, Limit: l.Most(), Remaining: l.Most() - 1, Window: l.Window.Per,
				Route: l.Has(rules.ScopeRoute) || len(l.Routes) > 0, Hidden: l.Hidden,
			})
		}
		h := http.Header{}
		status, body := c.Write(h, a)
		for _, b := range Reader(s).Read(status, h, body, a.Now).Budgets {
			l := byLimit[b.Limit]
			if l == nil {
				t.Errorf("%s: the budget %+v is of no limit", name, b)
				continue
			}
			if b.Name != "" {
				read++
				if want := BudgetName(s, l); b.Name != want {
					t.Errorf("%s: the budget of %s is called %q, and %q is looked for", name, l.Name, b.Name, want)
				}
			}
		}
	}
	if read < 10 {
		t.Errorf("%d budgets with names were read, want more", read)
	}
}
