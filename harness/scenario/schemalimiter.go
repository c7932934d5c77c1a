package scenario

import (
	"encoding"
	"fmt"
	"time"

	"ratebench/clients/limiter"
	"ratebench/harness/dist"
	"ratebench/harness/kinds"
)

// limiterSchema selects one of the kinds by its name.
func limiterSchema(all []kinds.Kind) *schema {
	kind := &schema{Description: "The algorithm."}
	s := &schema{
		Description: "How requests are paced: an algorithm, with its parameters.",
		Type:        "object",
		Properties:  properties{{"kind", kind}},
		Required:    []string{"kind"},
		If:          &schema{Properties: properties{{"share", &schema{Const: ShareSplit}}}, Required: []string{"share"}},
		Then:        &schema{Properties: properties{{"scope", &schema{Const: ScopeWorker}}}, Required: []string{"scope"}},
	}
	for _, k := range all {
		kind.Enum = append(kind.Enum, k.Name)
		s.OneOf = append(s.OneOf, ref(kindDef(k), "", nil))
	}
	return s
}

func kindDef(k kinds.Kind) string { return "limiter-" + k.Name }

// kindSchema is one kind: what all have, and what its Config declares.
func kindSchema(k kinds.Kind) *schema {
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
	_, params := k.New()
	s.Properties = append(s.Properties, parameters(params)...)
	return s
}

// parameters describes what config decodes: key, type, the default, and what
// the parameter says of itself.
func parameters(params []kinds.Parameter) properties {
	var list properties
	for _, p := range params {
		s := parameter(p)
		s.Description = p.Help
		list = append(list, property{p.Name, s})
	}
	return list
}

// parameter is the schema of one parameter. It panics at a type that scenarios
// have no notation for, as config does.
func parameter(p kinds.Parameter) *schema {
	switch at := p.Value.(type) {
	case []kinds.Parameter:
		return object("", parameters(at)...)
	case *limiter.Rate:
		return ref("rate", "", textOrNil(at.String()))
	case *Limit:
		return ref("limit", "", nil)
	case encoding.TextUnmarshaler:
		return &schema{Type: []string{"string", "number"}}
	case *time.Duration:
		return ref("duration", "", dist.FormatDuration(*at))
	case *int:
		return &schema{Type: "integer", Default: *at}
	case *uint64:
		return unsignedNumber("", *at)
	case *float64:
		return &schema{Type: "number", Default: *at}
	case *string:
		if p.Words != nil {
			return words("", *at, p.Words...)
		}
		return &schema{Type: "string", Default: *at}
	case *bool:
		return flagOf("", *at)
	}
	panic(fmt.Sprintf("scenario: limiter parameter %s has type %T, which has no notation", p.Name, p.Value))
}

func textOrNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}
