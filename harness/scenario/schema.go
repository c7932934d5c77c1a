package scenario

import (
	"bytes"
	"encoding/json"

	"ratebench/harness/dist"
	"ratebench/harness/kinds"
)

// Schema returns the JSON Schema (draft 2020-12) of the scenario file with
// these limiters, for editors. It lets nothing pass that has an unknown key or a value of the wrong
// kind; what depends on several values, or on a range of times, only Load can
// tell.
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

// schemaOf is the schema of scenarios with these limiters. It is written down
// here rather than made from the decoder, whose fields are functions; a test
// keeps the two in step.
func schemaOf(all []kinds.Kind) *schema {
	s := newScenario()
	root := object("",
		property{"version", &schema{Description: "Version of the format.", Enum: []any{1, "1"}}},
		property{"name", ref("name", "Names the folder of the results. Defaults to the name of the file.", nil)},
		property{"question", &schema{Description: "What the scenario is to answer, in one sentence, shown above the results.", Type: "string"}},
		property{"duration", ref("positiveDuration", "Length of a run.", nil)},
		property{"runs", whole("Seeds per strategy in virtual time.", 1, 100_000, s.Runs)},
		property{"seed", unsignedNumber("Seed of the first run; the next run has the next number.", s.Seed)},
		property{"step", ref("duration", "Grid of every time that is drawn, at most 1m; 0 is continuous.", dist.FormatDuration(s.Step))},
		property{"server", serverSchema(s.Server)},
		property{"load", loadSchema(s.Load)},
		property{"client", ref("client", "What all strategies start from.", nil)},
		property{"strategies", listOf("What is compared, each under a name of its own.", ref("strategy", "", nil))},
		property{"expect", listOf("Claims that are checked after the runs.", expectationSchema())},
	)
	root.Draft = "https://json-schema.org/draft/2020-12/schema"
	root.Title = "ratebench scenario"
	root.Required = []string{"version", "duration", "strategies"}
	root.Defs = append(scalars(),
		property{"client", clientSchema()},
		property{"strategy", strategySchema()},
		property{"limiter", limiterSchema(all)},
	)
	for _, k := range all {
		root.Defs = append(root.Defs, property{kindDef(k), kindSchema(k)})
	}
	return root
}
