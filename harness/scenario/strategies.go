package scenario

import (
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"

	"ratebench/harness/scenario/api"
	"ratebench/harness/scenario/client"
	"ratebench/harness/scenario/notation"
	"ratebench/harness/scenario/rules"
	"ratebench/harness/yamlfile"
)

func (r *reader) strategies() yamlfile.Notation {
	lines := make(map[string]int)
	n := yamlfile.List[Strategy]{
		Items: &r.out.Strategies, Want: "a list of one or more strategies, each - {name: …, limiter: …}",
		Name:   "strategy",
		Fields: r.strategyFields,
		Fresh:  func(ast.Node) Strategy { return Strategy{Client: r.clientDefaults} },
		Check: func(d *yamlfile.Decoder, strategies []Strategy, at yamlfile.Found) {
			named, name := at.Values["name"], strategies[len(strategies)-1].Name
			checkShown(d, strategies, at)
			switch {
			case named == nil || name == "":
			case lines[strings.ToLower(name)] > 0:
				d.Errorf(named, "name %s is that of the strategy in line %d too, want different names, and not only in capitals", name, lines[strings.ToLower(name)])
			default:
				lines[strings.ToLower(name)] = yamlfile.Start(named).Position.Line
			}
		},
	}.Notation()
	n.Refine = func(s *yamlfile.Schema) {
		item := yamlfile.Reference("strategy", "")
		s.Type, s.MinItems, s.Items = "array", 1, &item
	}
	return n
}

// strategyFields has client before limiter, whose share depends on the
// workers.
func (r *reader) strategyFields(s *Strategy) []yamlfile.Field {
	return []yamlfile.Field{
		yamlfile.Key("name", "unlike those of the other strategies", yamlfile.Required(notation.OfName(&s.Name, nil), "name: buffer-only")),
		yamlfile.Key("label", "what charts call it; without it, its name, which tables and files have in any case", labelNotation(&s.Label)),
		yamlfile.Key("client", "what differs from the client of the scenario", client.Notation(&s.Client, &r.out.Server.Keys)),
		yamlfile.Key("limiter", "", yamlfile.Required(r.limiterNotation(s), "limiter: {kind: window}")),
		yamlfile.Key("guard", "what holds requests back beyond what the limiter says; without it nothing does", client.GuardNotation(&s.Guard)),
		yamlfile.Key("retry", "tries a request again on the spot, its worker waiting meanwhile; without it each is tried once", client.RetryNotation(&s.Retry)),
		yamlfile.Key("queue", "what becomes of a request that did not succeed, and when the generator pauses; without it, dropped, and never", client.QueueNotation(&s.Queue)),
	}
}

// longestLabel is how many characters there is room for in a chart.
const longestLabel = 40

// checkShown refuses what the last of some strategies is called in charts if there
// is no room for it, or if it would be taken for another of them.
func checkShown(d *yamlfile.Decoder, strategies []Strategy, at yamlfile.Found) {
	last := len(strategies) - 1
	s := &strategies[last]
	node := at.Values["label"]
	if s.Label == "" {
		node = at.Values["name"]
	}
	if node == nil {
		return
	}
	if n := utf8.RuneCountInString(s.Label); n > longestLabel {
		d.Errorf(node, "label has %d characters, want at most %d", n, longestLabel)
		return
	}
	for _, other := range strategies[:last] {
		if s.Label+other.Label != "" && strings.EqualFold(s.Shown(), other.Shown()) {
			d.Errorf(node, "%s is what charts call strategy %s, want different ones, and not only in capitals", s.Shown(), other.Name)
			return
		}
	}
}

// labelNotation is a line that is not too long.
func labelNotation(p *string) yamlfile.Notation {
	n := yamlfile.Line(p)
	refine := n.Refine
	n.Refine = func(s *yamlfile.Schema) {
		if refine != nil {
			refine(s)
		}
		s.MaxLength = longestLabel
	}
	return n
}

// limiterNotation decodes the keys that all limiters have and, over the
// defaults of its kind, the kind's own.
func (r *reader) limiterNotation(s *Strategy) yamlfile.Notation {
	decode := func(d *yamlfile.Decoder, v yamlfile.Value) {
		kind, ok := client.KindOf(d, v, r.kinds)
		if !ok {
			return
		}
		s.Limiter = client.NewLimiter(kind)
		p := notation.NewParameters(v.Node)
		fields := append(client.LimiterFields(&s.Limiter), p.Fields("", s.Limiter.Parameters)...)
		yamlfile.Mapping(fields, func(d *yamlfile.Decoder, at yamlfile.Found) {
			if at.OK {
				checkLimiter(d, s, r.out, p, at)
			}
		}).Decode(d, v)
	}
	return yamlfile.Notation{Kind: "mapping", Schema: yamlfile.Reference("limiter", ""), Decode: decode, Contents: s.Limiter.Fields}
}

func checkLimiter(d *yamlfile.Decoder, s *Strategy, sc *Scenario, p notation.Parameters, at yamlfile.Found) {
	if s.Limiter.Share == client.ShareSplit && s.Limiter.Scope != client.ScopeWorker {
		d.Errorf(at.Values["share"], "share is split, and all workers of a key share one limiter, want scope: worker with it")
		return
	}
	limits := sc.Server.AllLimits()
	for i := range limits {
		if l := &limits[i]; l.IsPaced() && !checkAgainst(d, s, sc.Server, l, p, at) {
			return
		}
	}
	checkSharing(d, s, sc.Server, at)
}

// checkAgainst checks a limiter against one of the limits that it faces.
func checkAgainst(d *yamlfile.Decoder, s *Strategy, server api.Server, l *rules.Limit, p notation.Parameters, at yamlfile.Found) bool {
	quota := s.QuotaOf(l, server)
	if quota.Limit < 1 {
		whole := *s
		whole.Limiter.Share = client.ShareWhole
		d.Errorf(at.Values["share"], "share splits %d requests among %d workers, want at most as many workers as requests",
			whole.QuotaOf(l, server).Limit, s.Client.WorkersPerKey)
		return false
	}
	if quota.Window < quota.Resolution {
		return false // which has been said of the limit
	}
	if err := s.Limiter.Config.Validate(quota); err != nil {
		p.Report(d, err)
		return false
	}
	if s.Limiter.Poll > 0 && !l.Has(rules.ScopeKey) {
		d.Errorf(at.Node, "limiter polls, and limit %s is that of several keys, for which its requests stand in line, want poll: 0ms", l.Name)
		return false
	}
	return true
}
