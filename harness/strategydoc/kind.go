package strategydoc

import (
	"strings"

	"ratebench/harness/kinds"
	"ratebench/harness/scenario"
)

// A Kind explains one kind of limiter.
type Kind struct {
	Kind    string         `json:"kind"`
	Summary string         `json:"summary"`
	Formula string         `json:"formula,omitempty"` // when the next request may leave
	Source  string         `json:"source,omitempty"`
	Polls   bool           `json:"polls,omitempty"` // every millisecond, unless told otherwise
	Keys    []scenario.Key `json:"keys,omitempty"`  // its own parameters
	YAML    string         `json:"yaml,omitempty"`  // a strategy with all that has a default
}

// A Section explains a mapping that every strategy can have.
type Section struct {
	Section string         `json:"section"`
	Summary string         `json:"summary"`
	Keys    []scenario.Key `json:"keys"`
	YAML    string         `json:"yaml"` // an example, indented to go into a strategy
}

func newKind(k kinds.Kind) Kind {
	keys := scenario.LimiterKeys(k)
	return Kind{
		Kind: k.Name, Summary: k.Summary, Formula: k.Formula, Source: k.Source, Polls: k.Polls,
		Keys: keys, YAML: strategyYAML(k, keys),
	}
}

// commonSections explains what strategies have in common.
func commonSections() []Section {
	var sections []Section
	for _, s := range scenario.StrategySections() {
		sections = append(sections, Section{s.Name, s.Help, s.Keys, sectionExample(s.Name)})
	}
	return sections
}

// sectionExample shows a section in a strategy, with what it goes together
// with.
func sectionExample(name string) string {
	switch name {
	case "limiter":
		return "    limiter: {kind: window, poll: 1ms, scope: worker, share: split}\n    client: {workers_per_key: 4}\n"
	case "guard":
		return "    guard: {in_flight: 10, order: true, latency: 50ms, penalty: 1s}\n"
	case "retry":
		return "    retry: {max: 3, base: 100ms, cap: 1s, jitter: equal}\n"
	case "client":
		return "    client: {workers_per_key: 4, timeout: 2s, nonce: increasing, runtime: {kind: event-loop, per_request: 1ms}}\n"
	case "queue":
		return "    queue: {dead_letter: {max_retries: 3}, backpressure: {max: 50, pause: 100ms}}\n"
	}
	return ""
}

// strategyYAML is a strategy of this kind, indented to go below "strategies:".
// The keys that have a default are there; those of a mapping stand together.
func strategyYAML(k kinds.Kind, keys []scenario.Key) string {
	lines := []string{"  - name: " + k.Name, "    limiter:", "      kind: " + k.Name}
	if k.Polls {
		lines = append(lines, "      poll: 1ms")
	}
	open := "" // the mapping that the last line is of
	for _, key := range keys {
		if key.Default == "" {
			continue
		}
		group, nested, ok := strings.Cut(key.Key, ".")
		last := len(lines) - 1
		switch {
		case !ok:
			lines = append(lines, "      "+key.Key+": "+key.Default)
		case group == open:
			lines[last] = strings.TrimSuffix(lines[last], "}") + ", " + nested + ": " + key.Default + "}"
		default:
			lines = append(lines, "      "+group+": {"+nested+": "+key.Default+"}")
		}
		open = group
	}
	return strings.Join(lines, "\n") + "\n"
}
