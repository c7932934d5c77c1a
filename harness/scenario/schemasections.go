package scenario

import (
	"time"

	"ratebench/clients/limiter"
	"ratebench/harness/dist"
)

func serverSchema(s Server) *schema {
	stage := object("A limit that holds from a time on.",
		property{"at", ref("positiveDuration", "Since the start of the run, before its end, and after the stage before.", nil)},
		property{"limit", ref("limit", "Limit of each key from then on.", nil)},
	)
	stage.Required = []string{"at", "limit"}
	return object("The rate-limited API.",
		property{"keys", whole("API keys.", 1, 100_000, s.Keys)},
		property{"limit", ref("limit", "What each key may do.", s.Limit.String())},
		property{"latency", object("Times that pass on the way.",
			property{"incoming", ref("distribution", "Before the request is counted.", defaultLatency)},
			property{"outgoing", ref("distribution", "After it was counted. Defaults to incoming.", nil)},
		)},
		property{"resolution", ref("duration", "Tick of the server's clock, at most the window of the limit; 0 is a continuous clock.", dist.FormatDuration(s.Resolution))},
		property{"block_after", whole("Answers 429 after which a key is blocked for ever; 0 is never.", 0, 1_000_000_000, s.BlockAfter)},
		property{"headers", object("What the server states beside its answers.",
			property{"received_at", flagOf("When the request reached it, by its own clock.", s.Headers.ReceivedAt)},
			property{"rate_limit", flagOf("What is left of the limit, and Retry-After with a 429.", s.Headers.RateLimit)},
		)},
		property{"stages", listOf("Changes of the limit in the course of a run, in the order of their times.", stage)},
		property{"faults", faultsSchema()},
	)
}

func faultsSchema() *schema {
	probability := func(description string) *schema {
		return &schema{Description: description, Type: "number", Default: 0, Minimum: "0", Maximum: "1"}
	}
	outage := object("A time in which the server is down.",
		property{"at", ref("positiveDuration", "Since the start of the run, not before the end of the outage before.", nil)},
		property{"for", ref("positiveDuration", "How long.", nil)},
		property{"lose", flagOf("The server comes back with its windows and nonces lost.", false)},
	)
	outage.Required = []string{"at", "for"}
	return object("What goes wrong on purpose: the probabilities of a request, together at most 1, and outages.",
		property{"error_500", probability("Answered 500, not counted.")},
		property{"error_503", probability("Answered 503, not counted.")},
		property{"spike", probability("Takes spike_latency longer on the way in.")},
		property{"spike_latency", ref("distribution", "How much longer.", defaultSpike)},
		property{"hang", probability("Counted, and never answered.")},
		property{"reset_before", probability("The connection breaks before the server sees it.")},
		property{"reset_after", probability("Counted, and the connection breaks before the answer is through.")},
		property{"malformed", probability("Counted, and the answer is cut short.")},
		property{"outages", listOf("Times in which the server is down, in their order.", outage)},
	)
}

func loadSchema(g Generator) *schema {
	return object("The load generator.",
		property{"every", ref("distribution", "Time between bursts; its mean is more than 0.", defaultEvery)},
		property{"burst", whole("Requests made at a time.", 1, 1_000_000, g.Burst)},
		property{"count", whole("Requests in all, after which the run ends; 0 goes on until the duration is over.", 0, 100_000_000, g.Count)},
		property{"ttl", ref("positiveDuration", "How long a request is worth sending, from its creation.", dist.FormatDuration(g.TTL))},
	)
}

func clientSchema() *schema {
	c := defaultClient()
	return object("How the workers of a strategy behave.",
		property{"workers_per_key", whole("Requests of a key that can be under way at once.", 1, 1000, c.WorkersPerKey)},
		property{"timeout", ref("positiveDuration", "How long a worker waits for an answer.", dist.FormatDuration(c.Timeout))},
		property{"nonce", words("How nonces are made: the time of the send in ms, such times made strictly increasing, 1, 2, 3…, or unique without order.",
			c.Nonce, NonceTimestamp, NonceIncreasing, NonceCounter, NonceRandom)},
		property{"runtime", runtimeSchema(c.Runtime)},
		property{"clock", clockSchema(c.Clock)},
	)
}

func clockSchema(c Clock) *schema {
	jump := object("A jump of the wall clock, which nonces are made of.",
		property{"at", ref("positiveDuration", "Since the start of the run.", nil)},
		property{"by", &schema{
			Description: "Forward, or back with a minus sign.",
			AnyOf:       []*schema{{Type: "string", Pattern: `^\s*-?` + durationPattern + `\s*$`}, {Const: 0}},
		}},
	)
	jump.Required = []string{"at", "by"}
	rate := &schema{Description: "Seconds that the clock shows per second, 0.1 to 10.", Type: "number", Default: c.Rate, Minimum: "0.1", Maximum: "10"}
	return object("How the client's clock goes wrong.",
		property{"rate", rate},
		property{"jumps", listOf("Jumps of the wall clock.", jump)},
	)
}

func runtimeSchema(r Runtime) *schema {
	cost := func(description string, standard time.Duration) *schema {
		return ref("duration", description+", at most 1m.", dist.FormatDuration(standard))
	}
	return object("What the client spends of its own processor's time.",
		property{"kind", words("What its processes run on: a processor for each, or one processor in turns, as in an event loop or with an interpreter lock.",
			r.Kind, RuntimeGoroutines, RuntimeEventLoop, RuntimeThreads)},
		property{"per_request", cost("Spent on a request, half before the wire and half on its answer", r.PerRequest)},
		property{"per_wakeup", cost("Spent whenever a process goes on after a wait, with event-loop and threads", r.PerWakeUp)},
		property{"generator", cost("Spent by the generator on each request", r.Generator)},
	)
}

func strategySchema() *schema {
	s := object("A named client configuration.",
		property{"name", ref("name", "Unlike those of the other strategies.", nil)},
		property{"client", ref("client", "What differs from the client of the scenario.", nil)},
		property{"limiter", ref("limiter", "", nil)},
		property{"guard", guardSchema()},
		property{"retry", retrySchema()},
		property{"queue", queueSchema()},
	)
	s.Required = []string{"name", "limiter"}
	return s
}

func guardSchema() *schema {
	none := dist.FormatDuration(0)
	g := object("What holds requests back beyond what the limiter says.",
		property{"in_flight", whole("Requests of a key under way at once; 0 is any number.", 0, 1_000_000, 0)},
		property{"order", flagOf("Hold a request back until the one before it has reached the server.", false)},
		property{"latency", ref("duration", "With order: the longest incoming latency, after which a request has arrived; 0 is not known.", nil)},
		property{"penalty", ref("duration", "Hold everything back after a 429 for this long, or for as long as the server asks; 0 does not.", none)},
	)
	g.Dependent = properties{{"latency", &schema{
		Properties: properties{{"order", &schema{Const: true}}},
		Required:   []string{"order"},
	}}}
	return g
}

func retrySchema() *schema {
	r := defaultRetry()
	return object("Try a failed request again on the spot, its worker waiting meanwhile.",
		property{"max", whole("How often.", 1, 1000, r.Max)},
		property{"base", ref("positiveDuration", "Delay before the first retry, before jitter; it doubles with each.", dist.FormatDuration(r.Backoff.Base))},
		property{"cap", ref("duration", "Longest delay, at least base; 0 is no bound.", dist.FormatDuration(r.Backoff.Cap))},
		property{"jitter", words("How the delay is spread.", r.Backoff.Jitter, limiter.Jitters()...)},
	)
}

func queueSchema() *schema {
	d, b := defaultDeadLetter(), defaultBackpressure()
	return object("What happens to requests that did not succeed, and when the generator pauses.",
		property{"dead_letter", object("Put requests that did not succeed back into the main queue; without it they are dropped.",
			property{"max_retries", whole("How often, before the graveyard.", 0, 1_000_000, d.MaxRetries)},
		)},
		property{"backpressure", object("Pause the generator while the main queue is long; without it, it never pauses.",
			property{"max", whole("Queued requests at which it pauses.", 1, 1_000_000_000, b.Max)},
			property{"pause", ref("positiveDuration", "How long until it looks again.", dist.FormatDuration(b.Pause))},
		)},
	)
}

// expectationSchema is a claim with either between, or over and ratio.
func expectationSchema() *schema {
	bounds := func(description string) *schema {
		return &schema{Description: description, Type: "array", Items: &schema{Type: "number"}, MinItems: 2, MaxItems: 2}
	}
	strategy := func(description string) *schema {
		return &schema{Description: description, Type: []string{"string", "number"}} // a name may look like a number
	}
	e := object("A claim about a metric of a strategy.",
		property{"strategy", strategy("One of the strategies.")},
		property{"metric", metricSchema()},
		property{"over", strategy("Another strategy, by whose metric that of the first is divided.")},
		property{"ratio", bounds("Bounds of that ratio: [lowest, highest].")},
		property{"between", bounds("Bounds of the metric: [lowest, highest].")},
	)
	e.Required = []string{"strategy", "metric"}
	without := func(keys ...string) *schema {
		any := &schema{}
		for _, k := range keys {
			any.AnyOf = append(any.AnyOf, &schema{Required: []string{k}})
		}
		return any
	}
	e.OneOf = []*schema{
		{Required: []string{"between"}, Not: without("over", "ratio")},
		{Required: []string{"over", "ratio"}, Not: without("between")},
	}
	return e
}

// metricSchema lists the metrics; YAML takes some of their names for numbers.
func metricSchema() *schema {
	s := &schema{Description: "What was measured; counts are means per run."}
	for _, m := range Metrics() {
		if n, err := parseInt(m.Name); err == nil {
			s.Enum = append(s.Enum, n)
		}
		s.Enum = append(s.Enum, m.Name)
	}
	return s
}
