package scenario

import (
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"ratebench/harness/scenario/api"
	"ratebench/harness/scenario/client"
	"ratebench/harness/scenario/load"
	"ratebench/harness/scenario/notation"
	"ratebench/harness/scenario/sweep"
	"ratebench/harness/yamlfile"
	"ratebench/scenarios/apis"
)

// fields are those of the whole file, in the order in which they need each
// other.
func (r *reader) fields() []yamlfile.Field {
	s := r.out
	return []yamlfile.Field{
		yamlfile.Key("version", "version of the format", yamlfile.Required(version(), "version: 1")),
		yamlfile.Key("name", "names the folder of the results. Defaults to the name of the file", notation.OfName(&s.Name, checkFolder)),
		yamlfile.Key("question", "what the scenario is to answer, in one sentence, shown above the results", yamlfile.Line(&s.Question)),
		yamlfile.Key("duration", "length of a run", yamlfile.Required(yamlfile.Duration(&s.Duration, minDuration, yamlfile.MaxDuration), "duration: 25s")),
		yamlfile.Key("runs", "seeds per strategy in virtual time", yamlfile.Integer(&s.Runs, 1, maxRuns)),
		yamlfile.Key("seed", "seed of the first run; the next run has the next number", yamlfile.Unsigned(&s.Seed)),
		yamlfile.Key("step", "grid of every time that is drawn, at most 1m; 0 is continuous", step(s)),
		yamlfile.Key("api", "a preset that server and load begin with: "+strings.Join(apis.Names(), ", ")+"; without it they are as the reference", r.api()),
		yamlfile.Key("server", "the rate-limited API", api.Notation(&s.Server, &s.Step, &s.Duration)),
		yamlfile.Key("load", "the load generator", load.Notation(&s.Load, &s.Duration)),
		yamlfile.Key("client", "what all strategies start from", client.Notation(&r.clientDefaults, &s.Server.Keys)),
		yamlfile.Key("strategies", "what is compared, each under a name of its own", yamlfile.Required(r.strategies(), "a list of one or more")),
		yamlfile.Key("sweep", "keys that get one value after the other: every strategy is run at every combination of them", sweep.Notation(&s.Sweep)),
		yamlfile.Key("expect", "claims that are checked after the runs", r.expectations()),
	}
}

// scenario decodes the whole file.
func (r *reader) scenario(v yamlfile.Value) {
	fields := r.fields()
	if r.isPoint {
		leaveToBase(fields)
	}
	values := r.Mapping(v, fields)
	if _, named := values["name"]; !named {
		r.nameAfterFile(v)
	}
	r.found = values
	if r.Err() == nil {
		r.finish(values)
	}
}

func version() yamlfile.Notation {
	return yamlfile.Notation{
		Kind: "integer", Schema: yamlfile.Schema{Enum: []any{1, "1"}}, Text: func() string { return "1" },
		Decode: func(d *yamlfile.Decoder, v yamlfile.Value) {
			if text, _ := yamlfile.Written(v.Node); text != "1" {
				d.WrongType(v, "1, the only version there is")
			}
		},
	}
}

// step is the grid of a scenario, and of its load until that has its own.
func step(s *Scenario) yamlfile.Notation {
	n := yamlfile.Duration(&s.Step, 0, time.Minute)
	decode := n.Decode
	n.Decode = func(d *yamlfile.Decoder, v yamlfile.Value) {
		decode(d, v)
		s.Load.Step = s.Step
	}
	return n
}

// finish fills in the default distributions, which have to be on the grid of
// step, and checks what depends on several sections.
func (r *reader) finish(values map[string]ast.Node) {
	if err := r.out.fillDistributions(); err != nil {
		r.Errorf(values["step"], "step does not suit a default distribution: %v", err)
		return
	}
	r.checkKinds(values)
	if len(r.out.Sweep) > 0 { // each point has a cost of its own
		return
	}
	r.checkCosts(values)
	if key, err := r.out.cost(); err != nil {
		at, given := values[key]
		if !given { // it is the default of one key that another makes too much
			at = values["duration"]
		}
		r.Errorf(at, "%v", err)
	}
}
