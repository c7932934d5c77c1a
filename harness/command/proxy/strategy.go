package proxy

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ratebench/harness"
	"ratebench/harness/internal/choice"
	"ratebench/harness/kinds"
	"ratebench/harness/scenario"
)

// pacing is what the flags ask for.
func (f *flags) pacing(limiters []kinds.Kind) (*harness.Pacing, *scenario.Scenario, *scenario.Strategy, error) {
	sc, err := f.loadScenario(limiters)
	if err != nil {
		return nil, nil, nil, err
	}
	st, err := choose(sc, f.strategy)
	if err != nil {
		return nil, nil, nil, err
	}
	p, err := harness.NewPacing(sc, st)
	if err == nil {
		_, err = p.Limiter()
	}
	switch {
	case err != nil && f.as != "":
		return nil, nil, nil, fmt.Errorf("--as %s: %w. A proxy with --limit, and that of one resource, can pace the requests for it", f.as, err)
	case err != nil:
		return nil, nil, nil, fmt.Errorf("%s: %w", sc.Path, err)
	}
	return p, sc, st, nil
}

// choose is the strategy of a scenario with that name, or the only one.
func choose(sc *scenario.Scenario, name string) (*scenario.Strategy, error) {
	var names []string
	for i := range sc.Strategies {
		if st := &sc.Strategies[i]; st.Name == name || name == "" && len(sc.Strategies) == 1 {
			return st, nil
		}
		names = append(names, sc.Strategies[i].Name)
	}
	if name == "" {
		return nil, fmt.Errorf("%s has %d strategies, choose one with --strategy: %s", sc.Path, len(names), choice.List(names))
	}
	return nil, fmt.Errorf("%s: %s", sc.Path, choice.Unknown("strategy", name, names))
}

// loadScenario reads the scenario of --scenario, or makes one of the other flags.
func (f *flags) loadScenario(limiters []kinds.Kind) (*scenario.Scenario, error) {
	loader := scenario.Loader{Kinds: limiters}
	if f.scenario != "" {
		return loader.Load(f.scenario)
	}
	lines, err := f.scenarioLines()
	if err != nil {
		return nil, err
	}
	var text strings.Builder
	for _, l := range lines {
		text.WriteString(l.text + "\n")
	}
	sc, err := loader.Parse("proxy.yaml", []byte(text.String()), nil)
	if err != nil {
		return nil, byFlag(err, lines)
	}
	return sc, nil
}

// A flagLine is a line of a scenario, and the flag that it comes from.
type flagLine struct{ text, flag string }

// scenarioLines are those of a scenario that has what the flags say: the keys of
// the limiter beside its kind, and those of the guard.
func (f *flags) scenarioLines() ([]flagLine, error) {
	lines := []flagLine{
		{"version: 1", ""}, {"duration: 1s", ""}, {"server:", ""},
		{"  limit: " + f.limit, "--limit " + f.limit},
		{"  resolution: " + f.resolution, "--resolution " + f.resolution},
	}
	kind, set := f.kind, f.set
	if f.as != "" {
		if kind == "" { // which is right for limits of every kind
			kind, set = "bucket-paced", append([]string{"spread=50ms"}, set...)
		}
		lines = []flagLine{{"version: 1", ""}, {"duration: 1s", ""}, {"api: " + f.as, "--as " + f.as}}
	}
	lines = append(lines, []flagLine{
		{"strategies:", ""}, {"  - name: proxy", ""}, {"    limiter:", ""},
		{"      kind: " + cmp.Or(kind, "paced"), "--kind " + kind},
	}...)
	limiter, guard, err := readSettings(set)
	if err != nil {
		return nil, err
	}
	lines = append(lines, limiter.lines()...)
	if len(guard) > 0 {
		lines = append(lines, flagLine{"    guard:", ""})
		lines = append(lines, guard.lines()...)
	}
	for _, l := range lines {
		if strings.ContainsAny(l.text, "\r\n") {
			return nil, fmt.Errorf("%.40q has a line break, want none", l.flag)
		}
	}
	return lines, nil
}

// readSettings reads the values of --set, for the limiter and for the guard.
func readSettings(sets []string) (limiter, guard settings, err error) {
	for _, set := range sets {
		key, value, found := strings.Cut(set, "=")
		if !found || key == "" || value == "" {
			return nil, nil, fmt.Errorf("--set is %q, want KEY=VALUE, such as spread=50ms or guard.order=true", set)
		}
		to := &limiter
		if rest, ok := strings.CutPrefix(key, "guard."); ok {
			to, key = &guard, rest
		}
		outer, inner, _ := strings.Cut(key, ".")
		to.add(setting{outer, inner, value, "--set " + set})
	}
	return limiter, guard, nil
}

// A setting is a key of a mapping, or one of the mapping below that key.
type setting struct{ outer, inner, value, flag string }

// settings are those of a mapping, with what is below a key together.
type settings []setting

// add adds a setting. Of several for one key the last one counts.
func (s *settings) add(one setting) {
	end := len(*s)
	for i, other := range *s {
		if other.outer != one.outer {
			continue
		}
		if other.inner == one.inner {
			(*s)[i] = one
			return
		}
		end = i + 1
	}
	*s = slices.Insert(*s, end, one)
}

func (s settings) lines() []flagLine {
	const indent = "      "
	var lines []flagLine
	for i, one := range s {
		if one.inner == "" {
			lines = append(lines, flagLine{indent + one.outer + ": " + one.value, one.flag})
			continue
		}
		if i == 0 || s[i-1].outer != one.outer {
			lines = append(lines, flagLine{indent + one.outer + ":", one.flag})
		}
		lines = append(lines, flagLine{indent + "  " + one.inner + ": " + one.value, one.flag})
	}
	return lines
}

// byFlag tells of each mistake which flag has it.
func byFlag(err error, lines []flagLine) error {
	problems := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		problems = joined.Unwrap()
	}
	for i, problem := range problems {
		p, ok := errors.AsType[*scenario.Error](problem)
		if ok && p.Line > 0 && p.Line <= len(lines) && lines[p.Line-1].flag != "" {
			problems[i] = fmt.Errorf("%s: %s", lines[p.Line-1].flag, p.Msg)
		}
	}
	return errors.Join(problems...)
}
