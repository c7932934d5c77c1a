package client

import (
	"slices"
	"time"

	"ratebench/clients/budget"
	"ratebench/harness/budgets"
	"ratebench/harness/internal/choice"
	"ratebench/harness/scenario/notation"
	"ratebench/harness/yamlfile"
)

// processFields are the keys of a client that runs as several processes.
func processFields(c *Client) []yamlfile.Field {
	return []yamlfile.Field{
		yamlfile.Key("processes", "how many processes the client is, each with workers, queue and clock of its own; the sources of the load are dealt out to them in turns", notation.Unless(yamlfile.Integer(&c.Processes, 1, 1000), func() bool { return c.Processes == 1 })),
		yamlfile.Key("crashes", "how processes crash; what is queued outlives that, what is under way has no answer; without it none does", yamlfile.Optional(&c.Crashes, &budgets.Crashes{}, crashFields, nil)),
		yamlfile.Key("budget", "how the processes share the limit of a key; without it each works with all of it", budgetNotation(c)),
	}
}

// budgetNotation has keys that only some kinds have.
func budgetNotation(c *Client) yamlfile.Notation {
	n := yamlfile.Optional(&c.Budget, defaultBudget(), budgetFields,
		func(d *yamlfile.Decoder, at yamlfile.Found) { checkBudget(d, c.Budget, at) })
	refine := n.Refine
	n.Refine = func(s *yamlfile.Schema) {
		refine(s)
		for _, of := range keysOfKinds {
			var kinds []any
			for _, k := range of.kinds {
				kinds = append(kinds, k)
			}
			s.Properties.Of(of.key).Default = nil // which is an error with another kind
			s.Dependent = append(s.Dependent, yamlfile.Property{Name: of.key, Schema: &yamlfile.Schema{
				Properties: yamlfile.Properties{{Name: "kind", Schema: &yamlfile.Schema{Enum: kinds}}},
			}})
		}
	}
	return n
}

// keysOfKinds are the keys of a budget that not all kinds have.
var keysOfKinds = []struct {
	key   string
	kinds []string
}{
	{"spread", []string{budgets.GrantsSpread}},
	{"latency", []string{budgets.Slots, budgets.Leases}},
	{"slack", []string{budgets.Slots, budgets.Leases}},
	{"ahead", []string{budgets.Slots, budgets.Leases}},
	{"batch", []string{budgets.Leases}},
	{"linger", []string{budgets.Leases}},
	{"mode", []string{budgets.Slots, budgets.Leases}},
}

func defaultBudget() *budgets.Config {
	latency := notation.OrDefault(nil, defaultStoreLatency)
	return &budgets.Config{Kind: budgets.Slots, Silent: 3 * time.Second, Alone: time.Minute, Store: budgets.StoreConfig{Latency: latency, Rate: 1}}
}

const defaultStoreLatency = "uniform(0.1ms, 1ms)"

// continuous is the grid of what processes and their stores draw.
var continuous = time.Duration(0)

func crashFields(c *budgets.Crashes) []yamlfile.Field {
	return []yamlfile.Field{
		yamlfile.Key("every", "time from the start of a process to its crash", yamlfile.Required(notation.OfDistribution(&c.Every, "", &continuous), "every: exponential(1h)")),
		yamlfile.Key("for", "how long it is gone", yamlfile.Required(notation.OfDistribution(&c.For, "", &continuous), `for: "uniform(0s, 10s)"`)),
	}
}

func budgetFields(b *budgets.Config) []yamlfile.Field {
	mode := b.Mode.String()
	fields := []yamlfile.Field{
		yamlfile.Key("kind", "the way of sharing", yamlfile.Required(yamlfile.OneOf(&b.Kind,
			yamlfile.Word{Value: budgets.Independent, Help: "not at all: each process works with the whole limit, and sees its own answers only"},
			yamlfile.Word{Value: budgets.Split, Help: "each process works with its part of the limit"},
			yamlfile.Word{Value: budgets.Grants, Help: "a store counts what it grants in a sliding log, as most libraries have it"},
			yamlfile.Word{Value: budgets.GrantsSpread, Help: "the same over a window that is longer by the spread of the latency"},
			yamlfile.Word{Value: budgets.GCRA, Help: "a token bucket at the store, as redis_rate has it"},
			yamlfile.Word{Value: budgets.Slots, Help: "slots at the store, which answers free: package clients/budget"},
			yamlfile.Word{Value: budgets.Leases, Help: "the same, slots by the batch"}), "kind: slots")),
		yamlfile.Key("spread", "what grants+spread adds to the window; 0 is the spread of the latency of the way in", yamlfile.Duration(&b.Spread, 0, time.Hour)),
		yamlfile.Key("latency", "longest time from a departure to the arrival at the server, for slots and leases; 0 is the longest that there is", yamlfile.Duration(&b.Latency, 0, time.Hour)),
		yamlfile.Key("slack", "how late a slot may be used; 0 is a quarter of the window, at most 1s", yamlfile.Duration(&b.Slack, 0, time.Hour)),
		yamlfile.Key("ahead", "how long before it is free a slot can be granted; 0 is a tenth of the window, at most 1s", yamlfile.Duration(&b.Ahead, 0, time.Hour)),
		yamlfile.Key("batch", "most slots that a call takes for requests to come, for leases; 0 is 8", yamlfile.Integer(&b.Batch, 0, 1000)),
		yamlfile.Key("linger", "how long reports of answers wait for others, for leases", yamlfile.Duration(&b.Linger, 0, time.Hour)),
		yamlfile.Key("mode", "what a process does without the store, for slots and leases", modeOf(b, mode)),
		yamlfile.Key("silent", "after how long without a sign of life the store takes the share of a process for it; a store that remembers nothing, as at first, grants nothing for as long and a window", yamlfile.Duration(&b.Silent, 100*time.Millisecond, time.Hour)),
		yamlfile.Key("alone", "how long a process lives off its share at most", yamlfile.Duration(&b.Alone, 1, 24*time.Hour)),
		yamlfile.Key("store", "what the store is like", yamlfile.Mapping(storeFields(&b.Store), nil)),
	}
	for _, of := range keysOfKinds {
		f := &fields[slices.IndexFunc(fields, func(f yamlfile.Field) bool { return f.Key == of.key })]
		f.Unset = func() bool { return !slices.Contains(of.kinds, b.Kind) }
	}
	return fields
}

// modeOf is a word that a budget reads.
func modeOf(b *budgets.Config, word string) yamlfile.Notation {
	n := yamlfile.OneOf(&word,
		yamlfile.Word{Value: budget.Safe.String(), Help: "is silent until nothing that was granted counts any more, then lives off its share"},
		yamlfile.Word{Value: budget.Pessimistic.String(), Help: "sends nothing"},
		yamlfile.Word{Value: budget.Optimistic.String(), Help: "lives off its share at once"})
	decode := n.Decode
	n.Decode = func(d *yamlfile.Decoder, v yamlfile.Value) {
		decode(d, v)
		_ = b.Mode.UnmarshalText([]byte(word)) // which is one of the three, or a problem by now
	}
	n.Text = func() string { return b.Mode.String() }
	return n
}

func storeFields(s *budgets.StoreConfig) []yamlfile.Field {
	return []yamlfile.Field{
		yamlfile.Key("latency", "that of the way to the store, and of the way back", notation.OfDistribution(&s.Latency, defaultStoreLatency, &continuous)),
		yamlfile.Key("rate", "seconds that the store's clock shows per second, 0.1 to 10", yamlfile.NumberFrom(&s.Rate, 0.1, 10, "0.1 to 10 seconds shown per second")),
		yamlfile.Key("outages", "times in which the store is down, in their order", yamlfile.List[budgets.Outage]{
			Items: &s.Outages, Want: "a list of outages, each - {at: 30s, for: 10s}",
			Name: "outage", Help: "a time in which the store is down",
			Fields: func(o *budgets.Outage) []yamlfile.Field {
				return []yamlfile.Field{
					yamlfile.Key("at", "since the start of the run", yamlfile.Required(yamlfile.Duration(&o.At, 1, yamlfile.MaxDuration), "at: 30s")),
					yamlfile.Key("for", "how long", yamlfile.Required(yamlfile.Duration(&o.For, 1, yamlfile.MaxDuration), "for: 10s")),
					yamlfile.Key("every", "comes again after so long; 0 does not", yamlfile.Duration(&o.Every, 0, yamlfile.MaxDuration)),
					yamlfile.Key("lose", "the store comes back with nothing in it", yamlfile.Boolean(&o.Lose)),
					yamlfile.Key("behind", "another server takes over, whose clock is behind by this; 0: none does", yamlfile.Duration(&o.Behind, 0, time.Hour)),
				}
			},
		}.Notation()),
	}
}

func checkBudget(d *yamlfile.Decoder, b *budgets.Config, at yamlfile.Found) {
	if !at.OK {
		return // the kind may be what is wrong
	}
	for _, of := range keysOfKinds {
		if n := at.Values[of.key]; n != nil && !slices.Contains(of.kinds, b.Kind) {
			d.Errorf(n, "%s is of a budget of kind %s, and the kind is %s, want one with the other", of.key, choice.List(of.kinds), b.Kind)
		}
	}
}
