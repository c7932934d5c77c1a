// Package candidate says what is worth trying against a server: limiters of all
// kinds, with values that its limits and its latencies suggest.
package candidate

import (
	"slices"
	"strings"
	"time"

	"ratebench/clients/limiter"
	"ratebench/clients/limiter/feedback"
	"ratebench/harness/kinds"
	"ratebench/harness/scenario"
	"ratebench/harness/scenario/api"
	"ratebench/harness/scenario/client"
)

// A Candidate is a strategy that may be the best.
type Candidate struct {
	scenario.Strategy
	Kind   kinds.Kind // what its limiter is made by
	InFile bool       // it is one of the scenario's
	// Proved: it is never answered 429, as long as what it was told is right.
	Proved bool
	setup  setup
	axes   []axis // what its kind was tried with
}

// A setup is all of a client but its limiter.
type setup struct {
	client client.Client
	guard  limiter.Guards
}

// manyWorkers are tried beside the one worker of a scenario, which waits for its
// answer before it can send again.
const manyWorkers = 10

// setups are the clients to try. Workers is how many each key has; 0 is as many as
// the scenario's strategies have at most, and more where that is one.
func setups(sc *scenario.Scenario, f *Facts, workers int) []setup {
	base := slices.MaxFunc(sc.Strategies, func(a, b scenario.Strategy) int {
		return a.Client.WorkersPerKey - b.Client.WorkersPerKey
	}).Client
	numbers := []int{workers}
	if workers == 0 {
		numbers = distinct([]int{base.WorkersPerKey, max(base.WorkersPerKey, manyWorkers)})
		if base.WorkersPerKey > 1 {
			numbers = []int{base.WorkersPerKey}
		}
	}
	var all []setup
	for _, n := range numbers {
		own := base
		own.WorkersPerKey = n
		if n == 1 {
			all = append(all, setup{own, limiter.Guards{}})
			continue
		}
		if own.Nonce == client.NonceTimestamp && !sc.Server.NoNonces { // which two workers can have the same of
			own.Nonce = client.NonceIncreasing
		}
		all = append(all, setup{own, limiter.Guards{}})
		if !sc.Server.NoNonces { // which are to arrive in order
			all = append(all, setup{own, limiter.Guards{Order: true, Latency: f.Longest}})
		}
	}
	return all
}

// faces reports whether a limiter gets from a server what it goes by.
func faces(config limiter.Config, server *api.Server) bool {
	switch config.(type) {
	case *limiter.ServerTime:
		return server.Headers.ReceivedAt
	case *feedback.Header, *feedback.Headers:
		return server.Headers.RateLimit || server.Dialect != ""
	}
	return true
}

// All are the strategies of the scenario and those of every kind that faces
// its server, each once.
func All(sc *scenario.Scenario, limiters []kinds.Kind, workers int) []Candidate {
	f := FactsOf(sc)
	p := &pool{scenario: sc}
	for _, st := range sc.Strategies {
		if i := slices.IndexFunc(limiters, func(k kinds.Kind) bool { return k.Name == st.Limiter.Kind }); i >= 0 {
			p.add(Candidate{Strategy: st, Kind: limiters[i], InFile: true, setup: setup{st.Client, st.Guard}, axes: f.axes(st.Limiter.Parameters)})
		}
	}
	for _, s := range setups(sc, &f, workers) {
		for _, k := range limiters {
			config, params := k.New()
			if !faces(config, &sc.Server) {
				continue
			}
			axes := f.axes(params)
			for _, values := range points(axes) {
				p.make(k, s, axes, values)
			}
		}
	}
	return p.all
}

// A pool holds candidates that differ.
type pool struct {
	scenario *scenario.Scenario
	all      []Candidate
	seen     map[string]bool
}

// make adds the candidate of a kind with these values; nil values are the defaults.
func (p *pool) make(k kinds.Kind, s setup, axes []axis, values []any) {
	config, params := k.New()
	for i, v := range values {
		set(params, axes[i].path, v)
	}
	// Nobody polls: what waits exactly, as long as it has to, is never worse.
	l := client.Limiter{Kind: k.Name, Scope: client.ScopeKey, Share: client.ShareWhole, Config: config, Parameters: params}
	st := scenario.Strategy{Limiter: l, Client: s.client, Guard: s.guard}
	if config.Validate(st.Quota(p.scenario.Server)) != nil {
		return // the limits of one parameter may depend on another
	}
	p.add(Candidate{Strategy: st, Kind: k, setup: s, axes: axes})
}

func (p *pool) add(c Candidate) {
	what := c.Label()
	if p.seen == nil {
		p.seen = map[string]bool{}
	}
	if p.seen[what] && !c.InFile { // those of the file may have retries and queues beside
		return
	}
	p.seen[what] = true
	c.Proved = proved(p.scenario, &c.Strategy)
	p.all = append(p.all, c)
}

// Label is what a candidate is, in a line.
func (c *Candidate) Label() string {
	words := []string{c.Limiter.Kind}
	for _, s := range c.Settings() {
		path := strings.TrimPrefix(s.Path, "limiter.")
		words = append(words, path+" "+s.Value)
	}
	return strings.Join(words, ", ")
}

// mostPoints are tried of a kind in one setup.
const mostPoints = 25

// points are values for each of some axes: all combinations if these are few, and
// else points of Halton's sequence (Halton, "On the Efficiency of Certain
// Quasi-Random Sequences of Points", Numerische Mathematik 2, 1960), which are
// spread evenly however many there are. The first is nil, for the defaults.
func points(axes []axis) [][]any {
	all := [][]any{nil}
	total := 1
	for _, a := range axes {
		total *= len(a.values)
	}
	if total <= 1 {
		return all
	}
	for n := range min(total, mostPoints) {
		values := make([]any, len(axes))
		rest := n
		for i, a := range axes {
			at := rest % len(a.values)
			rest /= len(a.values)
			if total > mostPoints {
				at = int(radicalInverse(n+1, [...]int{2, 3, 5, 7}[i]) * float64(len(a.values)))
			}
			values[i] = a.values[at]
		}
		all = append(all, values)
	}
	return all
}

// radicalInverse mirrors the digits of n at the point: in base 2, 6 = 110 becomes
// 0.011 = 3/8.
func radicalInverse(n, base int) float64 {
	inverse, place := 0.0, 1.0
	for ; n > 0; n /= base {
		place /= float64(base)
		inverse += place * float64(n%base)
	}
	return inverse
}

// Neighbours are candidates around one: each parameter that is a number half and a
// quarter of the way to the next values that were tried, on either side; none that
// is among others.
func (c *Candidate) Neighbours(sc *scenario.Scenario, others []string) []Candidate {
	p := &pool{scenario: sc, seen: map[string]bool{}}
	for _, label := range others {
		p.seen[label] = true
	}
	here := make([]any, len(c.axes))
	for i, a := range c.axes {
		here[i] = get(c.Limiter.Parameters, a.path)
	}
	for i, a := range c.axes {
		for _, v := range between(here[i], a.values) {
			values := slices.Clone(here)
			values[i] = v
			p.make(c.Kind, c.setup, c.axes, values)
		}
	}
	return p.all
}

// ByDefault is a candidate with the defaults of its limiter; none where these are
// out of range.
func (c *Candidate) ByDefault(sc *scenario.Scenario) []Candidate {
	p := &pool{scenario: sc}
	p.make(c.Kind, c.setup, c.axes, nil)
	return p.all
}

// between are values around one, on the way to its neighbours among others; none
// for what is no number.
func between(here any, tried []any) []any {
	var all []any
	for _, part := range []float64{0.5, 0.25} {
		switch v := here.(type) {
		case time.Duration:
			for _, n := range around(v, tried) {
				all = append(all, Rounded(v+time.Duration(part*float64(n-v))))
			}
		case int:
			for _, n := range around(v, tried) {
				all = append(all, v+int(part*float64(n-v)))
			}
		case float64:
			for _, n := range around(v, tried) {
				all = append(all, v+part*(n-v))
			}
		case limiter.Rate: // of those with as many requests, between their times
			var times []any
			for _, t := range tried {
				if r := t.(limiter.Rate); r.N == v.N {
					times = append(times, r.Per)
				}
			}
			for _, n := range around(v.Per, times) {
				all = append(all, limiter.Rate{N: v.N, Per: Rounded(v.Per + time.Duration(part*float64(n-v.Per)))})
			}
		}
	}
	return all
}

// around are the nearest of some values below and above one.
func around[T interface {
	time.Duration | int | float64
}](v T, tried []any) []T {
	var below, above []T
	for _, t := range tried {
		if n := t.(T); n < v && (below == nil || n > below[0]) {
			below = []T{n}
		} else if n > v && (above == nil || n < above[0]) {
			above = []T{n}
		}
	}
	return append(below, above...)
}
