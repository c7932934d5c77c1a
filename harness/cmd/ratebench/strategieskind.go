package main

import (
	"encoding"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"ratebench/clients/limiter"
	"ratebench/harness/dist"
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

func newKindCard(k limiter.Kind) kindCard {
	config := reflect.ValueOf(k.Default()).Elem()
	return kindCard{
		Kind: k.Name, Summary: k.Summary, Formula: k.Formula, Source: k.Source, Polls: k.Polls,
		Keys: keysOf("", config),
		YAML: strategyYAML(k, config),
	}
}

// keysOf explains the fields of a limiter's configuration, as the scenario
// decoder reads them: by their yaml tags, structs being mappings.
func keysOf(prefix string, config reflect.Value) []keyDoc {
	var keys []keyDoc
	eachKey(config, func(key, help string, v reflect.Value) {
		if isMapping(v) {
			keys = append(keys, keysOf(prefix+key+".", v)...)
			return
		}
		keys = append(keys, keyDoc{Key: prefix + key, Type: typeOf(v), Default: notation(v), Help: help})
	})
	return keys
}

// eachKey visits the fields that a scenario can set.
func eachKey(config reflect.Value, visit func(key, help string, v reflect.Value)) {
	for i := range config.NumField() {
		tag := config.Type().Field(i).Tag
		key, _, _ := strings.Cut(tag.Get("yaml"), ",")
		if key != "" && key != "-" {
			visit(key, tag.Get("help"), config.Field(i))
		}
	}
}

func isMapping(v reflect.Value) bool {
	_, scalar := v.Addr().Interface().(encoding.TextUnmarshaler)
	return v.Kind() == reflect.Struct && !scalar
}

// typeOf names the type of a key. It panics at one that scenarios have no
// notation for: whoever adds a limiter sees it in every test.
func typeOf(v reflect.Value) string {
	switch v.Addr().Interface().(type) {
	case encoding.TextUnmarshaler:
		return strings.ToLower(v.Type().Name())
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
	panic(fmt.Sprintf("a limiter has a parameter of type %s, which has no notation", v.Type()))
}

// notation is a value as it stands in a scenario file; "" if that is not
// setting it.
func notation(v reflect.Value) string {
	switch x := v.Interface().(type) {
	case time.Duration:
		return dist.FormatDuration(x)
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	default:
		return fmt.Sprint(x)
	}
}

// strategyYAML is a strategy of this kind, indented to go below "strategies:".
func strategyYAML(k limiter.Kind, config reflect.Value) string {
	lines := []string{"  - name: " + k.Name, "    limiter:", "      kind: " + k.Name}
	if k.Polls {
		lines = append(lines, "      poll: 1ms")
	}
	for _, pair := range pairsOf(config) {
		lines = append(lines, "      "+pair)
	}
	return strings.Join(lines, "\n") + "\n"
}

// pairsOf is the fields that are set, each as "key: value".
func pairsOf(config reflect.Value) []string {
	var pairs []string
	eachKey(config, func(key, _ string, v reflect.Value) {
		switch {
		case isMapping(v):
			pairs = append(pairs, key+": {"+strings.Join(pairsOf(v), ", ")+"}")
		case notation(v) != "":
			pairs = append(pairs, key+": "+notation(v))
		}
	})
	return pairs
}
