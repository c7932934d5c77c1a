// Perf prints what the machinery costs, side by side in one run and with ratios:
// on a machine that is shared with others only a ratio means anything, and only
// one of processor time, of what was measured in turns.
package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"
)

// parts are what is measured: all of them, or those named on the command line.
var parts = []struct {
	name string
	run  func(io.Writer) error
}{
	{"events", kernelEvents}, {"runs", blogRuns}, {"keys", manyKeys},
	{"limiters", limiterCalls}, {"transports", transports}, {"servers", servers},
}

func main() {
	if err := measure(os.Stdout, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "perf:", err)
		os.Exit(1)
	}
}

// measure measures the parts with these names; without names, all.
func measure(w io.Writer, names []string) error {
	var known []string
	for _, part := range parts {
		known = append(known, part.name)
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			return fmt.Errorf("unknown part %q, want %s", name, strings.Join(known, ", "))
		}
	}
	for _, part := range parts {
		if len(names) > 0 && !slices.Contains(names, part.name) {
			continue
		}
		if err := part.run(w); err != nil {
			return err
		}
	}
	return nil
}

// cpu is how long this process has used processors so far.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // no such system is supported here
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// A subject is something that is measured.
type subject struct {
	name string
	run  func() (units float64, err error) // of which one costs what is printed
}

// inTurns runs the subjects one after the other, again and again, and returns what a
// unit of each has cost of processor time, round by round.
func inTurns(rounds int, subjects []subject) ([][]time.Duration, error) {
	costs := make([][]time.Duration, len(subjects))
	for range rounds {
		for i, s := range subjects {
			before := cpu()
			units, err := s.run()
			if err != nil {
				return nil, fmt.Errorf("%s: %w", s.name, err)
			}
			costs[i] = append(costs[i], time.Duration(float64(cpu()-before)/units))
		}
	}
	return costs, nil
}

// compare measures and prints the subjects: the least that each has cost, and its ratio to
// the first, which is the median of those of each round, as what else the machine does
// differs from one round to the next.
func compare(w io.Writer, title, unit string, per time.Duration, rounds int, subjects []subject) error {
	costs, err := inTurns(rounds, subjects)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%s\n", title)
	for i, s := range subjects {
		ratios := make([]float64, rounds)
		for round, cost := range costs[i] {
			ratios[round] = float64(cost) / float64(costs[0][round])
		}
		slices.Sort(ratios)
		median := (ratios[rounds/2] + ratios[(rounds-1)/2]) / 2
		fmt.Fprintf(w, "  %-28s %9.3g %-16s × %.2f\n", s.name, float64(slices.Min(costs[i]))/float64(per), unit, median)
	}
	return nil
}
