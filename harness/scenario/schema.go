package scenario

import (
	"bytes"
	"encoding/json"

	"ratebench/harness/kinds"
)

// Schema returns the JSON Schema (draft 2020-12) of scenario files with these
// limiters, for editors. It lets nothing pass that has an unknown key or a value
// of the wrong kind; what depends on several values, or on a range of times,
// only Load can tell.
func (l Loader) Schema() ([]byte, error) {
	plain, err := marshalPlain(schemaOf(l.Kinds))
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := json.Indent(&b, plain, "", "  "); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

// schemaOf is made of the fields that the decoder decodes.
func schemaOf(limiters []kinds.Kind) *schema {
	r := newReader(limiters)
	root := object("", r.fields())
	root.Draft = "https://json-schema.org/draft/2020-12/schema"
	root.Title = "ratebench scenario"
	client := defaultClient()
	root.Defs = append(scenarioDefinitions(),
		property{name: "client", schema: object(clientHelp, clientFields(&client))},
		property{name: "strategy", schema: object("a named client configuration", r.strategyFields(&Strategy{Client: client}))},
		property{name: "limiter", schema: limiterSchema(limiters)},
	)
	for _, k := range limiters {
		root.Defs = append(root.Defs, property{name: kindDefinition(k), schema: kindSchema(k)})
	}
	return root
}

// limiterSchema selects one of the kinds by its name.
func limiterSchema(limiters []kinds.Kind) *schema {
	kind := limiterFields(&Limiter{})[0].describe()
	kind.Type = nil
	s := &schema{
		Description: sentence(limiterHelp),
		Type:        "object",
		Properties:  properties{{name: "kind", schema: kind}},
		Required:    []string{"kind"},
		If:          &schema{Properties: properties{{name: "share", schema: &schema{Const: ShareSplit}}}, Required: []string{"share"}},
		Then:        &schema{Properties: properties{{name: "scope", schema: &schema{Const: ScopeWorker}}}, Required: []string{"scope"}},
	}
	for _, k := range limiters {
		kind.Enum = append(kind.Enum, k.Name)
		definition := reference(kindDefinition(k), "")
		s.OneOf = append(s.OneOf, &definition)
	}
	return s
}

func kindDefinition(k kinds.Kind) string { return "limiter-" + k.Name }

// kindSchema is one kind: what all have, and its own parameters.
func kindSchema(k kinds.Kind) *schema {
	l := newLimiter(k)
	help := k.Summary
	if k.Formula != "" {
		help += ". The next request leaves at: " + k.Formula
	}
	s := object(help, append(limiterFields(&l), parameters{}.fields("", l.Parameters)...))
	s.Title = k.Name
	*s.Properties.of("kind") = schema{Description: sentence(k.Summary), Const: k.Name}
	return s
}
