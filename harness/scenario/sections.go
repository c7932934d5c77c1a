package scenario

import (
	"path/filepath"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"ratebench/harness/dist"
	"ratebench/harness/faults"
)

// scenario decodes the whole file. The fields come in the order in which they
// need each other, whatever their order in the file.
func (d *decoder) scenario(v value) {
	found := d.mapping(v, []field{
		{"version", d.version, "version: 1"},
		{"name", d.name(&d.out.Name), ""},
		{"question", d.sentence(&d.out.Question), ""},
		{"duration", d.duration(&d.out.Duration, 1, maxDuration), "duration: 25s"},
		{"runs", d.integer(&d.out.Runs, 1, 100_000), ""},
		{"seed", d.unsigned(&d.out.Seed), ""},
		{"step", d.duration(&d.out.Step, 0, time.Minute), ""},
		{"server", d.server, ""},
		{"load", d.load, ""},
		{"client", d.client(&d.clientDefaults), ""},
		{"strategies", d.strategies, "a list of one or more"},
		{"expect", d.expect, ""},
	})
	if _, named := found["name"]; !named {
		d.nameAfterFile(v)
	}
	if len(d.problems) == 0 {
		d.finish(found)
	}
}

func (d *decoder) version(v value) {
	if text, _ := written(v.node); text != "1" {
		d.wrongType(v, "1, the only version there is")
	}
}

func (d *decoder) nameAfterFile(v value) {
	file := filepath.Base(d.source.name)
	d.out.Name = strings.TrimSuffix(file, filepath.Ext(file))
	if err := checkName(d.out.Name); err != nil {
		d.errorf(v.node, "%s has no name, and that of its file will not do: %v", v.key, err)
	}
}

// finish fills in the default distributions, which have to be on the grid of
// step, and checks what depends on several sections.
func (d *decoder) finish(found map[string]ast.Node) {
	if err := d.out.fillDistributions(); err != nil {
		d.errorf(found["step"], "step does not suit a default distribution: %v", err)
		return
	}
	const most = 1e8
	l := d.out.Load
	requests := float64(d.out.Duration) / float64(l.Every.Mean()) * float64(l.Burst)
	if requests > most && (l.Count == 0 || float64(l.Count) > most) {
		d.errorf(found["duration"], "duration has room for %.2g requests, %d every %s, want at most %.0g",
			requests, l.Burst, dist.FormatDuration(l.Every.Mean()), most)
	}
}

func (d *decoder) server(v value) {
	s := &d.out.Server
	found := d.mapping(v, []field{
		{"keys", d.integer(&s.Keys, 1, 100_000), ""},
		{"limit", d.limit(&s.Limit), ""},
		{"latency", d.latency, ""},
		{"resolution", d.duration(&s.Resolution, 0, maxDuration), ""},
		{"block_after", d.integer(&s.BlockAfter, 0, 1_000_000_000), ""},
		{"headers", d.headers, ""},
		{"stages", d.stages, ""},
		{"faults", d.faults, ""},
	})
	if s.Limit.Window < s.Resolution {
		at, given := found["limit"]
		if !given {
			at = found["resolution"]
		}
		d.errorf(at, "limit %s has a window below the resolution of the server's clock, want at least %s", s.Limit, dist.FormatDuration(s.Resolution))
	}
}

func (d *decoder) headers(v value) {
	h := &d.out.Server.Headers
	d.mapping(v, []field{
		{"received_at", d.boolean(&h.ReceivedAt), ""},
		{"rate_limit", d.boolean(&h.RateLimit), ""},
	})
}

// faults decodes what goes wrong on purpose.
func (d *decoder) faults(v value) {
	f := &d.out.Server.Faults
	before := len(d.problems)
	d.mapping(v, []field{
		{"error_500", d.probability(&f.Error500), ""},
		{"error_503", d.probability(&f.Error503), ""},
		{"spike", d.probability(&f.Spike), ""},
		{"spike_latency", d.distribution(&f.SpikeLatency), ""},
		{"hang", d.probability(&f.Hang), ""},
		{"reset_before", d.probability(&f.ResetBefore), ""},
		{"reset_after", d.probability(&f.ResetAfter), ""},
		{"malformed", d.probability(&f.Malformed), ""},
		{"outages", d.outages, ""},
	})
	if sum := f.Total(); len(d.problems) == before && sum > 1 {
		d.errorf(v.node, "faults befall %v of all requests, want probabilities whose sum is at most 1", sum)
	}
}

func (d *decoder) probability(p *float64) func(value) {
	return func(v value) {
		before := len(d.problems)
		var x float64
		d.number(&x)(v)
		switch {
		case len(d.problems) > before:
		case x < 0 || x > 1:
			d.errorf(v.node, "%s is %v, want a probability from 0 to 1", v.key, x)
		default:
			*p = x
		}
	}
}

func (d *decoder) outages(v value) {
	up := time.Duration(0)
	for _, n := range d.list(v, "a list of outages, each - {at: 30s, for: 2s}") {
		var o faults.Outage
		before := len(d.problems)
		found := d.mapping(value{"outage", n}, []field{
			{"at", d.duration(&o.At, 1, maxDuration), "at: 30s"},
			{"for", d.duration(&o.For, 1, maxDuration), "for: 2s"},
			{"lose", d.boolean(&o.Lose), ""},
		})
		if len(d.problems) == before && o.At < up {
			d.errorf(found["at"], "at is %s, and the outage before it ends at %s, want one after the other", dist.FormatDuration(o.At), dist.FormatDuration(up))
		}
		up = o.At + o.For
		d.out.Server.Faults.Outages = append(d.out.Server.Faults.Outages, o)
	}
}

func (d *decoder) stages(v value) {
	last := time.Duration(0)
	for _, n := range d.list(v, "a list of stages, each - {at: 30s, limit: 10/1s}") {
		var s Stage
		before := len(d.problems)
		found := d.mapping(value{"stage", n}, []field{
			{"at", d.duration(&s.At, 1, maxDuration), "at: 30s"},
			{"limit", d.limit(&s.Limit), "limit: 10/1s"},
		})
		switch {
		case len(d.problems) > before:
		case s.At <= last:
			d.errorf(found["at"], "at is %s, and the stage before it begins at %s, want ascending times", dist.FormatDuration(s.At), dist.FormatDuration(last))
		case s.At >= d.out.Duration:
			d.errorf(found["at"], "at is %s, want less than the duration %s", dist.FormatDuration(s.At), dist.FormatDuration(d.out.Duration))
		case s.Limit.Window < d.out.Server.Resolution:
			d.errorf(found["limit"], "limit %s has a window below the resolution of the server's clock, want at least %s", s.Limit, dist.FormatDuration(d.out.Server.Resolution))
		}
		last = s.At
		d.out.Server.Stages = append(d.out.Server.Stages, s)
	}
}

func (d *decoder) latency(v value) {
	d.mapping(v, []field{
		{"incoming", d.distribution(&d.out.Server.Incoming), ""},
		{"outgoing", d.distribution(&d.out.Server.Outgoing), ""},
	})
}

func (d *decoder) load(v value) {
	l := &d.out.Load
	found := d.mapping(v, []field{
		{"every", d.distribution(&l.Every), ""},
		{"burst", d.integer(&l.Burst, 1, 1_000_000), ""},
		{"count", d.integer(&l.Count, 0, 100_000_000), ""},
		{"ttl", d.duration(&l.TTL, 1, maxDuration), ""},
	})
	if l.Every != nil && l.Every.Mean() <= 0 {
		d.errorf(found["every"], "every %s has a mean of 0, want more: the generator would never pause", l.Every)
	}
}

// client decodes what the file says of a client over what *c has.
func (d *decoder) client(c *Client) func(value) {
	return func(v value) {
		found := d.mapping(v, []field{
			{"workers_per_key", d.integer(&c.WorkersPerKey, 1, 1000), ""},
			{"timeout", d.duration(&c.Timeout, 1, maxDuration), ""},
			{"nonce", d.oneOf(&c.Nonce, []string{NonceTimestamp, NonceIncreasing, NonceCounter, NonceRandom}), ""},
			{"runtime", d.runtime(&c.Runtime), ""},
			{"clock", d.clock(&c.Clock), ""},
		})
		d.checkRuntime(found["runtime"], c.Runtime)
		const most = 1_000_000
		if n := c.WorkersPerKey * d.out.Server.Keys; n > most {
			if at, given := found["workers_per_key"]; given {
				d.errorf(at, "workers_per_key makes %d workers for %d keys, want at most %d", n, d.out.Server.Keys, most)
			}
		}
	}
}

func (d *decoder) clock(c *Clock) func(value) {
	return func(v value) {
		before := len(d.problems)
		found := d.mapping(v, []field{
			{"rate", d.number(&c.Rate), ""},
			{"jumps", d.jumps(c), ""},
		})
		if at, given := found["rate"]; given && len(d.problems) == before && !(c.Rate >= 0.1 && c.Rate <= 10) {
			d.errorf(at, "rate is %v, want 0.1 to 10 seconds shown per second", c.Rate)
		}
	}
}

func (d *decoder) jumps(c *Clock) func(value) {
	return func(v value) {
		c.Jumps = nil // not those of the default
		for _, n := range d.list(v, "a list of jumps, each - {at: 10s, by: -2s}") {
			var j Jump
			d.mapping(value{"jump", n}, []field{
				{"at", d.duration(&j.At, 1, maxDuration), "at: 10s"},
				{"by", d.duration(&j.By, -maxDuration, maxDuration), "by: -2s"},
			})
			c.Jumps = append(c.Jumps, j)
		}
	}
}

func (d *decoder) runtime(r *Runtime) func(value) {
	return func(v value) {
		d.mapping(v, []field{
			{"kind", d.oneOf(&r.Kind, []string{RuntimeGoroutines, RuntimeEventLoop, RuntimeThreads}), ""},
			{"per_request", d.duration(&r.PerRequest, 0, time.Minute), ""},
			{"per_wakeup", d.duration(&r.PerWakeUp, 0, time.Minute), ""},
			{"generator", d.duration(&r.Generator, 0, time.Minute), ""},
		})
	}
}

// checkRuntime refuses costs that the kind of runtime does not have.
func (d *decoder) checkRuntime(at ast.Node, r Runtime) {
	if at != nil && r.Kind == RuntimeGoroutines && r.PerWakeUp > 0 {
		d.errorf(at, "runtime of kind %s has per_wakeup %s, want that with %s or %s only",
			r.Kind, dist.FormatDuration(r.PerWakeUp), RuntimeEventLoop, RuntimeThreads)
	}
}

func (d *decoder) queue(q *Queue) func(value) {
	return func(v value) {
		d.mapping(v, []field{
			{"dead_letter", d.deadLetter(q), ""},
			{"backpressure", d.backpressure(q), ""},
		})
	}
}

func (d *decoder) deadLetter(q *Queue) func(value) {
	return func(v value) {
		q.DeadLetter = defaultDeadLetter()
		d.mapping(v, []field{
			{"max_retries", d.integer(&q.DeadLetter.MaxRetries, 0, 1_000_000), ""},
		})
	}
}

func (d *decoder) backpressure(q *Queue) func(value) {
	return func(v value) {
		q.Backpressure = defaultBackpressure()
		d.mapping(v, []field{
			{"max", d.integer(&q.Backpressure.Max, 1, 1_000_000_000), ""},
			{"pause", d.duration(&q.Backpressure.Pause, 1, maxDuration), ""},
		})
	}
}
