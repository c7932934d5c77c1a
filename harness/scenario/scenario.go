// Package scenario defines the scenario file: its types, strict loading and
// validation. A loaded scenario is complete and valid: defaults are filled in
// and nothing needs checking again.
package scenario

import (
	"cmp"
	"time"

	"ratebench/clients/limiter"
	"ratebench/harness/scenario/api"
	"ratebench/harness/scenario/client"
	"ratebench/harness/scenario/load"
	"ratebench/harness/scenario/notation"
	"ratebench/harness/scenario/rules"
	"ratebench/harness/scenario/sweep"
)

// A Scenario is one question put to a set of strategies.
type Scenario struct {
	// API is the preset that Server and Load begin with; "" is the reference.
	API string
	// Name names the folder of the results: 1 to 64 letters, digits and any
	// of - _ . +, with a letter or digit first, and nothing that is something
	// else in the folder of results or to Windows, such as real or CON.
	// Defaults to the file's name without extension.
	Name string
	// Question is one sentence, shown above the results. Optional.
	Question string
	// Duration of one run, more than 0 and at most 31 days. Required.
	Duration time.Duration
	// Runs is how many seeds are run in virtual time, 1 to 100000. Defaults
	// to 20.
	Runs int
	// Seed is that of the first run; the next has Seed+1. Any number, 0 too.
	// Defaults to 1.
	Seed uint64
	// Step is the grid of every drawn duration but Load.Every, which has its
	// own; 0 to 1m, 0 is continuous. Defaults to 1ms. What is drawn keeps its
	// mean on the grid, to within 1 %.
	Step   time.Duration
	Server api.Server
	Load   load.Generator
	// Strategies are what is compared: at least one, with different names.
	Strategies []Strategy
	// Sweep are keys that get one value after the other, and Points all the
	// combinations of these; none if there is no sweep. What the other fields
	// say of swept keys is then run nowhere.
	Sweep  []sweep.Axis
	Points []Point
	// Expect are the claims to check after the run. Optional.
	Expect []Expectation

	// Overrides are what Override has changed since the file was read, and
	// Untested the claims that this took out of Expect.
	Overrides []Override
	Untested  []Untested

	SHA256 string            // of the file as read, in hex
	Files  map[string]string // the SHA-256 of each file that the scenario names, in hex
	Path   string            // as given to Load
}

// Limit is at most N requests in any Window, written "20/1s".
type Limit = notation.Limit

// Strategy is a named client configuration.
type Strategy struct {
	// Name is unique in the scenario, whatever its capitals. It names files and
	// benchmarks, and so follows the rule of Scenario.Name. Required.
	Name string
	// Label is what charts call it, one line of at most 40 characters, unlike what
	// they call the others. "" is its name.
	Label   string
	Limiter client.Limiter // Required.
	// Guard holds requests back beyond what the limiter says: in_flight,
	// order with latency, and penalty. Optional.
	Guard  limiter.Guards
	Client client.Client // the scenario's defaults overlaid with the strategy's own
	Retry  *client.Retry // nil: a request is tried once, but for the dead letter queue
	Queue  client.Queue
}

// Shown is what charts call the strategy.
func (s *Strategy) Shown() string { return cmp.Or(s.Label, s.Name) }

// Quota is what the limiters of a strategy are told that the server grants, of
// the first of its limits that they pace by; without such a one, of the reference.
func (s *Strategy) Quota(server api.Server) limiter.Quota { return s.QuotaOf(server.Paced(), server) }

// QuotaOf is what they are told of one of the limits, which is no concurrency.
func (s *Strategy) QuotaOf(l *rules.Limit, server api.Server) limiter.Quota {
	q := server.QuotaOf(l)
	if s.Limiter.Scope == client.ScopeWorker && s.Limiter.Share == client.ShareSplit {
		q.Limit /= s.Client.WorkersPerKey
	}
	return q
}

// The clocks of a run.
const (
	ClockVirtual = "virtual"
	ClockReal    = "real"
)

// Expectation is a claim that is checked after the run. It has exactly one of
// Ratio, together with Over, and Between.
type Expectation struct {
	Strategy string      // one of the scenario's. Required.
	Metric   string      // the Name of one of Metrics. Required.
	Over     string      // another strategy to compare with; "" compares with numbers
	Ratio    *[2]float64 // bounds of metric(Strategy) / metric(Over), the lower first
	Between  *[2]float64 // bounds of metric(Strategy), the lower first
	At       []string    // for each axis of the sweep the value at which it is claimed; "" is at each
	Clock    string      // ClockVirtual or ClockReal, which it is claimed for; "" is either
	Line     int         // in the file, for messages
}
