package folder

import (
	"bytes"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/perf/benchfmt"

	"ratebench/harness/metrics"
	"ratebench/harness/result"
)

// bench.txt is in the Go benchmark format (golang.org/design/14313-benchmark-format):
// a line for each run, with every figure that it has. The seed is part of the
// name, and so is the point of a sweep. So is the clock, and last, because the format takes digits after a final
// hyphen for GOMAXPROCS: headroom-40 and headroom-50 would become one strategy.

const benchPrefix = "Scenario"

func benchName(s *result.Summary, r *result.Run) benchfmt.Name {
	strategy := url.PathEscape(r.Strategy)
	if st, known := s.Strategy(r.Strategy); known && len(st.Point) > 0 {
		strategy = url.PathEscape(st.Plain)
		for i, value := range st.Point {
			strategy += "/" + url.PathEscape(s.Axes[i].Name) + "=" + url.PathEscape(value)
		}
	}
	return benchfmt.Name(fmt.Sprintf("%s/scenario=%s/strategy=%s/seed=%d/clock=%s",
		benchPrefix, url.PathEscape(s.Scenario.Name), strategy, r.Seed, url.PathEscape(s.Clock)))
}

func writeBench(w io.Writer, d result.Data) error {
	out := benchfmt.NewWriter(w)
	for i, m := range metrics.Catalogue() {
		better := map[metrics.Better]string{metrics.MoreIsBetter: "higher", metrics.LessIsBetter: "lower"}[m.Better]
		if better == "" || m.Rare && !slices.ContainsFunc(d.Runs, func(r result.Run) bool { return r.Figures[i].Known }) {
			continue
		}
		unit := benchfmt.UnitMetadataKey{Unit: m.BenchUnit(), Key: "better"}
		if err := out.Write(&benchfmt.UnitMetadata{UnitMetadataKey: unit, OrigUnit: m.BenchUnit(), Value: better}); err != nil {
			return err
		}
	}
	s := &d.Summary
	var config []benchfmt.Config
	for _, p := range [][2]string{
		{"scenario", s.Scenario.Name},
		{"question", s.Question},
		{"sha256", s.Scenario.SHA256},
		{"duration", metrics.Shortest(s.DurationS) + "s"},
	} {
		if v := result.OneLine(p[1]); v != "" {
			config = append(config, benchfmt.Config{Key: p[0], Value: []byte(v), File: true})
		}
	}
	for _, r := range d.Runs {
		line := benchfmt.Result{Config: config, Name: benchName(s, &r), Iters: 1}
		for k, m := range metrics.Catalogue() {
			if f := r.Figures[k]; f.Known {
				line.Values = append(line.Values, benchfmt.Value{Value: f.Value, Unit: m.BenchUnit()})
			}
		}
		if err := out.Write(&line); err != nil {
			return err
		}
	}
	return nil
}

// readBench reads the runs. Files of version 1 have the runs of a strategy in
// the order of their seeds, which they do not name, and the question and the TTL.
func readBench(content []byte, d *result.Data) error {
	in := benchfmt.NewReader(bytes.NewReader(content), BenchFile)
	for in.Scan() {
		switch line := in.Result().(type) {
		case *benchfmt.SyntaxError:
			return fmt.Errorf("line %d: %s", line.Line, line.Msg)
		case *benchfmt.Result:
			if err := addRun(d, line); err != nil {
				_, at := line.Pos()
				return fmt.Errorf("line %d: %w", at, err)
			}
		}
	}
	if err := in.Err(); err != nil {
		return err
	}
	return checkRuns(d)
}

// addRun adds the run that a line is about.
func addRun(d *result.Data, line *benchfmt.Result) error {
	run, err := newRunFrom(line.Values)
	if err != nil {
		return err
	}
	seeded := false
	_, parts := line.Name.Parts()
	for _, part := range parts {
		key, value, _ := strings.Cut(strings.TrimPrefix(string(part), "/"), "=")
		switch key {
		case "strategy":
			run.Strategy, err = url.PathUnescape(value)
		case "seed":
			run.Seed, err = strconv.ParseUint(value, 10, 64)
			seeded = true
		default:
			err = addPoint(&d.Summary, &run.Strategy, key, value)
		}
		if err != nil {
			return fmt.Errorf("found %s, expected a %s: %w", part, key, err)
		}
	}
	if _, ok := d.Summary.Strategy(run.Strategy); !ok {
		return fmt.Errorf("found strategy %q, which %s does not have", run.Strategy, SummaryFile)
	}
	if !seeded {
		run.Seed = d.Summary.Seed + uint64(len(d.RunsOf(run.Strategy)))
		if err := readVersion1(d, line); err != nil {
			return err
		}
	}
	d.Runs = append(d.Runs, run)
	return nil
}

// addPoint adds to the name of a row the value of the axis that a part of the
// name of a benchmark is about; others are left alone.
func addPoint(s *result.Summary, name *string, key, value string) error {
	axis, err := url.PathUnescape(key)
	if err != nil {
		return err
	}
	for i := range s.Axes {
		if s.Axes[i].Name == axis {
			label, err := url.PathUnescape(value)
			*name = s.Axes[i].Row(*name, label)
			return err
		}
	}
	return nil
}

// readVersion1 takes what other files have since version 2.
func readVersion1(d *result.Data, line *benchfmt.Result) (err error) {
	d.Summary.Question = line.GetConfig("question")
	if ttl := line.GetConfig("ttl"); ttl != "" {
		v, err := time.ParseDuration(ttl)
		if err != nil || v < 0 {
			return fmt.Errorf("found ttl %q, expected a duration of 0 or more", ttl)
		}
		d.Summary.TTLS = metrics.Rounded(v.Seconds())
	}
	return nil
}

// newRunFrom takes figures by their units, and leaves alone what it does not
// know.
func newRunFrom(values []benchfmt.Value) (result.Run, error) {
	run := result.Run{Figures: result.NewFigures(nil)}
	for i, m := range metrics.Catalogue() {
		unit := m.BenchUnit()
		for _, v := range values {
			if v.Unit != unit {
				continue
			}
			switch {
			case run.Figures[i].Known:
				return run, fmt.Errorf("found %s twice", unit)
			case !(v.Value >= 0 && v.Value <= result.MostFigure):
				return run, fmt.Errorf("found %v %s, expected a number from 0 to %.0e", v.Value, unit, result.MostFigure)
			}
			run.Figures[i] = result.Figure{Value: v.Value, Known: true}
		}
	}
	return run, nil
}

// checkRuns reports runs that are missing, that are there twice, or that are
// others than those of the summary, whose throughput is the mean of theirs. A
// strategy may have fewer runs than planned, when they were cut short or some
// panicked.
func checkRuns(d *result.Data) error {
	s := &d.Summary
	seen := map[runKey]bool{}
	runs, tps := map[string]int{}, map[string]float64{}
	for _, r := range d.Runs {
		key := runKey{r.Strategy, r.Seed}
		switch {
		case seen[key]:
			return fmt.Errorf("found seed %d of %q twice", r.Seed, r.Strategy)
		case r.Seed < s.Seed || r.Seed-s.Seed >= uint64(s.Runs):
			return fmt.Errorf("found seed %d of %q, expected %d from %d on", r.Seed, r.Strategy, s.Runs, s.Seed)
		}
		seen[key] = true
		runs[r.Strategy]++
		tps[r.Strategy] += r.Figures.Mean("tps")
	}
	for _, st := range s.Strategies {
		n, mean := runs[st.Name], st.Mean("tps")
		if n == 0 || !s.Near(tps[st.Name]/float64(n), mean) {
			return fmt.Errorf("found %d of %d runs of %q, expected those with a mean of %s tps", n, s.Runs, st.Name, metrics.Shortest(mean))
		}
	}
	return nil
}

type runKey struct {
	strategy string
	seed     uint64
}

func hasRun(d *result.Data, strategy string, seed uint64) bool {
	return slices.ContainsFunc(d.Runs, func(r result.Run) bool { return r.Strategy == strategy && r.Seed == seed })
}
