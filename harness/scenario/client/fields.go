package client

import (
	"time"

	"ratebench/harness/dist"
	"ratebench/harness/scenario/notation"
	"ratebench/harness/yamlfile"
)

// Help is what a client is, wherever it stands in the file.
const Help = "the workers and what they run on; a client beside the strategies is the default of all"

// Notation decodes what the file says of a client with so many keys over what *c
// has.
func Notation(c *Client, keys *int) yamlfile.Notation {
	n := yamlfile.Mapping(Fields(c), func(d *yamlfile.Decoder, at yamlfile.Found) { check(d, c, *keys, at) })
	n.Schema, n.Refine = yamlfile.Reference("client", ""), nil
	return n
}

// Fields are the keys of a client.
func Fields(c *Client) []yamlfile.Field {
	r := &c.Runtime
	return append([]yamlfile.Field{
		yamlfile.Key("workers_per_key", "requests of a key that can be under way at once", yamlfile.Integer(&c.WorkersPerKey, 1, 1000)),
		yamlfile.Key("timeout", "longest wait for an answer", yamlfile.Duration(&c.Timeout, 1, yamlfile.MaxDuration)),
		yamlfile.Key("nonce", "how nonces are made, of which the server wants each to be the largest so far", yamlfile.OneOf(&c.Nonce,
			yamlfile.Word{Value: NonceTimestamp, Help: "the time of the send in milliseconds, so that two sends within one get the same"},
			yamlfile.Word{Value: NonceIncreasing, Help: "the same, counted up where the clock has not moved on"},
			yamlfile.Word{Value: NonceCounter, Help: "1, 2, 3, …"},
			yamlfile.Word{Value: NonceRandom, Help: "unique and without order, as a UUID"})),
		yamlfile.Key("runtime", "what the client spends of its own processor's time", yamlfile.Mapping([]yamlfile.Field{
			yamlfile.Key("kind", "what the client's processes run on", yamlfile.OneOf(&r.Kind,
				yamlfile.Word{Value: RuntimeGoroutines, Help: "a processor for each, and an exact clock"},
				yamlfile.Word{Value: RuntimeEventLoop, Help: "one processor in turns, first come first served"},
				yamlfile.Word{Value: RuntimeThreads, Help: "the same, as an interpreter lock makes threads do"})),
			yamlfile.Key("per_request", "processor time of a request, half before the wire and half after; at most 1m", yamlfile.Duration(&r.PerRequest, 0, time.Minute)),
			yamlfile.Key("per_wakeup", "processor time of each going on after a wait, at most 1m; not with goroutines", yamlfile.Duration(&r.PerWakeUp, 0, time.Minute)),
			yamlfile.Key("generator", "processor time of making a request, at most 1m", yamlfile.Duration(&r.Generator, 0, time.Minute)),
		}, func(d *yamlfile.Decoder, at yamlfile.Found) { checkRuntime(d, r, at) })),
		yamlfile.Key("clock", "how the client's clock goes wrong", yamlfile.Mapping([]yamlfile.Field{
			yamlfile.Key("rate", "seconds that the client's clock shows per second, 0.1 to 10", yamlfile.NumberFrom(&c.Clock.Rate, 0.1, 10, "0.1 to 10 seconds shown per second")),
			yamlfile.Key("drift", "how fast or slow the clock of each process runs, drawn up to so many parts per million", notation.Unless(yamlfile.NumberFrom(&c.Clock.Drift, 0, 1e5, "0 to 100000 parts per million"), func() bool { return c.Clock.Drift == 0 })),
			yamlfile.Key("jumps", "jumps of the wall clock, which nonces are made of, each {at: 10s, by: -2s}", yamlfile.List[Jump]{
				Items: &c.Clock.Jumps, Want: "a list of jumps, each - {at: 10s, by: -2s}",
				Name: "jump", Help: "a jump of the wall clock",
				Fields: func(j *Jump) []yamlfile.Field {
					return []yamlfile.Field{
						yamlfile.Key("at", "since the start of the run", yamlfile.Required(yamlfile.Duration(&j.At, 1, yamlfile.MaxDuration), "at: 10s")),
						yamlfile.Key("by", "forward, or back with a minus sign", yamlfile.Required(yamlfile.Duration(&j.By, -yamlfile.MaxDuration, yamlfile.MaxDuration), "by: -2s")),
					}
				},
			}.Notation()),
		}, nil)),
	}, processFields(c)...)
}

func checkRuntime(d *yamlfile.Decoder, r *Runtime, at yamlfile.Found) {
	if at.OK && r.Kind == RuntimeGoroutines && r.PerWakeUp > 0 {
		d.Errorf(at.Node, "runtime of kind %s has per_wakeup %s, want that with %s or %s only",
			r.Kind, dist.FormatDuration(r.PerWakeUp), RuntimeEventLoop, RuntimeThreads)
	}
}

func check(d *yamlfile.Decoder, c *Client, keys int, at yamlfile.Found) {
	const most = 1_000_000
	if n := c.WorkersPerKey * keys; n > most {
		if workers, given := at.Values["workers_per_key"]; given {
			d.Errorf(workers, "workers_per_key makes %d workers for %d keys, want at most %d", n, keys, most)
		}
	}
}
