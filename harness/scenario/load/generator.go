// Package load is what a scenario says of the requests that are made: when, of
// which kinds, and how long they are worth sending. It says how that is written,
// and draws it with a seed.
package load

import (
	"time"

	"ratebench/harness/dist"
	"ratebench/harness/scenario/rules"
)

// Reference is the load of the reference system, but for Every, which depends on
// Step: see FillDefault.
func Reference() Generator { return Generator{Step: time.Millisecond, Burst: 1, TTL: time.Second} }

// FillDefault gives Every its default if it has no value. An error means that Step
// does not suit it.
func (g *Generator) FillDefault() (err error) {
	if g.Every == nil {
		g.Every, err = dist.Parse(defaultEvery, g.Step, nil)
	}
	return err
}

const defaultEvery = "uniform(0ms, 21ms)"

// Generator describes the load generator that feeds the main queue.
type Generator struct {
	// Step is the grid of Every, 0 to 1m; 0 is continuous. Defaults to
	// Scenario.Step.
	Step time.Duration
	// Every is the time between bursts. Its mean is more than 0 and such
	// that a run has at most 10^8 requests. Defaults to uniform(0ms, 21ms).
	Every dist.Dist
	// Burst is the number of requests made at a time, 1 to 10^6. Defaults to
	// 1.
	Burst int
	// Count is the number of requests in all, at most 10^8; the run ends when
	// the last one has ended. 0, the default, goes on until the end.
	Count int
	// TTL is how long a request is worth sending, from its creation: more
	// than 0 and at most 31 days. Defaults to 1s.
	TTL time.Duration
	// PerKey gives each key a generator and a queue of its own; otherwise there
	// is one of each, for the workers of all keys, as in the reference.
	PerKey bool
	// Mix are the kinds of requests. None: they are all alike, and cost 1.
	Mix []rules.Kind
	// Stages change Every in the course of a run, each from its time on, in
	// ascending order of time. Optional.
	Stages []Stage
	// Sources are several sources of requests in place of all of that but Step and
	// TTL; see AllSources. Optional.
	Sources []Source
}

// A Stage is a load that holds from a time of the run on, until the next.
type Stage struct {
	At    time.Duration // since the start of the run: more than 0 and less than Scenario.Duration. Required.
	Every dist.Dist     // as Generator.Every. Required.
}

// A Source is one of several sources of a load.
type Source struct {
	// Every is the time between its requests, as Generator.Every. Required.
	Every dist.Dist
	// Number is how many such sources there are, 0 to 1000. 0 is 1.
	Number int
}

// AllSources are the sources of the load one by one; none: it has but the one
// that its other fields describe.
func (g *Generator) AllSources() (all []Source) {
	for _, s := range g.Sources {
		for range max(1, s.Number) {
			all = append(all, Source{Every: s.Every, Number: 1})
		}
	}
	return all
}

// EveryAt is the time between bursts at a time since the start of the run.
func (g *Generator) EveryAt(since time.Duration) dist.Dist {
	every := g.Every
	for _, s := range g.Stages {
		if s.At <= since {
			every = s.Every
		}
	}
	return every
}

// MostResources is how many things the requests of a kind are about, of the kind
// with the most of them.
func (g *Generator) MostResources() int {
	most := 1
	for i := range g.Mix {
		most = max(most, g.Mix[i].Resources)
	}
	return most
}

// HasRoute says whether any request is of a route.
func (g *Generator) HasRoute(route string) bool {
	for i := range g.Mix {
		if g.Mix[i].Route == route {
			return true
		}
	}
	return false
}

// HasCost says whether any request has a cost of a name.
func (g *Generator) HasCost(name string) bool {
	for i := range g.Mix {
		for _, c := range g.Mix[i].Costs {
			if c.Name == name {
				return true
			}
		}
	}
	return false
}
