package scenario

import (
	"bytes"
	"encoding/json"
	"slices"

	"ratebench/harness/kinds"
	"ratebench/harness/scenario/client"
	"ratebench/harness/scenario/notation"
	"ratebench/harness/scenario/rules"
	"ratebench/harness/yamlfile"
)

// Schema returns the JSON Schema (draft 2020-12) of scenario files with these
// limiters, for editors. It lets nothing pass that has an unknown key or a value
// of the wrong kind; what depends on several values, or on a range of times,
// only Load can tell.
func (l Loader) Schema() ([]byte, error) {
	plain, err := yamlfile.MarshalPlain(schemaOf(l.Kinds))
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
func schemaOf(limiters []kinds.Kind) *yamlfile.Schema {
	r := newReader(limiters)
	root := yamlfile.Object("", r.fields())
	root.Draft = "https://json-schema.org/draft/2020-12/schema"
	root.Title = "ratebench scenario"
	defaults := client.Default()
	root.Defs = append(slices.Concat(notation.Definitions(), rules.Definitions()),
		yamlfile.Property{Name: "client", Schema: yamlfile.Object(client.Help, client.Fields(&defaults))},
		yamlfile.Property{Name: "strategy", Schema: yamlfile.Object("a named client configuration", r.strategyFields(&Strategy{Client: defaults}))},
		yamlfile.Property{Name: "limiter", Schema: limiterSchema(limiters)},
	)
	for _, k := range limiters {
		root.Defs = append(root.Defs, yamlfile.Property{Name: kindDefinition(k), Schema: kindSchema(k)})
	}
	return root
}

// limiterSchema selects one of the kinds by its name.
func limiterSchema(limiters []kinds.Kind) *yamlfile.Schema {
	kind := client.LimiterFields(&client.Limiter{})[0].Describe()
	kind.Type = nil
	s := &yamlfile.Schema{
		Description: yamlfile.Sentence(client.LimiterHelp),
		Type:        "object",
		Properties:  yamlfile.Properties{{Name: "kind", Schema: kind}},
		Required:    []string{"kind"},
		If:          &yamlfile.Schema{Properties: yamlfile.Properties{{Name: "share", Schema: &yamlfile.Schema{Const: client.ShareSplit}}}, Required: []string{"share"}},
		Then:        &yamlfile.Schema{Properties: yamlfile.Properties{{Name: "scope", Schema: &yamlfile.Schema{Const: client.ScopeWorker}}}, Required: []string{"scope"}},
	}
	for _, k := range limiters {
		kind.Enum = append(kind.Enum, k.Name)
		definition := yamlfile.Reference(kindDefinition(k), "")
		s.OneOf = append(s.OneOf, &definition)
	}
	return s
}

func kindDefinition(k kinds.Kind) string { return "limiter-" + k.Name }

// kindSchema is one kind: what all have, and its own parameters.
func kindSchema(k kinds.Kind) *yamlfile.Schema {
	l := client.NewLimiter(k)
	help := k.Summary
	if k.Formula != "" {
		help += ". The next request leaves at: " + k.Formula
	}
	s := yamlfile.Object(help, append(client.LimiterFields(&l), notation.Parameters{}.Fields("", l.Parameters)...))
	s.Title = k.Name
	*s.Properties.Of("kind") = yamlfile.Schema{Description: yamlfile.Sentence(k.Summary), Const: k.Name}
	return s
}
