package proxy

import (
	"errors"
	"fmt"
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

// or is a text, or else another.
func or(text, other string) string {
	if text == "" {
		return other
	}
	return text
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
		{"      kind: " + or(kind, "paced"), "--kind " + kind},
	}...)
	limiter, guard, err := readSettings(set)
	if err != nil {
		return nil, err
	}
	lines = append(lines, limiter.lines("      ")...)
	if len(guard.order) > 0 {
		lines = append(lines, flagLine{"    guard:", ""})
		lines = append(lines, guard.lines("      ")...)
	}
	for _, l := range lines {
		if strings.ContainsAny(l.text, "\r\n") {
			return nil, fmt.Errorf("%.40q has a line break, want none", l.flag)
		}
	}
	return lines, nil
}

// readSettings reads the values of --set, for the limiter and for the guard. Of
// several for one key the last one counts.
func readSettings(sets []string) (limiter, guard *settings, err error) {
	limiter, guard = newSettings(), newSettings()
	for _, set := range sets {
		key, value, found := strings.Cut(set, "=")
		if !found || key == "" || value == "" {
			return nil, nil, fmt.Errorf("--set is %q, want KEY=VALUE, such as spread=50ms or guard.order=true", set)
		}
		to, rest := limiter, key
		if inner, ok := strings.CutPrefix(key, "guard."); ok {
			to, rest = guard, inner
		}
		outer, inner, _ := strings.Cut(rest, ".")
		to.add(outer, inner, value, "--set "+set)
	}
	return limiter, guard, nil
}

// settings are the keys of a mapping, of which some have mappings of their own.
type settings struct {
	order []string
	of    map[string][]flagLine
}

func newSettings() *settings { return &settings{of: map[string][]flagLine{}} }

// add sets a key, or with inner a key below it.
func (s *settings) add(outer, inner, value, flag string) {
	if s.of[outer] == nil {
		s.order = append(s.order, outer)
	}
	line := outer + ": " + value
	if inner != "" {
		line = "  " + inner + ": " + value
	}
	key, _, _ := strings.Cut(line, ":")
	for i, l := range s.of[outer] {
		if other, _, _ := strings.Cut(l.text, ":"); other == key {
			s.of[outer][i] = flagLine{line, flag}
			return
		}
	}
	s.of[outer] = append(s.of[outer], flagLine{line, flag})
}

func (s *settings) lines(indent string) []flagLine {
	var lines []flagLine
	for _, outer := range s.order {
		if strings.HasPrefix(s.of[outer][0].text, " ") {
			lines = append(lines, flagLine{indent + outer + ":", s.of[outer][0].flag})
		}
		for _, l := range s.of[outer] {
			lines = append(lines, flagLine{indent + l.text, l.flag})
		}
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
