package main

import (
	"encoding"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"ratebench/harness/dist"
	"ratebench/harness/kinds"
)

// A kindCard explains one kind of limiter.
type kindCard struct {
	Kind    string   `json:"kind"`
	Summary string   `json:"summary"`
	Formula string   `json:"formula,omitempty"` // when the next request may leave
	Source  string   `json:"source,omitempty"`
	Polls   bool     `json:"polls,omitempty"` // every millisecond, unless told otherwise
	Keys    []keyDoc `json:"keys,omitempty"`  // its own parameters
	YAML    string   `json:"yaml,omitempty"`  // a strategy with all that has a default
}

// A keyDoc explains one key of a scenario file.
type keyDoc struct {
	Key     string     `json:"key"` // with dots where it is nested
	Type    string     `json:"type"`
	Default string     `json:"default"` // as in the file; "" is not set
	Help    string     `json:"help"`
	Values  []valueDoc `json:"values,omitempty"` // where there are but a few
}

// A valueDoc explains one value that a key can have.
type valueDoc struct {
	Value string `json:"value"`
	Help  string `json:"help"`
}

func newKindCard(k kinds.Kind) kindCard {
	_, params := k.New()
	return kindCard{
		Kind: k.Name, Summary: k.Summary, Formula: k.Formula, Source: k.Source, Polls: k.Polls,
		Keys: keysOf("", params),
		YAML: strategyYAML(k, params),
	}
}

// keysOf explains parameters, as the scenario decoder reads them.
func keysOf(prefix string, params []kinds.Parameter) []keyDoc {
	var keys []keyDoc
	for _, p := range params {
		if inner, ok := p.Value.([]kinds.Parameter); ok {
			keys = append(keys, keysOf(prefix+p.Name+".", inner)...)
			continue
		}
		keys = append(keys, keyDoc{Key: prefix + p.Name, Type: typeOf(p), Default: notation(p), Help: p.Help})
	}
	return keys
}

// typeOf names the type of a parameter. It panics at one that scenarios have no
// notation for: whoever adds a limiter sees it in every test.
func typeOf(p kinds.Parameter) string {
	switch p.Value.(type) {
	case encoding.TextUnmarshaler:
		return strings.ToLower(reflect.TypeOf(p.Value).Elem().Name())
	case *time.Duration:
		return "duration"
	case *int, *uint64:
		return "integer"
	case *float64:
		return "number"
	case *string:
		return "text"
	case *bool:
		return "boolean"
	}
	panic(fmt.Sprintf("parameter %s has type %T, which has no notation", p.Name, p.Value))
}

// notation is the default of a parameter as it stands in a scenario file; "" if
// that is not setting it.
func notation(p kinds.Parameter) string {
	switch at := p.Value.(type) {
	case *time.Duration:
		return dist.FormatDuration(*at)
	case *float64:
		return strconv.FormatFloat(*at, 'f', -1, 64)
	default:
		return fmt.Sprint(reflect.ValueOf(p.Value).Elem())
	}
}

// strategyYAML is a strategy of this kind, indented to go below "strategies:".
func strategyYAML(k kinds.Kind, params []kinds.Parameter) string {
	lines := []string{"  - name: " + k.Name, "    limiter:", "      kind: " + k.Name}
	if k.Polls {
		lines = append(lines, "      poll: 1ms")
	}
	for _, pair := range pairsOf(params) {
		lines = append(lines, "      "+pair)
	}
	return strings.Join(lines, "\n") + "\n"
}

// pairsOf is the parameters that are set, each as "key: value".
func pairsOf(params []kinds.Parameter) []string {
	var pairs []string
	for _, p := range params {
		if inner, ok := p.Value.([]kinds.Parameter); ok {
			pairs = append(pairs, p.Name+": {"+strings.Join(pairsOf(inner), ", ")+"}")
		} else if text := notation(p); text != "" {
			pairs = append(pairs, p.Name+": "+text)
		}
	}
	return pairs
}
