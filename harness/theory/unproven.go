package theory

import (
	"errors"
	"fmt"
	"slices"

	"ratebench/clients/limiter"
	"ratebench/clients/limiter/promise"
	"ratebench/harness/scenario"
	"ratebench/harness/scenario/rules"
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
			if _, err := Promise(row.Scenario, row.Strategy, l); err != nil {
				all = append(all, Unproven{row.Name, l.Name, err.Error()})
			}
		}
	}
	return all
}

// Promise is what the limiter of a strategy promises of a limit that it paces by, as
// promise.Of has it of one that stays what the limiter is told, and of what requests
// cost of it.
func Promise(sc *scenario.Scenario, st *scenario.Strategy, l *rules.Limit) (string, error) {
	quota := st.QuotaOf(l, sc.Server)
	what, err := promise.Of(st.Limiter.Config, quota)
	if err != nil || !promisesNone(what) {
		return what, err
	}
	if err := unsteady(sc, l); err != nil {
		return what, err
	}
	return what, tooCostly(sc, st.Limiter.Config, quota, l)
}

// tooCostly returns an error if requests cost more of a limit than a promise is for.
func tooCostly(sc *scenario.Scenario, c limiter.Config, q limiter.Quota, l *rules.Limit) error {
	if most := mostCost(sc, l); most > 1 && promise.OfOnes(c, q) {
		return fmt.Errorf("a request can cost %d of it, and what the limiter promises is for those that cost 1", most)
	}
	return nil
}

// mostCost is the most that a request is charged of a limit.
func mostCost(sc *scenario.Scenario, l *rules.Limit) int64 {
	most := int64(1)
	for i := range sc.Load.Mix {
		if k := &sc.Load.Mix[i]; l.Meets(k.Route) {
			most = max(most, k.Cost(l.Cost).At(highest))
		}
	}
	return most
}

// unsteady returns an error if a limit does not stay what limiters are told of it:
// if it takes more than it charged, or a stage lets less pass.
func unsteady(sc *scenario.Scenario, l *rules.Limit) error {
	if more, _ := settles(sc, l); more {
		return errors.New(lateMore)
	}
	for _, stage := range sc.Server.Stages {
		then := sc.Server.During(stage.At)
		limits := then.AllLimits()
		i := slices.IndexFunc(limits, func(x rules.Limit) bool { return x.Name == l.Name })
		if i >= 0 && comesDown(l, &limits[i]) {
			return fmt.Errorf("from %v on it is %s, less than it was, which clients learn when it is too late", stage.At, &limits[i])
		}
	}
	return nil
}

// comesDown says whether a limit lets less pass in any span than it did.
func comesDown(from, to *rules.Limit) bool {
	if from.Kind() == "window" {
		windows := (to.Window.Per + from.Window.Per - 1) / from.Window.Per // of the former in one of the latter
		return float64(to.Window.N) < float64(from.Window.N)*float64(windows)
	}
	before, _ := from.Rate()
	after, _ := to.Rate()
	return to.Most() < from.Most() || after < before
}
