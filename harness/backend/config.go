package backend

import (
	"ratebench/harness/scenario"
	"ratebench/harness/scenario/api"
	"ratebench/harness/scenario/rules"
	"ratebench/server"
	"ratebench/server/dialect"
	"ratebench/server/ledger"
	"ratebench/server/policy"
)

// serverConfig is the server of a scenario: by the reference's rules, unless the
// scenario says more than those can.
func serverConfig(sc *scenario.Scenario, seed uint64) server.Config {
	s := &sc.Server
	c := server.Config{
		Keys:       server.Keys(s.Keys),
		Resolution: s.Resolution,
		NoNonces:   s.NoNonces,
		Statements: server.Statements{
			Received: s.Headers.ReceivedAt,
			Budget:   s.Headers.RateLimit,
			Limits:   Dialect(s) != nil,
		},
		Latency: s.Latencies(seed),
	}
	if len(s.Limits) == 0 && s.Penalty == nil && len(sc.Load.Mix) == 0 {
		c.Limit, c.BlockAfter = server.Limit{N: s.Limit.N, Window: s.Limit.Window}, s.BlockAfter
		return c
	}
	limits := s.Limits
	if len(limits) == 0 {
		limits = []rules.Limit{rules.Reference(s.Limit)}
	}
	for i := range limits {
		c.Limits = append(c.Limits, ledgerLimit(&limits[i]))
	}
	if s.ChargeInOrder {
		c.Charge = ledger.InOrder
	}
	c.Penalty = ledger.Penalty{Penalty: policy.Penalty{After: s.BlockAfter}}
	if p := s.Penalty; p != nil {
		c.Penalty = ledger.Penalty{Penalty: p.Policy(), Scope: scopeOf(p.Scope)}
		if p.Strikes == rules.StrikesErrors {
			c.Penalty.Strikes = ledger.Errors
		}
	}
	return c
}

// ledgerLimit is a limit of a scenario. Its words have been checked.
func ledgerLimit(l *rules.Limit) ledger.Limit {
	limit := ledger.Limit{
		Name: l.Name, Policy: l.Policy(), Scope: scopeOf(l.Scope...), Routes: l.Routes,
		Cost: l.Cost, Settle: l.Settle, Hidden: l.Hidden,
	}
	for i, name := range ledger.CountsNames() {
		if name == l.Counts {
			limit.Counts = ledger.Counts(i)
		}
	}
	return limit
}

func scopeOf(names ...string) (joined ledger.Scope) {
	for _, name := range names {
		s, _ := ledger.ParseScope(name)
		joined |= s
	}
	return joined
}

// Dialect is how the API of a scenario tells its limits; nil: as the reference
// does.
func Dialect(s *api.Server) *dialect.Config {
	if s.Dialect == "" && s.Answers == (rules.Answers{}) {
		return nil
	}
	c := s.Answers.Dialect(s.Dialect)
	return &c
}
