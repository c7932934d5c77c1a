package run

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"

	"ratebench/harness"
	"ratebench/harness/internal/cmdline"
	"ratebench/harness/isolate"
	"ratebench/harness/scenario"
)

// processes is the value of --processes, which need not have any.
type processes struct {
	on bool
	n  int // 0: as many as the scenario says
}

// ofTheScenario is --processes without a number.
const ofTheScenario = "of the scenario"

// Type implements pflag.Value.
func (p *processes) Type() string { return "N" }

// String implements pflag.Value.
func (p *processes) String() string {
	switch {
	case !p.on:
		return ""
	case p.n == 0:
		return ofTheScenario
	}
	return strconv.Itoa(p.n)
}

// Set implements pflag.Value.
func (p *processes) Set(text string) error {
	p.on, p.n = true, 0
	if text == ofTheScenario {
		return nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return errors.New("want a number of processes, 1 or more, or none for that of the scenario")
	}
	p.n = n
	return nil
}

// set is what the flag gives another value in the scenario.
func (p *processes) set() []string {
	if p.n == 0 {
		return nil
	}
	return []string{fmt.Sprintf("client.processes=%d", p.n)}
}

// check finds a number that was meant to be the flag's, and is taken for a scenario.
func (p *processes) check(paths []string) error {
	if !p.on {
		return nil
	}
	for _, path := range paths {
		if _, err := strconv.Atoi(path); err == nil {
			if _, err := os.Stat(path); err != nil {
				return fmt.Errorf("found %s where a scenario is expected: a number of processes is written --processes=%s", path, path)
			}
		}
	}
	return nil
}

// isolating is the flag that has clients run in processes of their own.
func (f *runFlags) isolating() string {
	if f.processes.on {
		return "--processes"
	}
	return "--isolate"
}

// checkProcesses returns an error if the clients of a scenario are processes that
// cannot be run in real time as the flags say.
func (f *runFlags) checkProcesses(sc *scenario.Scenario) error {
	if !f.real() {
		return nil
	}
	rows := sc.Rows()
	some := slices.IndexFunc(rows, inProcesses)
	switch {
	case some < 0 && f.processes.on:
		return errors.New("--processes is given, and no client in it has processes, sources or a budget: want --processes=N, or client.processes in the file")
	case some < 0:
		return nil
	case !f.isolate:
		return fmt.Errorf("the client of strategy %s is processes or has several sources, and in real time each process is one of its own: want --processes with --clock real", rows[some].Name)
	}
	for _, r := range rows {
		if !inProcesses(r) {
			continue
		}
		if err := harness.RealProcesses(r.Scenario, r.Strategy); err != nil {
			return fmt.Errorf("strategy %s: %w", r.Name, err)
		}
		if f.store != "" && harness.HasStore(r.Strategy) && len(r.Strategy.Client.Budget.Store.Outages) > 0 {
			return fmt.Errorf("strategy %s: its store has outages, and the Redis of --store is not for us to kill: leave --store out, for one of its own", r.Name)
		}
	}
	return nil
}

func inProcesses(r scenario.Row) bool { return harness.InProcesses(r.Scenario, r.Strategy) }

// checkStore returns an error unless processes have what they share limits through,
// if they do, so that nobody waits for a whole run to learn it.
func (f *runFlags) checkStore(ctx context.Context, scenarios []*scenario.Scenario) error {
	needs := func(sc *scenario.Scenario) bool {
		return slices.ContainsFunc(sc.Rows(), func(r scenario.Row) bool { return harness.HasStore(r.Strategy) })
	}
	if !f.real() || f.store == "" && !slices.ContainsFunc(scenarios, needs) {
		return nil
	}
	err := isolate.CheckStore(ctx, f.store)
	if ctx.Err() != nil {
		return cmdline.ErrInterrupted
	}
	return err
}
