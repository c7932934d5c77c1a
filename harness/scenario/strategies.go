package scenario

import (
	"time"

	"github.com/goccy/go-yaml/ast"

	"ratebench/clients/limiter"
	"ratebench/harness/dist"
	"ratebench/harness/dist/choice"
	"ratebench/harness/kinds"
)

func (d *decoder) strategies(v value) {
	lines := make(map[string]int)
	for _, n := range d.list(v, "a list of one or more strategies, each - {name: …, limiter: …}") {
		s := Strategy{Client: d.clientDefaults}
		found := d.mapping(value{"strategy", n}, []field{
			{"name", d.name(&s.Name), "name: buffer-only"},
			{"client", d.client(&s.Client), ""}, // before limiter, whose share depends on the workers
			{"limiter", d.limiter(&s), "limiter: {kind: window}"},
			{"guard", d.guard(&s.Guard), ""},
			{"retry", d.retry(&s), ""},
			{"queue", d.queue(&s.Queue), ""},
		})
		at := found["name"]
		switch {
		case at == nil || s.Name == "":
		case lines[s.Name] > 0:
			d.errorf(at, "name %s is that of the strategy in line %d too, want different names", s.Name, lines[s.Name])
		default:
			lines[s.Name] = start(at).Position.Line
		}
		d.out.Strategies = append(d.out.Strategies, s)
	}
}

// limiter decodes the keys that all limiters have and, over the defaults of
// its kind, the kind's own.
func (d *decoder) limiter(s *Strategy) func(value) {
	return func(v value) {
		l := &s.Limiter
		kind, ok := d.kind(v)
		if !ok {
			return
		}
		standard, params := kind.New()
		*l = Limiter{Kind: kind.Name, Scope: ScopeKey, Share: ShareWhole, Config: standard}
		if kind.Polls {
			l.Poll = time.Millisecond
		}
		before := len(d.problems)
		c := config{decoder: d, nodes: map[string]ast.Node{"": v.node}}
		own := c.fields("", params)
		found := d.mapping(v, append([]field{
			{"kind", func(value) {}, ""},
			{"poll", d.poll(&l.Poll), ""},
			{"scope", d.oneOf(&l.Scope, []string{ScopeKey, ScopeWorker}), ""},
			{"share", d.oneOf(&l.Share, []string{ShareWhole, ShareSplit}), ""},
		}, own...))
		if len(d.problems) > before {
			return
		}
		quota := s.Quota(d.out.Server)
		switch {
		case l.Share == ShareSplit && l.Scope != ScopeWorker:
			d.errorf(found["share"], "share is split, and all workers of a key share one limiter, want scope: worker with it")
		case quota.Limit < 1:
			d.errorf(found["share"], "share splits %d requests among %d workers, want at most as many workers as requests",
				d.out.Server.Limit.N, s.Client.WorkersPerKey)
		default:
			c.report(l.Config.Validate(quota))
		}
	}
}

// guard decodes what holds requests back beside the limiter.
func (d *decoder) guard(g *limiter.Guards) func(value) {
	return func(v value) {
		found := d.mapping(v, []field{
			{"in_flight", d.integer(&g.InFlight, 0, 1_000_000), ""},
			{"order", d.boolean(&g.Order), ""},
			{"latency", d.duration(&g.Latency, 0, maxDuration), ""},
			{"penalty", d.duration(&g.Penalty, 0, maxDuration), ""},
		})
		if at, given := found["latency"]; given && !g.Order {
			d.errorf(at, "latency is what order: true waits for, and order is off, want both or none")
		}
	}
}

// retry decodes how a request is tried again on the spot.
func (d *decoder) retry(s *Strategy) func(value) {
	return func(v value) {
		r := defaultRetry()
		b := &r.Backoff
		before := len(d.problems)
		d.mapping(v, []field{
			{"max", d.integer(&r.Max, 1, 1000), ""},
			{"base", d.duration(&b.Base, 1, maxDuration), ""},
			{"cap", d.duration(&b.Cap, 0, maxDuration), ""},
			{"jitter", d.oneOf(&b.Jitter, limiter.Jitters()), ""},
		})
		if len(d.problems) > before {
			return
		}
		if err := b.Validate(); err != nil {
			d.errorf(v.node, "retry: %v", err)
			return
		}
		s.Retry = r
	}
}

// kind returns the kind of a limiter, which decides on its other keys.
func (d *decoder) kind(v value) (kinds.Kind, bool) {
	names := make([]string, len(d.kinds))
	for i, k := range d.kinds {
		names[i] = k.Name
	}
	m, ok := v.node.(*ast.MappingNode)
	if !ok {
		d.wrongType(v, "a mapping such as {kind: window}")
		return kinds.Kind{}, false
	}
	var name string
	for _, e := range m.Values {
		if key, _ := textOf(e.Key); key == "kind" {
			d.oneOf(&name, names)(value{"limiter kind", e.Value})
			for _, k := range d.kinds {
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

// poll decodes an interval of polling, which a virtual run pays for tick by
// tick, or 0.
func (d *decoder) poll(p *time.Duration) func(value) {
	return func(v value) {
		var poll time.Duration
		before := len(d.problems)
		d.duration(&poll, 0, maxDuration)(v)
		switch {
		case len(d.problems) > before:
		case poll > 0 && poll < time.Microsecond:
			d.errorf(v.node, "poll is %s, want 0 or at least 1µs", dist.FormatDuration(poll))
		default:
			*p = poll
		}
	}
}
