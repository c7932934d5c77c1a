package theory

import (
	"errors"
	"fmt"

	"ratebench/clients/limiter/promise"
	"ratebench/harness/scenario"
)

// An Unproven claim is that of a strategy whose limiter promises that nothing is
// refused, and of a limit of which that does not hold: requests can be refused.
type Unproven struct {
	Row   string // the strategy, with the point of a sweep
	Limit string // by its name
	Why   string
}

// String is the claim in a sentence.
func (u Unproven) String() string {
	return fmt.Sprintf("%s may be refused by limit %s: %s", u.Row, u.Limit, u.Why)
}

// UnprovenOf lists the claims of limiters that do not hold of the limits that they
// face, whatever the parameters say of latencies.
func UnprovenOf(sc *scenario.Scenario) []Unproven {
	var all []Unproven
	for _, row := range sc.Rows() {
		limits := row.Scenario.Server.AllLimits()
		for i := range limits {
			l := &limits[i]
			if !l.IsPaced() {
				continue
			}
			quota := row.Strategy.QuotaOf(l, row.Scenario.Server)
			what, err := promise.Of(row.Strategy.Limiter.Config, quota)
			if more, _ := settles(row.Scenario, l); err == nil && more && promisesNone(what) {
				err = errors.New(lateMore)
			}
			if err != nil {
				all = append(all, Unproven{row.Name, l.Name, err.Error()})
			}
		}
	}
	return all
}
