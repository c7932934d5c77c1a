package main

import "ratebench/harness/scenario"

// A section explains a mapping that every strategy can have.
type section struct {
	Section string   `json:"section"`
	Summary string   `json:"summary"`
	Keys    []keyDoc `json:"keys"`
	YAML    string   `json:"yaml"` // an example, indented to go into a strategy
}

// commonSections explains what strategies have in common. A test holds it
// against the scenario decoder.
func commonSections() []section {
	return []section{limiterSection(), guardSection(), retrySection(), clientSection(), queueSection()}
}

func limiterSection() section {
	return section{
		Section: "limiter",
		Summary: "what paces the requests of a key; the parameters of its kind stand beside these keys",
		Keys: []keyDoc{
			{Key: "kind", Type: "text", Default: "required", Help: "name of a limiter"},
			{Key: "poll", Type: "duration", Default: "0ms",
				Help: "time between two looks of a client that waits by polling; 0 waits in a FIFO line, exactly as long as needed; 1ms by default where the original polls"},
			{Key: "scope", Type: "text", Default: scenario.ScopeKey, Help: "who shares a limiter", Values: []valueDoc{
				{scenario.ScopeKey, "all workers of a key"},
				{scenario.ScopeWorker, "nobody: each worker has its own"},
			}},
			{Key: "share", Type: "text", Default: scenario.ShareWhole, Help: "part of the key's limit that the limiter of a worker works with", Values: []valueDoc{
				{scenario.ShareWhole, "all of it: the limits of the workers add up"},
				{scenario.ShareSplit, "its part, N divided by the workers of the key; needs scope: worker"},
			}},
		},
		YAML: "    limiter: {kind: window, poll: 1ms, scope: worker, share: split}\n    client: {workers_per_key: 4}\n",
	}
}

func guardSection() section {
	return section{
		Section: "guard",
		Summary: "what holds requests back beyond what the limiter says; without it nothing does",
		Keys: []keyDoc{
			{Key: "in_flight", Type: "integer", Default: "0", Help: "requests of a key that may be under way at once; 0 is any number"},
			{Key: "order", Type: "boolean", Default: "false",
				Help: "hold a request until the one before it has reached the server for certain, so that nonces arrive in order"},
			{Key: "latency", Type: "duration", Default: "0ms",
				Help: "longest incoming latency, after which order takes a request to have arrived; 0 is not known: only the answer shows it"},
			{Key: "penalty", Type: "duration", Default: "0ms",
				Help: "after a 429, hold everything back this long, or as long as Retry-After asks for if that is longer; 0 does not"},
		},
		YAML: "    guard: {in_flight: 10, order: true, latency: 50ms, penalty: 1s}\n",
	}
}

func retrySection() section {
	return section{
		Section: "retry",
		Summary: "tries a request again on the spot, its worker waiting meanwhile; without it each is tried once",
		Keys: []keyDoc{
			{Key: "max", Type: "integer", Default: "5", Help: "how often a request is tried again"},
			{Key: "base", Type: "duration", Default: "50ms", Help: "delay before the first retry, before jitter; doubles with each, but is never shorter than Retry-After"},
			{Key: "cap", Type: "duration", Default: "2s", Help: "longest delay; 0 is no bound"},
			{Key: "jitter", Type: "text", Default: "full", Help: "how a delay d is spread", Values: []valueDoc{
				{"none", "d itself"},
				{"full", "anything up to d"},
				{"equal", "at least half of d"},
				{"decorrelated", "from base to three times the delay before"},
			}},
		},
		YAML: "    retry: {max: 3, base: 100ms, cap: 1s, jitter: equal}\n",
	}
}

func clientSection() section {
	return section{
		Section: "client",
		Summary: "the workers and what they run on; a client beside the strategies is the default of all",
		Keys: []keyDoc{
			{Key: "workers_per_key", Type: "integer", Default: "1", Help: "requests of a key that can be under way"},
			{Key: "timeout", Type: "duration", Default: "1s", Help: "longest wait for an answer"},
			{Key: "nonce", Type: "text", Default: scenario.NonceTimestamp, Help: "how nonces are made, of which the server wants each to be the largest so far", Values: []valueDoc{
				{scenario.NonceTimestamp, "the time of the send in milliseconds: two sends within one get the same"},
				{scenario.NonceIncreasing, "the same, counted up where the clock has not moved on"},
				{scenario.NonceCounter, "1, 2, 3, …"},
				{scenario.NonceRandom, "unique and without order, as a UUID"},
			}},
			{Key: "runtime.kind", Type: "text", Default: scenario.RuntimeGoroutines, Help: "what the client's processes run on", Values: []valueDoc{
				{scenario.RuntimeGoroutines, "a processor for each, and an exact clock"},
				{scenario.RuntimeEventLoop, "one processor in turns, first come first served"},
				{scenario.RuntimeThreads, "the same, as an interpreter lock makes threads do"},
			}},
			{Key: "runtime.per_request", Type: "duration", Default: "0ms", Help: "processor time of a request, half before the wire and half after"},
			{Key: "runtime.per_wakeup", Type: "duration", Default: "0ms", Help: "processor time of each going on after a wait; not with goroutines"},
			{Key: "runtime.generator", Type: "duration", Default: "0ms", Help: "processor time of making a request"},
			{Key: "clock.rate", Type: "number", Default: "1", Help: "seconds that the client's clock shows per second"},
			{Key: "clock.jumps", Type: "list", Help: "jumps of the wall clock, which nonces are made of, each {at: 10s, by: -2s}"},
		},
		YAML: "    client: {workers_per_key: 4, timeout: 2s, nonce: increasing, runtime: {kind: event-loop, per_request: 1ms}}\n",
	}
}

func queueSection() section {
	return section{
		Section: "queue",
		Summary: "what becomes of a request that did not succeed, and when the generator pauses; without it, dropped, and never",
		Keys: []keyDoc{
			{Key: "dead_letter.max_retries", Type: "integer", Default: "5", Help: "how often it is put back into the main queue, with a new TTL, before the graveyard"},
			{Key: "backpressure.max", Type: "integer", Default: "100", Help: "requests in the main queue at which the generator pauses"},
			{Key: "backpressure.pause", Type: "duration", Default: "500ms", Help: "for how long, before it looks again"},
		},
		YAML: "    queue: {dead_letter: {max_retries: 3}, backpressure: {max: 50, pause: 100ms}}\n",
	}
}
