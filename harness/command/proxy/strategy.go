package proxy

import (
	"errors"
	"fmt"
	"strings"

	"ratebench/clients/limiter"
	"ratebench/harness/internal/choice"
	"ratebench/harness/internal/cmdline"
	"ratebench/harness/kinds"
	"ratebench/harness/scenario"
)

// A pacing is what paces the requests of a key.
type pacing struct {
	what  string // in the log
	quota limiter.Quota
	make  func() (limiter.Limiter, error)
}

// pacing is what the flags ask for.
func (f *flags) pacing(limiters []kinds.Kind) (pacing, error) {
	sc, err := f.loadScenario(limiters)
	if err != nil {
		return pacing{}, cmdline.Wrong(err)
	}
	st, err := choose(sc, f.strategy)
	if err != nil {
		return pacing{}, cmdline.Wrong(err)
	}
	if len(sc.Server.Limits) > 0 || sc.Server.Penalty != nil {
		return pacing{}, cmdline.Wrong(fmt.Errorf("%s: server has limits, want one limit: the proxy paces by one for each key", sc.Path))
	}
	if st.Limiter.Scope != scenario.ScopeKey {
		return pacing{}, cmdline.Wrong(fmt.Errorf("%s: the limiter of %s has scope %s, want %s: the proxy has no workers", sc.Path, st.Name, st.Limiter.Scope, scenario.ScopeKey))
	}
	p := pacing{what: st.Limiter.Kind, quota: st.Quota(sc.Server)}
	p.make = func() (limiter.Limiter, error) { return limiter.New(st.Limiter.Config, p.quota, st.Guard) }
	_, err = p.make()
	return p, err
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
		{"strategies:", ""}, {"  - name: proxy", ""}, {"    limiter:", ""},
		{"      kind: " + f.kind, "--kind " + f.kind},
	}
	limiter, guard, err := f.settings()
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

// settings are the values of --set, for the limiter and for the guard.
func (f *flags) settings() (limiter, guard *settings, err error) {
	limiter, guard = newSettings(), newSettings()
	for _, set := range f.set {
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
