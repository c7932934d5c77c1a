package strategydoc

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"ratebench/harness/internal/choice"
	"ratebench/harness/kinds"
	"ratebench/harness/scenario"
	"ratebench/harness/scenario/client"
)

// parseStrategy parses a scenario with one strategy.
func parseStrategy(strategy string) (scenario.Strategy, error) {
	sc, err := scenario.Loader{Kinds: kinds.All()}.Parse("x.yaml", []byte("version: 1\nduration: 1s\nstrategies:\n"+strategy), nil)
	if err != nil {
		return scenario.Strategy{}, err
	}
	return sc.Strategies[0], nil
}

// What is printed to be pasted is a strategy with the defaults of its kind.
func TestKindYAMLLoads(t *testing.T) {
	for _, k := range kinds.All() {
		pasted, err := parseStrategy(newKind(k).YAML)
		if err != nil {
			t.Errorf("%s: %v", k.Name, err)
			continue
		}
		plain, err := parseStrategy("- {name: " + k.Name + ", limiter: {kind: " + k.Name + "}}\n")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(plain, pasted); diff != "" {
			t.Errorf("%s: not the defaults (-want +got):\n%s", k.Name, diff)
		}
	}
}

func TestKindKeysAreExplained(t *testing.T) {
	for _, k := range kinds.All() {
		card := newKind(k)
		for _, key := range card.Keys {
			if key.Help == "" || key.Type == "" {
				t.Errorf("%s: %s has no help or type", k.Name, key.Key)
			}
			last := key.Key[strings.LastIndex(key.Key, ".")+1:]
			if strings.Contains(card.YAML, last+": "+key.Default) == (key.Default == "") {
				t.Errorf("%s: default %q of %s, and as YAML\n%s", k.Name, key.Default, key.Key, card.YAML)
			}
		}
	}
	if got := newKind(kindNamed(t, "adaptive")).Keys[1]; got.Key != "headroom.min" || got.Type != "duration" || got.Default != "30ms" || got.Help != "lower clamp" {
		t.Errorf("second key of adaptive is %+v", got)
	}
}

func kindNamed(t *testing.T, name string) kinds.Kind {
	t.Helper()
	all := kinds.All()
	i := slices.IndexFunc(all, func(k kinds.Kind) bool { return k.Name == name })
	if i < 0 {
		t.Fatalf("no kind %s", name)
	}
	return all[i]
}

// The keys explained are those that the scenario decoder knows, no more and no
// less: it lists them when it meets another.
func TestCommonKeysAreThoseOfTheDecoder(t *testing.T) {
	for _, s := range commonSections() {
		for mapping, keys := range keysByMapping(s) {
			_, err := parseStrategy(strategyWith(s.Section, mapping+"zzz", "", mapping+"zzz: 1"))
			if err == nil || !strings.Contains(err.Error(), "want "+choice.List(keys)+"\n") {
				t.Errorf("%s %s: explained are %s, but: %v", s.Section, mapping, choice.List(keys), err)
			}
		}
	}
}

// keysByMapping groups the keys of a section: those of the section itself
// under "", and those of a mapping in it under its path and a dot.
func keysByMapping(s Section) map[string][]string {
	keys := map[string][]string{}
	for _, k := range s.Keys {
		mapping := ""
		for name, rest, nested := strings.Cut(k.Key, "."); ; name, rest, nested = strings.Cut(rest, ".") {
			if !slices.Contains(keys[mapping], name) {
				keys[mapping] = append(keys[mapping], name)
			}
			if !nested {
				break
			}
			mapping += name + "."
		}
	}
	return keys
}

// Setting a key to its default changes nothing.
func TestCommonDefaults(t *testing.T) {
	for _, s := range commonSections() {
		for _, k := range s.Keys {
			with := map[string]string{ // what a key is an error without
				"latency": "order: true", "budget.spread": "budget.kind: grants+spread",
				"budget.batch": "budget.kind: leases", "budget.linger": "budget.kind: leases",
			}[k.Key]
			if k.Default == "" || k.Default == "required" || k.Default == "not set" || k.Key == "kind" {
				continue // has none
			}
			bare, err := parseStrategy(strategyWith(s.Section, k.Key, with))
			if err != nil {
				t.Fatal(err)
			}
			set, err := parseStrategy(strategyWith(s.Section, k.Key, with, k.Key+": "+quoted(k.Default)))
			if err != nil {
				t.Errorf("%s.%s: %v", s.Section, k.Key, err)
				continue
			}
			if !reflect.DeepEqual(bare, set) {
				t.Errorf("%s.%s: %s is not the default: got %+v, want %+v", s.Section, k.Key, k.Default, set, bare)
			}
			for _, v := range k.Values {
				with := map[string]string{client.ShareSplit: "scope: worker"}[v.Value]
				if _, err := parseStrategy(strategyWith(s.Section, k.Key, with, k.Key+": "+v.Value)); err != nil {
					t.Errorf("%s.%s: %v", s.Section, k.Key, err)
				}
			}
		}
	}
}

// strategyWith has pairs in a section, those of mappings by their path, and what
// those mappings cannot be without.
func strategyWith(section, key string, pairs ...string) string {
	if section == "limiter" {
		pairs = append(pairs, "kind: none")
	}
	for _, required := range []string{"budget.kind: slots", "crashes.every: 1h", "crashes.for: 1s"} {
		name, _, _ := strings.Cut(required, ":")
		mapping, _, _ := strings.Cut(name, ".")
		if strings.HasPrefix(key, mapping+".") && !slices.ContainsFunc(pairs, func(p string) bool { return strings.HasPrefix(p, name+":") }) {
			pairs = append(pairs, required)
		}
	}
	pairs = slices.DeleteFunc(pairs, func(p string) bool { return p == "" })
	mapping, _, nested := strings.Cut(key, ".")
	if nested && !slices.ContainsFunc(pairs, func(p string) bool { return strings.HasPrefix(p, mapping+".") }) {
		pairs = append(pairs, mapping+": {}")
	}
	text := "- {name: a, " + section + ": {" + flow(pairs) + "}"
	if section != "limiter" {
		text += ", limiter: {kind: none}"
	}
	return text + "}\n"
}

// quoted is a value that has a comma in it as one.
func quoted(value string) string {
	if strings.Contains(value, ",") {
		return `"` + value + `"`
	}
	return value
}

// flow writes pairs as YAML, those with a dot in the mapping before it.
func flow(pairs []string) string {
	var parts, mappings []string
	for _, pair := range pairs {
		key, _, _ := strings.Cut(pair, ":")
		mapping, _, nested := strings.Cut(key, ".")
		switch {
		case !nested:
			parts = append(parts, pair)
		case !slices.Contains(mappings, mapping):
			mappings = append(mappings, mapping)
		}
	}
	for _, mapping := range mappings {
		var inner []string
		for _, pair := range pairs {
			if rest, in := strings.CutPrefix(pair, mapping+"."); in {
				inner = append(inner, rest)
			}
		}
		parts = append(parts, mapping+": {"+flow(inner)+"}")
	}
	return strings.Join(parts, ", ")
}

func TestCommonYAMLLoads(t *testing.T) {
	for _, s := range commonSections() {
		strategy := "  - name: a\n" + s.YAML
		if s.Section != "limiter" {
			strategy += "    limiter: {kind: window}\n"
		}
		if _, err := parseStrategy(strategy); err != nil {
			t.Error(err)
		}
	}
}

func TestPageWidth(t *testing.T) {
	p, err := New(kinds.All(), nil, true)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(p.text()) {
		example := strings.Contains(line, "{") // must not be broken
		if n := utf8.RuneCountInString(line) - 1; n > pageWidth && !example {
			t.Errorf("%d characters: %s", n, line)
		}
	}
}

func TestPageJSON(t *testing.T) {
	p, err := New(kinds.All(), nil, true)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := p.Write(&b, asJSON); err != nil {
		t.Fatal(err)
	}
	var got Page
	if err := json.Unmarshal([]byte(b.String()), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p, got, cmp.AllowUnexported(Page{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(got.Kinds) != len(kinds.All()) || len(got.Common) != len(commonSections()) {
		t.Errorf("%d kinds and %d sections", len(got.Kinds), len(got.Common))
	}
}

// The last cell is broken into lines, whose continuations are below it.
func TestColumns(t *testing.T) {
	var b strings.Builder
	writeColumns(&b, "  ", 12, [][]string{{"a", "b", ""}, {"key", "x", "α· ≥ ρρ x"}, {"", "", "unbreakable x"}})
	want := "  a    b  \n  key  x  α·\n          ≥\n          ρρ\n          x\n          unbreakable\n          x\n"
	if got := b.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A bar in a text does not end its cell.
func TestMarkdownEscapes(t *testing.T) {
	keys := []scenario.Key{{Key: "a|b", Type: "c|d", Default: "e|f", Help: "g|h"}}
	p := Page{Kinds: []Kind{{Kind: "k", Summary: "s", Formula: "x", Source: "y", Keys: keys, YAML: "  - a\n"}}}
	want := `## k

S.

- leaves: ` + "`x`" + `
- source: y

| key | type | default | meaning |
| --- | --- | --- | --- |
| ` + "`a\\|b`" + ` | c\|d | e\|f | g\|h |

` + "```yaml\n  - a\n```\n"
	var b strings.Builder
	if err := p.Write(&b, markdown); err != nil || b.String() != want {
		t.Errorf("%v, got\n%s\nwant\n%s", err, b.String(), want)
	}
}
