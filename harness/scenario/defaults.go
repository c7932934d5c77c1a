package scenario

import (
	"time"

	"ratebench/harness/scenario/api"
	"ratebench/harness/scenario/load"
)

// Reference returns the scenario of the reference system: every default, no
// duration and no strategies.
func Reference() *Scenario {
	s := newScenario()
	if err := s.fillDistributions(); err != nil {
		panic("scenario: the reference's own distributions: " + err.Error())
	}
	return s
}

// newScenario has every default but the distributions, which depend on Step.
func newScenario() *Scenario {
	return &Scenario{
		Name:   "reference",
		Runs:   20,
		Seed:   1,
		Step:   time.Millisecond,
		Server: api.Reference(),
		Load:   load.Reference(),
	}
}

// fillDistributions gives every distribution that is missing its default. An
// error means that Step does not suit a default.
func (s *Scenario) fillDistributions() error {
	if err := s.Server.FillDefaults(s.Step); err != nil {
		return err
	}
	return s.Load.FillDefault()
}
