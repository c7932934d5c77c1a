package scenario

import (
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"ratebench/clients/limiter"
	"ratebench/harness/dist"
	"ratebench/harness/internal/choice"
	"ratebench/harness/kinds"
)

func (r *reader) strategies() notation {
	lines := make(map[string]int)
	n := list[Strategy]{
		items: &r.out.Strategies, want: "a list of one or more strategies, each - {name: …, limiter: …}",
		name:   "strategy",
		fields: r.strategyFields,
		fresh:  func(ast.Node) Strategy { return Strategy{Client: r.clientDefaults} },
		check: func(d *decoder, strategies []Strategy, at found) {
			named, name := at.values["name"], strategies[len(strategies)-1].Name
			switch {
			case named == nil || name == "":
			case lines[strings.ToLower(name)] > 0:
				d.errorf(named, "name %s is that of the strategy in line %d too, want different names, and not only in capitals", name, lines[strings.ToLower(name)])
			default:
				lines[strings.ToLower(name)] = start(named).Position.Line
			}
		},
	}.notation()
	n.refine = func(s *schema) {
		item := reference("strategy", "")
		s.Type, s.MinItems, s.Items = "array", 1, &item
	}
	return n
}

// strategyFields has client before limiter, whose share depends on the
// workers.
func (r *reader) strategyFields(s *Strategy) []field {
	return []field{
		newKey("name", "unlike those of the other strategies", required(ofName(&s.Name, nil), "name: buffer-only")),
		newKey("client", "what differs from the client of the scenario", clientNotation(&s.Client, r.out)),
		newKey("limiter", "", required(r.limiterNotation(s), "limiter: {kind: window}")),
		newKey("guard", "what holds requests back beyond what the limiter says; without it nothing does", guardNotation(&s.Guard)),
		newKey("retry", "tries a request again on the spot, its worker waiting meanwhile; without it each is tried once",
			optional(&s.Retry, defaultRetry(), retryFields, func(d *decoder, at found) { checkRetry(d, s.Retry, at) })),
		newKey("queue", "what becomes of a request that did not succeed, and when the generator pauses; without it, dropped, and never",
			mapping(queueFields(&s.Queue), nil)),
	}
}

// limiterHelp is what a limiter is.
const limiterHelp = "what paces the requests of a key; the parameters of its kind stand beside these keys"

// limiterFields are the keys that all limiters have.
func limiterFields(l *Limiter) []field {
	return []field{
		newKey("kind", "name of a limiter", required(text(&l.Kind), "kind: window")),
		newKey("poll", "time between two looks of a client that waits by polling, 1µs or more; 0 waits in a FIFO line, exactly as long as needed; 1ms by default where the original polls", poll(&l.Poll)),
		newKey("scope", "who shares a limiter", oneOf(&l.Scope,
			Word{Value: ScopeKey, Help: "all workers of a key"},
			Word{Value: ScopeWorker, Help: "nobody, each worker has its own"})),
		newKey("share", "part of the key's limit that the limiter of a worker works with", oneOf(&l.Share,
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
func (r *reader) limiterNotation(s *Strategy) notation {
	decode := func(d *decoder, v value) {
		kind, ok := r.kind(d, v)
		if !ok {
			return
		}
		s.Limiter = newLimiter(kind)
		p := newParameters(v.node)
		fields := append(limiterFields(&s.Limiter), p.fields("", s.Limiter.Parameters)...)
		mapping(fields, func(d *decoder, at found) {
			if at.ok {
				checkLimiter(d, s, r.out.Server, p, at)
			}
		}).decode(d, v)
	}
	return notation{kind: "mapping", schema: reference("limiter", ""), decode: decode, contents: s.Limiter.fields}
}

// fields are those of the limiter as it is, with its parameters; none if it is
// yet to be decoded.
func (l *Limiter) fields() []field {
	if l.Config == nil {
		return nil
	}
	return append(limiterFields(l), parameters{}.fields("", l.Parameters)...)
}

func checkLimiter(d *decoder, s *Strategy, server Server, p parameters, at found) {
	quota := s.Quota(server)
	switch {
	case s.Limiter.Share == ShareSplit && s.Limiter.Scope != ScopeWorker:
		d.errorf(at.values["share"], "share is split, and all workers of a key share one limiter, want scope: worker with it")
	case quota.Limit < 1:
		d.errorf(at.values["share"], "share splits %d requests among %d workers, want at most as many workers as requests",
			server.Limit.N, s.Client.WorkersPerKey)
	default:
		p.report(d, s.Limiter.Config.Validate(quota))
	}
}

// guardNotation is what holds requests back beside the limiter.
func guardNotation(g *limiter.Guards) notation {
	latency := duration(&g.Latency, 0, maxDuration)
	latency.unset = func() bool { return !g.Order }
	n := mapping([]field{
		newKey("in_flight", "requests of a key that may be under way at once; 0 is any number", integer(&g.InFlight, 0, 1_000_000)),
		newKey("order", "hold a request until the one before it has reached the server for certain, so that nonces arrive in order", boolean(&g.Order)),
		newKey("latency", "longest incoming latency, after which order takes a request to have arrived; 0 is not known: only the answer shows it", latency),
		newKey("penalty", "after a 429, hold everything back this long, or as long as Retry-After asks for if that is longer; 0 does not", duration(&g.Penalty, 0, maxDuration)),
	}, func(d *decoder, at found) {
		if latency, given := at.values["latency"]; given && !g.Order {
			d.errorf(latency, "latency is what order: true waits for, and order is off, want both or none")
		}
	})
	refine := n.refine
	n.refine = func(s *schema) {
		refine(s)
		s.Properties.of("latency").Default = nil // which is an error without order
		s.Dependent = properties{{name: "latency", schema: &schema{
			Properties: properties{{name: "order", schema: &schema{Const: true}}},
			Required:   []string{"order"},
		}}}
	}
	return n
}

// checkRetry has the backoff check itself.
func checkRetry(d *decoder, r *Retry, at found) {
	if at.ok {
		if err := r.Backoff.Validate(); err != nil {
			d.errorf(at.node, "retry: %v", err)
		}
	}
}

// kind returns the kind of a limiter, which decides on its other keys.
func (r *reader) kind(d *decoder, v value) (kinds.Kind, bool) {
	words := make([]Word, len(r.kinds))
	names := make([]string, len(r.kinds))
	for i, k := range r.kinds {
		words[i], names[i] = Word{Value: k.Name, Help: k.Summary}, k.Name
	}
	m, ok := v.node.(*ast.MappingNode)
	if !ok {
		d.wrongType(v, "a mapping such as {kind: window}")
		return kinds.Kind{}, false
	}
	var name string
	for _, e := range m.Values {
		if key, _ := textOf(e.Key); key == "kind" {
			oneOf(&name, words...).decode(d, value{key: "limiter kind", node: e.Value})
			for _, k := range r.kinds {
				if k.Name == name {
					return k, true
				}
			}
			return kinds.Kind{}, false
		}
	}
	d.errorf(v.node, "%s has no kind, want kind: %s", v.key, choice.List(names))
	return kinds.Kind{}, false
}

// poll is an interval of polling, which a virtual run pays for tick by tick, or
// 0.
func poll(p *time.Duration) notation {
	n := duration(p, 0, maxDuration)
	decode := n.decode
	n.decode = func(d *decoder, v value) {
		decode(d, v)
		if *p > 0 && *p < time.Microsecond {
			d.errorf(v.node, "poll is %s, want 0 or at least 1µs", dist.FormatDuration(*p))
		}
	}
	return n
}
