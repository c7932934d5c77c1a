package scenario

import (
	"encoding"
	"fmt"
	"reflect"
	"strings"
	"time"

	"ratebench/clients/limiter"
	"ratebench/harness/dist"
)

// limiterSchema selects one of the kinds by its name.
func limiterSchema(kinds []limiter.Kind) *schema {
	kind := &schema{Description: "The algorithm."}
	s := &schema{
		Description: "How requests are paced: an algorithm, with its parameters.",
		Type:        "object",
		Properties:  properties{{"kind", kind}},
		Required:    []string{"kind"},
		If:          &schema{Properties: properties{{"share", &schema{Const: ShareSplit}}}, Required: []string{"share"}},
		Then:        &schema{Properties: properties{{"scope", &schema{Const: ScopeWorker}}}, Required: []string{"scope"}},
	}
	for _, k := range kinds {
		kind.Enum = append(kind.Enum, k.Name)
		s.OneOf = append(s.OneOf, ref(kindDef(k), "", nil))
	}
	return s
}

func kindDef(k limiter.Kind) string { return "limiter-" + k.Name }

// kindSchema is one kind: what all have, and what its Config declares.
func kindSchema(k limiter.Kind) *schema {
	poll := time.Duration(0)
	if k.Polls {
		poll = time.Millisecond
	}
	description := k.Summary
	if k.Formula != "" {
		description += ". The next request leaves at: " + k.Formula
	}
	s := object(description,
		property{"kind", &schema{Description: k.Summary, Const: k.Name}},
		property{"poll", ref("duration", "How often a client looks that waits by polling, 1µs or more; 0 sleeps exactly, in a FIFO line.", dist.FormatDuration(poll))},
		property{"scope", words("Who shares a limiter: all workers of a key, or nobody.", ScopeKey, ScopeKey, ScopeWorker)},
		property{"share", words("What a worker's own limiter (scope: worker) works with: the whole limit of the key, or its part.", ShareWhole, ShareWhole, ShareSplit)},
	)
	s.Title = k.Name
	s.Required = []string{"kind"}
	s.Properties = append(s.Properties, parameters(k.Name, "", reflect.ValueOf(k.Default()).Elem())...)
	return s
}

// parameters describes the fields of a struct as config decodes them: key,
// type, the default that v holds, and what the field says of itself.
func parameters(kind, prefix string, v reflect.Value) properties {
	var p properties
	for i := range v.NumField() {
		field := v.Type().Field(i)
		key, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		if key == "" || key == "-" {
			continue
		}
		s := parameter(kind, prefix+key, v.Field(i))
		s.Description = field.Tag.Get("help")
		p = append(p, property{key, s})
	}
	return p
}

// parameter is the schema of one field. It panics at a type that scenarios
// have no notation for, as config does.
func parameter(kind, path string, f reflect.Value) *schema {
	switch p := f.Addr().Interface().(type) {
	case *limiter.Rate:
		return ref("rate", "", textOrNil(p.String()))
	case *Limit:
		return ref("limit", "", nil)
	case encoding.TextUnmarshaler:
		return &schema{Type: []string{"string", "number"}}
	case *time.Duration:
		return ref("duration", "", dist.FormatDuration(*p))
	case *int:
		return &schema{Type: "integer", Default: *p}
	case *uint64:
		return unsignedNumber("", *p)
	case *float64:
		return &schema{Type: "number", Default: *p}
	case *string:
		if all := choices(kind, path); all != nil {
			return words("", *p, all...)
		}
		return &schema{Type: "string", Default: *p}
	case *bool:
		return flagOf("", *p)
	}
	if f.Kind() == reflect.Struct {
		return object("", parameters(kind, path+".", f)...)
	}
	panic(fmt.Sprintf("scenario: limiter parameter %s has type %s, which has no notation", path, f.Type()))
}

func textOrNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// choices are the words that a text parameter can be. Its type does not tell;
// a test has the limiter's own Validate confirm them.
func choices(kind, path string) []string {
	switch kind + " " + path {
	case "adaptive measure":
		return []string{"creation", "send"}
	case "backoff jitter":
		return jitters()
	}
	return nil
}
