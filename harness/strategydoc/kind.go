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
		sections = append(sections, Section{s.Name, s.Help, s.Keys, sectionExamples()[s.Name]})
	}
	return sections
}

// sectionExamples show the sections in a strategy, with what each goes together with.
func sectionExamples() map[string]string {
	return map[string]string{
		"limiter": "    limiter: {kind: window, poll: 1ms, scope: worker, share: split}\n    client: {workers_per_key: 4}\n",
		"guard":   "    guard: {in_flight: 10, order: true, latency: 50ms, penalty: 1s}\n",
		"retry":   "    retry: {max: 3, base: 100ms, cap: 1s, jitter: equal}\n",
		"client":  "    client: {workers_per_key: 4, timeout: 2s, nonce: increasing, runtime: {kind: event-loop, per_request: 1ms}}\n",
		"queue":   "    queue: {dead_letter: {max_retries: 3}, backpressure: {max: 50, pause: 100ms}}\n",
	}
}

// A card is what a page says of a kind or a section.
type card struct {
	Name, Summary string
	Facts         [][]string // beside its keys: a name and a text each, of a kind the formula first
	Keys          []scenario.Key
	YAML          string
}

func (p Page) cards() []card {
	var cards []card
	for _, k := range p.Kinds {
		cards = append(cards, card{k.Kind, k.Summary, k.facts(), k.Keys, k.YAML})
	}
	for _, s := range p.Common {
		cards = append(cards, card{s.Section, s.Summary, nil, s.Keys, s.YAML})
	}
	return cards
}

func (k Kind) facts() [][]string {
	rows := [][]string{{"leaves", k.Formula}, {"source", k.Source}}
	if k.Polls {
		rows = append(rows, []string{"polls", "every 1ms, as the original does; poll: 0 does not"})
	}
	if len(k.Keys) == 0 {
		rows = append(rows, []string{"keys", "none of its own"})
	}
	return rows
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
