package scenario

import (
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"ratebench/clients/limiter"
	"ratebench/harness/dist"
	"ratebench/harness/internal/choice"
	"ratebench/harness/kinds"
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
		yamlfile.Key("client", "what differs from the client of the scenario", clientNotation(&s.Client, r.out)),
		yamlfile.Key("limiter", "", yamlfile.Required(r.limiterNotation(s), "limiter: {kind: window}")),
		yamlfile.Key("guard", "what holds requests back beyond what the limiter says; without it nothing does", guardNotation(&s.Guard)),
		yamlfile.Key("retry", "tries a request again on the spot, its worker waiting meanwhile; without it each is tried once",
			yamlfile.Optional(&s.Retry, defaultRetry(), retryFields, func(d *yamlfile.Decoder, at yamlfile.Found) { checkRetry(d, s.Retry, at) })),
		yamlfile.Key("queue", "what becomes of a request that did not succeed, and when the generator pauses; without it, dropped, and never",
			yamlfile.Mapping(queueFields(&s.Queue), nil)),
	}
}

// limiterHelp is what a limiter is.
const limiterHelp = "what paces the requests of a key; the parameters of its kind stand beside these keys"

// limiterFields are the keys that all limiters have.
func limiterFields(l *Limiter) []yamlfile.Field {
	return []yamlfile.Field{
		yamlfile.Key("kind", "name of a limiter", yamlfile.Required(yamlfile.Text(&l.Kind), "kind: window")),
		yamlfile.Key("poll", "time between two looks of a client that waits by polling, 1µs or more; 0 waits in a FIFO line, exactly as long as needed; 1ms by default where the original polls", poll(&l.Poll)),
		yamlfile.Key("scope", "who shares a limiter", yamlfile.OneOf(&l.Scope,
			Word{Value: ScopeKey, Help: "all workers of a key"},
			Word{Value: ScopeWorker, Help: "nobody, each worker has its own"})),
		yamlfile.Key("share", "part of the key's limit that the limiter of a worker works with", yamlfile.OneOf(&l.Share,
			Word{Value: ShareWhole, Help: "all of it, so that the limits of the workers add up"},
			Word{Value: ShareSplit, Help: "its part, N divided by the workers of the key, with scope worker only"})),
	}
}

// newLimiter is a limiter of a kind with every default.
func newLimiter(k kinds.Kind) Limiter {
	config, params := k.New()
	l := Limiter{Kind: k.Name, Scope: ScopeKey, Share: ShareWhole, Config: config, Parameters: params}
	if k.Polls {
		l.Poll = time.Millisecond
	}
	return l
}

// limiterNotation decodes the keys that all limiters have and, over the
// defaults of its kind, the kind's own.
func (r *reader) limiterNotation(s *Strategy) yamlfile.Notation {
	decode := func(d *yamlfile.Decoder, v yamlfile.Value) {
		kind, ok := r.kind(d, v)
		if !ok {
			return
		}
		s.Limiter = newLimiter(kind)
		p := notation.NewParameters(v.Node)
		fields := append(limiterFields(&s.Limiter), p.Fields("", s.Limiter.Parameters)...)
		yamlfile.Mapping(fields, func(d *yamlfile.Decoder, at yamlfile.Found) {
			if at.OK {
				checkLimiter(d, s, r.out, p, at)
			}
		}).Decode(d, v)
	}
	return yamlfile.Notation{Kind: "mapping", Schema: yamlfile.Reference("limiter", ""), Decode: decode, Contents: s.Limiter.fields}
}

// fields are those of the limiter as it is, with its parameters; none if it is
// yet to be decoded.
func (l *Limiter) fields() []yamlfile.Field {
	if l.Config == nil {
		return nil
	}
	return append(limiterFields(l), notation.Parameters{}.Fields("", l.Parameters)...)
}

func checkLimiter(d *yamlfile.Decoder, s *Strategy, sc *Scenario, p notation.Parameters, at yamlfile.Found) {
	if s.Limiter.Share == ShareSplit && s.Limiter.Scope != ScopeWorker {
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
func checkAgainst(d *yamlfile.Decoder, s *Strategy, server Server, l *rules.Limit, p notation.Parameters, at yamlfile.Found) bool {
	quota := s.QuotaOf(l, server)
	if quota.Limit < 1 {
		whole := *s
		whole.Limiter.Share = ShareWhole
		d.Errorf(at.Values["share"], "share splits %d requests among %d workers, want at most as many workers as requests",
			whole.QuotaOf(l, server).Limit, s.Client.WorkersPerKey)
		return false
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

// guardNotation is what holds requests back beside the limiter.
func guardNotation(g *limiter.Guards) yamlfile.Notation {
	latency := yamlfile.Duration(&g.Latency, 0, yamlfile.MaxDuration)
	latency.Unset = func() bool { return !g.Order }
	n := yamlfile.Mapping([]yamlfile.Field{
		yamlfile.Key("in_flight", "requests of a key that may be under way at once; 0 is any number", yamlfile.Integer(&g.InFlight, 0, 1_000_000)),
		yamlfile.Key("order", "hold a request until the one before it has reached the server for certain, so that nonces arrive in order", yamlfile.Boolean(&g.Order)),
		yamlfile.Key("latency", "longest incoming latency, after which order takes a request to have arrived; 0 is not known: only the answer shows it", latency),
		yamlfile.Key("penalty", "after a 429, hold everything back this long, or as long as Retry-After asks for if that is longer; 0 does not", yamlfile.Duration(&g.Penalty, 0, yamlfile.MaxDuration)),
	}, func(d *yamlfile.Decoder, at yamlfile.Found) {
		if latency, given := at.Values["latency"]; given && !g.Order {
			d.Errorf(latency, "latency is what order: true waits for, and order is off, want both or none")
		}
	})
	refine := n.Refine
	n.Refine = func(s *yamlfile.Schema) {
		refine(s)
		s.Properties.Of("latency").Default = nil // which is an error without order
		s.Dependent = yamlfile.Properties{{Name: "latency", Schema: &yamlfile.Schema{
			Properties: yamlfile.Properties{{Name: "order", Schema: &yamlfile.Schema{Const: true}}},
			Required:   []string{"order"},
		}}}
	}
	return n
}

// checkRetry has the backoff check itself.
func checkRetry(d *yamlfile.Decoder, r *Retry, at yamlfile.Found) {
	if at.OK {
		if err := r.Backoff.Validate(); err != nil {
			d.Errorf(at.Node, "retry: %v", err)
		}
	}
}

// kind returns the kind of a limiter, which decides on its other keys.
func (r *reader) kind(d *yamlfile.Decoder, v yamlfile.Value) (kinds.Kind, bool) {
	words := make([]Word, len(r.kinds))
	names := make([]string, len(r.kinds))
	for i, k := range r.kinds {
		words[i], names[i] = Word{Value: k.Name, Help: k.Summary}, k.Name
	}
	m, ok := v.Node.(*ast.MappingNode)
	if !ok {
		d.WrongType(v, "a mapping such as {kind: window}")
		return kinds.Kind{}, false
	}
	var name string
	for _, e := range m.Values {
		if key, _ := yamlfile.TextOf(e.Key); key == "kind" {
			yamlfile.OneOf(&name, words...).Decode(d, yamlfile.Value{Key: "limiter kind", Node: e.Value})
			for _, k := range r.kinds {
				if k.Name == name {
					return k, true
				}
			}
			return kinds.Kind{}, false
		}
	}
	d.Errorf(v.Node, "%s has no kind, want kind: %s", v.Key, choice.List(names))
	return kinds.Kind{}, false
}

// poll is an interval of polling, which a virtual run pays for tick by tick, or
// 0.
func poll(p *time.Duration) yamlfile.Notation {
	n := yamlfile.Duration(p, 0, yamlfile.MaxDuration)
	decode := n.Decode
	n.Decode = func(d *yamlfile.Decoder, v yamlfile.Value) {
		decode(d, v)
		if *p > 0 && *p < time.Microsecond {
			d.Errorf(v.Node, "poll is %s, want 0 or at least 1µs", dist.FormatDuration(*p))
		}
	}
	return n
}
