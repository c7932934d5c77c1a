package scenario

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ratebench/harness/dist"
	"ratebench/harness/internal/choice"
	"ratebench/harness/scenario/api"
	"ratebench/harness/scenario/load"
	"ratebench/harness/yamlfile"
)

// Overrides are what to change of a scenario for a run, whatever its file says.
// The zero value changes nothing.
type Overrides struct {
	Runs       int           // 1 to 100000; 0 is no change
	Seed       *uint64       // of the first run; nil is no change
	Duration   time.Duration // of a run, 1 ms to 31 days; 0 is no change
	BlockAfter *int          // 0 to 10^9; nil is no change
	Strategies []string      // the only ones to run; none is no change
}

// An Override is a change as it is recorded in the results.
type Override struct {
	Flag  string `json:"flag"`  // of the command line, such as --duration
	Value string `json:"value"` // as in the scenario file
}

// An Untested claim is one of the file's that is not checked.
type Untested struct {
	Expectation
	Why string // as in "--duration is 3s, the scenario's 25s"
}

// Override returns the scenario with changes. They are recorded in its Overrides.
// Claims are those of the scenario as its file has it: what is claimed of a
// strategy that is left out, of another duration or of another BlockAfter moves
// from Expect to Untested. Stages that would come after the end go. Points of a
// sweep change alike. An error says which change is out of its range.
func (s *Scenario) Override(o Overrides) (*Scenario, error) {
	c := &change{*s, nil}
	c.out.Overrides = slices.Clone(s.Overrides)
	c.out.Untested = slices.Clone(s.Untested)
	if o.Runs != 0 {
		c.runs(o.Runs)
	}
	if o.Seed != nil {
		c.record("--seed", strconv.FormatUint(*o.Seed, 10))
		c.out.Seed = *o.Seed
	}
	if o.Duration != 0 {
		c.duration(o.Duration)
	}
	if o.BlockAfter != nil {
		c.blockAfter(*o.BlockAfter)
	}
	if len(o.Strategies) > 0 {
		c.strategies(o.Strategies)
	}
	if len(c.errs) == 0 {
		c.points(s, o)
	}
	return &c.out, errors.Join(c.errs...)
}

// A change is a scenario that is being changed.
type change struct {
	out  Scenario
	errs []error
}

func (c *change) record(flag, value string) {
	c.out.Overrides = append(c.out.Overrides, Override{flag, value})
}

func (c *change) check(err error) {
	if err != nil {
		c.errs = append(c.errs, err)
	}
}

func (c *change) wrong(format string, args ...any) { c.check(fmt.Errorf(format, args...)) }

func (c *change) runs(n int) {
	if n < 1 || n > maxRuns {
		c.wrong("--runs is %d, want 1 to %d", n, maxRuns)
	}
	c.record("--runs", strconv.Itoa(n))
	c.out.Runs = n
}

func (c *change) duration(t time.Duration) {
	if t < minDuration || t > yamlfile.MaxDuration {
		c.wrong("--duration is %s, want %s", dist.FormatDuration(t), yamlfile.DurationRange(minDuration, yamlfile.MaxDuration))
	}
	c.record("--duration", dist.FormatDuration(t))
	if t != c.out.Duration {
		c.untest(fmt.Sprintf("--duration is %s, the scenario's %s", dist.FormatDuration(t), dist.FormatDuration(c.out.Duration)), everyClaim)
	}
	c.out.Duration = t
	c.out.Load.Stages = slices.DeleteFunc(slices.Clone(c.out.Load.Stages), func(s load.Stage) bool { return s.At >= t })
	c.out.Server.Stages = slices.DeleteFunc(slices.Clone(c.out.Server.Stages), func(s api.Stage) bool { return s.At >= t })
}

func (c *change) blockAfter(n int) {
	if n < 0 || n > api.MaxBlockAfter {
		c.wrong("--block-after is %d, want 0 to %d", n, api.MaxBlockAfter)
	}
	c.record("--block-after", strconv.Itoa(n))
	for _, a := range c.out.Sweep {
		if a.Set == "server.block_after" {
			c.wrong("--block-after is %d, and %s of the sweep sets server.block_after, want one of them", n, a.Name)
		}
	}
	if before := c.out.Server.BlockAfter; n != before {
		c.untest(fmt.Sprintf("--block-after is %d, the scenario's %d", n, before), everyClaim)
	}
	c.out.Server.BlockAfter = n
}

// strategies keeps the strategies of these names, in the order of the file.
func (c *change) strategies(names []string) {
	var known []string
	for _, st := range c.out.Strategies {
		known = append(known, st.Name)
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			c.wrong("%s", choice.Unknown("strategy", name, known))
		}
		c.record("--strategy", name)
	}
	leftOut := func(name string) bool { return name != "" && !slices.Contains(names, name) }
	c.out.Strategies = slices.DeleteFunc(slices.Clone(c.out.Strategies), func(st Strategy) bool { return leftOut(st.Name) })
	c.untest("--strategy leaves out "+strings.Join(slices.DeleteFunc(known, func(name string) bool { return !leftOut(name) }), ", "),
		func(e Expectation) bool { return leftOut(e.Strategy) || leftOut(e.Over) })
}

// points changes the points of a sweep, whose strategies have names of their
// own, or else checks what it takes to run the scenario.
func (c *change) points(s *Scenario, o Overrides) {
	if len(s.Points) == 0 {
		c.check(c.out.checkCost())
		return
	}
	c.out.Points = nil
	names := o.Strategies
	for _, p := range s.Points {
		o.Strategies = nil
		for _, name := range names {
			o.Strategies = append(o.Strategies, s.RowName(name, p.At))
		}
		changed, err := p.Scenario.Override(o)
		if err != nil {
			c.check(err)
			return
		}
		c.out.Points = append(c.out.Points, Point{p.At, changed})
	}
	_, err := c.out.sweepCost()
	c.check(err)
}

// On returns the scenario as it is run by a clock: what is claimed for another one
// moves from Expect to Untested.
func (s *Scenario) On(clock string) *Scenario {
	c := &change{*s, nil}
	c.out.Untested = slices.Clone(s.Untested)
	for _, other := range []string{ClockVirtual, ClockReal} {
		if other != clock {
			c.untest("it is claimed for the "+other+" clock", func(e Expectation) bool { return e.Clock == other })
		}
	}
	return &c.out
}

func everyClaim(Expectation) bool { return true }

// untest moves the claims that are concerned to those that are not tested.
func (c *change) untest(why string, concerned func(Expectation) bool) {
	var tested []Expectation
	for _, e := range c.out.Expect {
		if concerned(e) {
			c.out.Untested = append(c.out.Untested, Untested{e, why})
		} else {
			tested = append(tested, e)
		}
	}
	c.out.Expect = tested
}

// String is the claim in words, such as "tps of a from 80 to 90".
func (e Expectation) String() string {
	bounds, over := e.Between, ""
	if e.Over != "" {
		bounds, over = e.Ratio, " divided by that of "+e.Over
	}
	text := e.Metric + " of " + e.Strategy + over
	if bounds != nil {
		text += " from " + yamlfile.FormatNumber(bounds[0]) + " to " + yamlfile.FormatNumber(bounds[1])
	}
	return text
}
