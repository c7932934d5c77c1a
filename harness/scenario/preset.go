package scenario

import (
	"fmt"
	"slices"

	"github.com/goccy/go-yaml/ast"

	"ratebench/harness/internal/choice"
	"ratebench/harness/scenario/api"
	"ratebench/harness/scenario/load"
	"ratebench/harness/yamlfile"
	"ratebench/scenarios/apis"
)

// A Preset is an API whose limits are documented.
type Preset struct {
	Name      string
	About     string // which API, in a phrase
	Page      string // where it is documented
	Date      string // when that was read, as 2026-11-26
	LeavesOut string // what of the real API is not in it
	Server    api.Server
	Load      load.Generator
	Text      string // of its file
}

// LoadPreset reads the preset of a name. The error says which there are.
func LoadPreset(name string) (*Preset, error) {
	p, _, err := loadPreset(name, newScenario())
	return p, err
}

// Scenario is one without duration and strategies of the API and its load, with
// defaults for what the preset leaves open.
func (p *Preset) Scenario() *Scenario {
	s := newScenario()
	s.Name, s.API, s.Server, s.Load = p.Name, p.Name, p.Server, p.Load
	if err := s.fillDistributions(); err != nil {
		panic("scenario: the preset " + p.Name + ": " + err.Error()) // tests load all of them
	}
	return s
}

// loadPreset reads a preset over what the scenario has.
func loadPreset(name string, out *Scenario) (*Preset, []*Error, error) {
	if !slices.Contains(apis.Names(), name) {
		return nil, nil, fmt.Errorf("%s", choice.Unknown("api", name, apis.Names()))
	}
	data, err := apis.Read(name)
	if err != nil {
		return nil, nil, err
	}
	src, err := yamlfile.NewSource("scenarios/apis/"+name+".yaml", data)
	if err != nil {
		return nil, nil, err
	}
	root, err := yamlfile.SyntaxTree(src, "preset", "version: 1")
	if err != nil {
		return nil, nil, err
	}
	p := &Preset{Name: name, Text: string(data)}
	out.Server.BlockAfter = 0 // which is the reference's own
	d := &yamlfile.Decoder{Source: src}
	d.Mapping(yamlfile.Value{Key: "preset", Node: root}, presetFields(p, out))
	p.Server, p.Load = out.Server, out.Load
	return p, d.Problems, d.Err()
}

func presetFields(p *Preset, out *Scenario) []yamlfile.Field {
	date := yamlfile.Text(&p.Date)
	return []yamlfile.Field{
		yamlfile.Key("version", "version of the format", yamlfile.Required(version(), "version: 1")),
		yamlfile.Key("about", "which API it is, in a phrase", yamlfile.Required(yamlfile.Line(&p.About), "about: Shopify's REST Admin API")),
		yamlfile.Key("page", "where it is documented", yamlfile.Required(yamlfile.Line(&p.Page), "page: https://…")),
		yamlfile.Key("date", "when that was read", yamlfile.Required(date, "date: 2026-11-26")),
		yamlfile.Key("leaves_out", "what of the real API is not in it", yamlfile.Required(yamlfile.Line(&p.LeavesOut), "leaves_out: nothing that is known")),
		yamlfile.Key("server", "the rate-limited API", api.Notation(&out.Server, &out.Step, &out.Duration)),
		yamlfile.Key("load", "the load generator", load.Notation(&out.Load, &out.Duration)),
	}
}

// api reads the preset that a scenario names, over which the scenario's own keys
// are then read.
func (r *reader) api() yamlfile.Notation {
	n := yamlfile.Text(&r.out.API)
	n.Schema = yamlfile.Schema{}
	for _, name := range apis.Names() {
		n.Schema.Enum = append(n.Schema.Enum, name)
	}
	n.Unset = func() bool { return r.out.API == "" }
	n.Decode = func(d *yamlfile.Decoder, v yamlfile.Value) {
		name, ok := yamlfile.Written(v.Node)
		if !ok {
			d.WrongType(v, "the name of a preset: "+choice.List(apis.Names()))
			return
		}
		if _, _, err := loadPreset(name, r.out); err != nil {
			d.Errorf(v.Node, "%v", err)
			return
		}
		r.out.API = name
	}
	return n
}

// checkCosts reports kinds of requests that cost more than a limit ever lets pass.
func (r *reader) checkCosts(values map[string]ast.Node) {
	mix, _ := entryOf(values["load"], "mix").(*ast.SequenceNode)
	limits := r.out.Server.AllLimits()
	for i, k := range r.out.Load.Mix {
		at := values["server"] // whose limits are too low for a preset's mix
		if mix != nil {
			at = mix.Values[i]
		}
		for _, l := range limits {
			if least := k.Cost(l.Cost).Least(); at != nil && l.Kind() != "queue" && l.Meets(k.Route) && least > l.Most() {
				r.Errorf(at, "route %s costs %d, and limit %s lets %d pass at most, so that none would ever pass, want less", k.Route, least, l.Name, l.Most())
			}
		}
	}
}

// checkKinds reports limits of the file that count what no request has.
func (r *reader) checkKinds(values map[string]ast.Node) {
	server := entryOf(values["server"], "limits")
	list, ok := server.(*ast.SequenceNode)
	if !ok {
		return
	}
	for i := range r.out.Server.Limits {
		l := &r.out.Server.Limits[i]
		if routes := entryOf(list.Values[i], "routes"); routes != nil {
			for _, route := range l.Routes {
				if !r.out.Load.HasRoute(route) {
					r.Errorf(routes, "routes has %s, which no request of load.mix is of, want a mix with it", route)
				}
			}
		}
		if l.Cost != "" && !r.out.Load.HasCost(l.Cost) {
			r.Errorf(entryOf(list.Values[i], "cost"), "cost is %s, which no request of load.mix has, want a mix with it", l.Cost)
		}
	}
}

// entryOf is the value of a key of a mapping; nil: there is none.
func entryOf(n ast.Node, key string) ast.Node {
	if m, ok := n.(*ast.MappingNode); ok {
		for _, e := range m.Values {
			if text, _ := yamlfile.TextOf(e.Key); text == key {
				return e.Value
			}
		}
	}
	return nil
}
