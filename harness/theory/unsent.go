package theory

import (
	"fmt"
	"time"

	"ratebench/clients/limiter"
	"ratebench/harness/scenario"
)

// An Unsent kind of request is one that a strategy never lets go, or only some of it:
// it costs more of a limit than the limiter ever lets go at a time.
type Unsent struct {
	Row   string // the strategy, with the point of a sweep
	Route string
	Limit string // by its name
	Cost  int64  // the most of it that the request can cost
	Kind  string // of the limiter
}

// String is a sentence.
func (u Unsent) String() string {
	return fmt.Sprintf("%s never sends a %s that costs %d of limit %s: %s lets less go at a time", u.Row, u.Route, u.Cost, u.Limit, u.Kind)
}

// UnsentOf lists the kinds of requests that strategies never let go, the first limit
// for each that it is because of.
func UnsentOf(sc *scenario.Scenario) []Unsent {
	var all []Unsent
	for _, row := range sc.Rows() {
		limits := row.Scenario.Server.AllLimits()
		for k := range row.Scenario.Load.Mix {
			kind := &row.Scenario.Load.Mix[k]
			for i := range limits {
				l := &limits[i]
				if !l.IsPaced() || !l.Meets(kind.Route) {
					continue
				}
				cost := kind.Cost(l.Cost).At(highest)
				paces, err := row.Strategy.Limiter.Config.New(row.Strategy.QuotaOf(l, row.Scenario.Server))
				if err == nil && paces.Next(time.Time{}, cost).Equal(limiter.Impossible) {
					all = append(all, Unsent{row.Name, kind.Route, l.Name, cost, row.Strategy.Limiter.Kind})
					break
				}
			}
		}
	}
	return all
}
