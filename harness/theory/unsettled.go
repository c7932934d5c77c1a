package theory

import (
	"fmt"
	"strings"

	"ratebench/harness/scenario"
	"ratebench/harness/scenario/rules"
)

// lateMore is why no promise holds of a limit that can take more than it charged.
const lateMore = "a request can turn out to cost more than it was charged, and what left before its answer told counts on less"

// settles says whether requests can turn out to cost more than a limit charged them,
// and less. Both costs are drawn with the same luck.
func settles(sc *scenario.Scenario, l *rules.Limit) (more, less bool) {
	if !l.Settle {
		return false, false
	}
	for i := range sc.Load.Mix {
		k := &sc.Load.Mix[i]
		if !l.Meets(k.Route) {
			continue
		}
		charge, settle := k.Cost(l.Cost), k.SettledCost(l.Cost)
		for _, luck := range []float64{0, 0.1, 0.5, 0.9, 0.9999} {
			more = more || settle.At(luck) > charge.At(luck)
			less = less || settle.At(luck) < charge.At(luck)
		}
	}
	return more, less
}

// A keeper is the configuration of a limiter that can make no use of what a server
// gives back.
type keeper interface{ Keeps() string }

// An Unsettled limit is one that gives back what requests did not cost, to a
// strategy that makes no use of it.
type Unsettled struct {
	Row   string // the strategy, with the point of a sweep
	Limit string // by its name
	Why   string
}

// String is what is lost in a sentence.
func (u Unsettled) String() string {
	return fmt.Sprintf("%s makes no use of what limit %s gives back: %s", u.Row, u.Limit, u.Why)
}

// UnsettledOf lists the strategies that pay more than requests cost in the end.
func UnsettledOf(sc *scenario.Scenario) []Unsettled {
	var all []Unsettled
	for _, row := range sc.Rows() {
		keeps, ok := row.Strategy.Limiter.Config.(keeper)
		if !ok {
			continue
		}
		limits := row.Scenario.Server.AllLimits()
		for i := range limits {
			if _, less := settles(row.Scenario, &limits[i]); less {
				all = append(all, Unsettled{row.Name, limits[i].Name, keeps.Keeps()})
			}
		}
	}
	return all
}

// promisesNone says whether a promise is that nothing is refused.
func promisesNone(what string) bool { return strings.HasPrefix(what, "no refusal") }
