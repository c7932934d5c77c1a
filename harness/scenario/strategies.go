package scenario

import (
	"reflect"
	"time"

	"github.com/goccy/go-yaml/ast"

	"ratebench/clients/limiter"
	"ratebench/harness/dist"
	"ratebench/harness/dist/choice"
)

func (d *decoder) strategies(v value) {
	lines := make(map[string]int)
	for _, n := range d.list(v, "a list of one or more strategies, each - {name: …, limiter: …}") {
		s := Strategy{Client: d.clientDefaults}
		found := d.mapping(value{"strategy", n}, []field{
			{"name", d.name(&s.Name), "name: buffer-only"},
			{"limiter", d.limiter(&s.Limiter), "limiter: {kind: window}"},
			{"client", d.client(&s.Client), ""},
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
func (d *decoder) limiter(l *Limiter) func(value) {
	return func(v value) {
		kind, ok := d.kind(v)
		if !ok {
			return
		}
		l.Kind, l.Config = kind.Name, kind.Default()
		if kind.Polls {
			l.Poll = time.Millisecond
		}
		before := len(d.problems)
		c := config{decoder: d, nodes: map[string]ast.Node{"": v.node}}
		own := c.fields("", reflect.ValueOf(l.Config).Elem())
		d.mapping(v, append([]field{
			{"kind", func(value) {}, ""},
			{"poll", d.poll(&l.Poll), ""},
		}, own...))
		if len(d.problems) == before {
			c.report(l.Config.Validate(d.out.Server.Quota()))
		}
	}
}

// kind returns the kind of a limiter, which decides on its other keys.
func (d *decoder) kind(v value) (limiter.Kind, bool) {
	names := make([]string, len(d.kinds))
	for i, k := range d.kinds {
		names[i] = k.Name
	}
	m, ok := v.node.(*ast.MappingNode)
	if !ok {
		d.wrongType(v, "a mapping such as {kind: window}")
		return limiter.Kind{}, false
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
			return limiter.Kind{}, false
		}
	}
	d.errorf(v.node, "%s has no kind, want kind: %s", v.key, choice.List(names))
	return limiter.Kind{}, false
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
