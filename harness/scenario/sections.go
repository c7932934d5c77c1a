package scenario

import (
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"ratebench/clients/backoff"
	"ratebench/harness/dist"
	"ratebench/harness/faults"
	"ratebench/harness/scenario/notation"
	"ratebench/harness/scenario/rules"
	"ratebench/harness/yamlfile"
	"ratebench/scenarios/apis"
)

// fields are those of the whole file, in the order in which they need each
// other.
func (r *reader) fields() []yamlfile.Field {
	s := r.out
	return []yamlfile.Field{
		yamlfile.Key("version", "version of the format", yamlfile.Required(version(), "version: 1")),
		yamlfile.Key("name", "names the folder of the results. Defaults to the name of the file", notation.OfName(&s.Name, checkFolder)),
		yamlfile.Key("question", "what the scenario is to answer, in one sentence, shown above the results", yamlfile.Line(&s.Question)),
		yamlfile.Key("duration", "length of a run", yamlfile.Required(yamlfile.Duration(&s.Duration, minDuration, yamlfile.MaxDuration), "duration: 25s")),
		yamlfile.Key("runs", "seeds per strategy in virtual time", yamlfile.Integer(&s.Runs, 1, maxRuns)),
		yamlfile.Key("seed", "seed of the first run; the next run has the next number", yamlfile.Unsigned(&s.Seed)),
		yamlfile.Key("step", "grid of every time that is drawn, at most 1m; 0 is continuous", step(s)),
		yamlfile.Key("api", "a preset that server and load begin with: "+strings.Join(apis.Names(), ", ")+"; without it they are as the reference", r.api()),
		yamlfile.Key("server", "the rate-limited API", yamlfile.Mapping(serverFields(s), func(d *yamlfile.Decoder, at yamlfile.Found) { checkServer(d, &s.Server, at) })),
		yamlfile.Key("load", "the load generator", yamlfile.Mapping(loadFields(s), func(d *yamlfile.Decoder, at yamlfile.Found) { checkLoad(d, &s.Load, at) })),
		yamlfile.Key("client", "what all strategies start from", clientNotation(&r.clientDefaults, s)),
		yamlfile.Key("strategies", "what is compared, each under a name of its own", yamlfile.Required(r.strategies(), "a list of one or more")),
		yamlfile.Key("sweep", "keys that get one value after the other: every strategy is run at every combination of them", r.sweep()),
		yamlfile.Key("expect", "claims that are checked after the runs", r.expectations()),
	}
}

// scenario decodes the whole file.
func (r *reader) scenario(v yamlfile.Value) {
	fields := r.fields()
	if r.isPoint {
		leaveToBase(fields)
	}
	values := r.Mapping(v, fields)
	if _, named := values["name"]; !named {
		r.nameAfterFile(v)
	}
	r.found = values
	if r.Err() == nil {
		r.finish(values)
	}
}

func version() yamlfile.Notation {
	return yamlfile.Notation{
		Kind: "integer", Schema: yamlfile.Schema{Enum: []any{1, "1"}}, Text: func() string { return "1" },
		Decode: func(d *yamlfile.Decoder, v yamlfile.Value) {
			if text, _ := yamlfile.Written(v.Node); text != "1" {
				d.WrongType(v, "1, the only version there is")
			}
		},
	}
}

// step is the grid of a scenario, and of its load until that has its own.
func step(s *Scenario) yamlfile.Notation {
	n := yamlfile.Duration(&s.Step, 0, time.Minute)
	decode := n.Decode
	n.Decode = func(d *yamlfile.Decoder, v yamlfile.Value) {
		decode(d, v)
		s.Load.Step = s.Step
	}
	return n
}

// loadStep is the grid of the load, whose default is that of the scenario.
func loadStep(l *Generator) yamlfile.Notation {
	n := yamlfile.Duration(&l.Step, 0, time.Minute)
	n.Schema.Default = nil
	return n
}

// finish fills in the default distributions, which have to be on the grid of
// step, and checks what depends on several sections.
func (r *reader) finish(values map[string]ast.Node) {
	if err := r.out.fillDistributions(); err != nil {
		r.Errorf(values["step"], "step does not suit a default distribution: %v", err)
		return
	}
	r.checkKinds(values)
	if len(r.out.Sweep) > 0 { // each point has a cost of its own
		return
	}
	r.checkCosts(values)
	if key, err := r.out.cost(); err != nil {
		at, given := values[key]
		if !given { // it is the default of one key that another makes too much
			at = values["duration"]
		}
		r.Errorf(at, "%v", err)
	}
}

func serverFields(sc *Scenario) []yamlfile.Field {
	s := &sc.Server
	return []yamlfile.Field{
		yamlfile.Key("keys", "API keys", yamlfile.Integer(&s.Keys, 1, 100_000)),
		yamlfile.Key("limit", "what each key may do", unset(notation.OfLimit(&s.Limit), func() bool { return len(s.Limits) > 0 })),
		yamlfile.Key("limits", "all limits, in place of limit: a request has to pass those that count it. Refusals of any block a key, as block_after says, unless there is a penalty", rules.OfLimits(&s.Limits)),
		yamlfile.Key("charge", "how a request is charged that one of several limits refuses", either(&s.ChargeInOrder,
			Word{Value: "all-or-none", Help: "nowhere"},
			Word{Value: "in-order", Help: "by the limits before the one that refuses it"})),
		yamlfile.Key("latency", "times that pass on the way", yamlfile.Mapping([]yamlfile.Field{
			yamlfile.Key("incoming", "before the request is counted", notation.OfDistribution(&s.Incoming, defaultLatency, &sc.Step)),
			yamlfile.Key("outgoing", "after it was counted. Defaults to incoming", notation.OfDistribution(&s.Outgoing, "", &sc.Step)),
		}, nil)),
		yamlfile.Key("resolution", "tick of the server's clock, at most the window of the limit; 0 is a continuous clock", yamlfile.Duration(&s.Resolution, 0, yamlfile.MaxDuration)),
		yamlfile.Key("block_after", "refusals after which a key is blocked for ever, whatever the limits are; 0 is never. With api it is as the preset has it, mostly never", unset(yamlfile.Integer(&s.BlockAfter, 0, maxBlockAfter), func() bool { return s.Penalty != nil })),
		yamlfile.Key("penalty", "what those get who are refused too often, in place of block_after", rules.OfPenalty(&s.Penalty)),
		yamlfile.Key("nonces", "the server wants each nonce to be the largest so far", not(&s.NoNonces)),
		yamlfile.Key("dialect", "how the API tells its limits in header fields; without it nothing but what headers says", rules.OfDialect(&s.Dialect)),
		yamlfile.Key("answers", "what the API says otherwise than its dialect", rules.OfAnswers(&s.Answers)),
		yamlfile.Key("headers", "what the server states beside its answers", yamlfile.Mapping([]yamlfile.Field{
			yamlfile.Key("received_at", "when the request reached it, by its own clock", yamlfile.Boolean(&s.Headers.ReceivedAt)),
			yamlfile.Key("rate_limit", "what is left of the limit, and Retry-After with a 429", yamlfile.Boolean(&s.Headers.RateLimit)),
		}, nil)),
		yamlfile.Key("stages", "changes of the limit in the course of a run, in the order of their times", stages(sc)),
		yamlfile.Key("faults", "what goes wrong on purpose: the probabilities of a request, together at most 1, and outages", yamlfile.Mapping(faultFields(sc), func(d *yamlfile.Decoder, at yamlfile.Found) { checkFaults(d, &s.Faults, at) })),
	}
}

// unset has a value not written where it is not to be given.
func unset(n yamlfile.Notation, when func() bool) yamlfile.Notation {
	n.Unset = when
	return n
}

// either is one of two words, of which the first is the default.
func either(p *bool, no, yes Word) yamlfile.Notation {
	text := func() string {
		if *p {
			return yes.Value
		}
		return no.Value
	}
	word := text()
	n := yamlfile.OneOf(&word, no, yes)
	decode := n.Decode
	n.Decode = func(d *yamlfile.Decoder, v yamlfile.Value) {
		decode(d, v)
		*p = word == yes.Value
	}
	n.Text = text
	return unset(n, func() bool { return !*p })
}

// not is true or false for what is the other way about in *p, and true by
// default.
func not(p *bool) yamlfile.Notation {
	is := !*p
	n := yamlfile.Boolean(&is)
	decode := n.Decode
	n.Decode = func(d *yamlfile.Decoder, v yamlfile.Value) {
		decode(d, v)
		*p = !is
	}
	n.Text = func() string { return strconv.FormatBool(!*p) }
	return unset(n, func() bool { return !*p })
}

func checkServer(d *yamlfile.Decoder, s *Server, at yamlfile.Found) {
	onlyOne(d, at, "limit", "limits", func() { s.Limits = nil })
	onlyOne(d, at, "block_after", "penalty", func() { s.Penalty = nil })
	if s.Dialect != "" && s.Headers.RateLimit {
		d.Errorf(at.Values["headers"], "headers has rate_limit, which is the dialect ietf-06, and dialect is %s, want one of them", s.Dialect)
	}
	if len(s.Limits) > 0 {
		checkLimits(d, s, at)
		return
	}
	if s.Limit.Window < s.Resolution {
		n, given := at.Values["limit"]
		if !given {
			n = at.Values["resolution"]
		}
		d.Errorf(n, "limit %s has a window below the resolution of the server's clock, want at least %s", s.Limit, dist.FormatDuration(s.Resolution))
	}
}

// onlyOne refuses two keys that say the same, and has the first take the place of
// a second that is not of this file but of its preset.
func onlyOne(d *yamlfile.Decoder, at yamlfile.Found, one, other string, forget func()) {
	switch {
	case at.Values[one] == nil:
	case at.Values[other] != nil:
		d.Errorf(at.Values[other], "%s is in place of %s, and both are given, want one of them", other, one)
	default:
		forget()
	}
}

// checkLimits checks what concerns several limits, or other keys of the server.
func checkLimits(d *yamlfile.Decoder, s *Server, at yamlfile.Found) {
	if at.Values["limits"] == nil {
		return
	}
	for i := range s.Limits {
		if l := &s.Limits[i]; l.Window.N > 0 && l.Window.Per < s.Resolution {
			d.Errorf(at.Values["limits"], "limit %s has a window below the resolution of the server's clock, want at least %s", l.Name, dist.FormatDuration(s.Resolution))
		}
	}
	if stages := at.Values["stages"]; stages != nil {
		d.Errorf(stages, "stages change limit, and limits is in its place, want one of them")
	}
}

func stages(sc *Scenario) yamlfile.Notation {
	return yamlfile.List[Stage]{
		Items: &sc.Server.Stages, Want: "a list of stages, each - {at: 30s, limit: 10/1s}",
		Name: "stage", Help: "a limit that holds from a time on",
		Fields: func(s *Stage) []yamlfile.Field {
			return []yamlfile.Field{
				yamlfile.Key("at", "since the start of the run, before its end, and after the stage before", yamlfile.Required(yamlfile.Duration(&s.At, 1, yamlfile.MaxDuration), "at: 30s")),
				yamlfile.Key("limit", "limit of each key from then on", yamlfile.Required(notation.OfLimit(&s.Limit), "limit: 10/1s")),
			}
		},
		Check: func(d *yamlfile.Decoder, stages []Stage, at yamlfile.Found) { checkStage(d, sc, stages, at) },
	}.Notation()
}

func checkStage(d *yamlfile.Decoder, sc *Scenario, stages []Stage, at yamlfile.Found) {
	s, last := stages[len(stages)-1], time.Duration(0)
	if len(stages) > 1 {
		last = stages[len(stages)-2].At
	}
	if !at.OK {
		return
	}
	before := len(d.Problems)
	if checkTime(d, sc, at.Values["at"], s.At, last); len(d.Problems) == before && s.Limit.Window < sc.Server.Resolution {
		d.Errorf(at.Values["limit"], "limit %s has a window below the resolution of the server's clock, want at least %s", s.Limit, dist.FormatDuration(sc.Server.Resolution))
	}
}

func faultFields(sc *Scenario) []yamlfile.Field {
	f := &sc.Server.Faults
	return []yamlfile.Field{
		yamlfile.Key("error_500", "answered 500, not counted", yamlfile.Probability(&f.Error500)),
		yamlfile.Key("error_503", "answered 503, not counted", yamlfile.Probability(&f.Error503)),
		yamlfile.Key("spike", "takes spike_latency longer on the way in", yamlfile.Probability(&f.Spike)),
		yamlfile.Key("spike_latency", "how much longer", notation.OfDistribution(&f.SpikeLatency, defaultSpike, &sc.Step)),
		yamlfile.Key("hang", "counted, and never answered", yamlfile.Probability(&f.Hang)),
		yamlfile.Key("reset_before", "the connection breaks before the server sees it", yamlfile.Probability(&f.ResetBefore)),
		yamlfile.Key("reset_after", "counted, and the connection breaks before the answer is through", yamlfile.Probability(&f.ResetAfter)),
		yamlfile.Key("malformed", "counted, and the answer is cut short", yamlfile.Probability(&f.Malformed)),
		yamlfile.Key("outages", "times in which the server is down, in their order", yamlfile.List[faults.Outage]{
			Items: &f.Outages, Want: "a list of outages, each - {at: 30s, for: 2s}",
			Name: "outage", Help: "a time in which the server is down",
			Fields: func(o *faults.Outage) []yamlfile.Field {
				return []yamlfile.Field{
					yamlfile.Key("at", "since the start of the run, not before the end of the outage before", yamlfile.Required(yamlfile.Duration(&o.At, 1, yamlfile.MaxDuration), "at: 30s")),
					yamlfile.Key("for", "how long", yamlfile.Required(yamlfile.Duration(&o.For, 1, yamlfile.MaxDuration), "for: 2s")),
					yamlfile.Key("lose", "the server comes back with its windows and nonces lost", yamlfile.Boolean(&o.Lose)),
				}
			},
			Check: checkOutage,
		}.Notation()),
	}
}

func checkOutage(d *yamlfile.Decoder, outages []faults.Outage, at yamlfile.Found) {
	if n := len(outages); n > 1 && at.OK {
		if o, up := outages[n-1], outages[n-2].At+outages[n-2].For; o.At < up {
			d.Errorf(at.Values["at"], "at is %s, and the outage before it ends at %s, want one after the other", dist.FormatDuration(o.At), dist.FormatDuration(up))
		}
	}
}

func checkFaults(d *yamlfile.Decoder, f *faults.Config, at yamlfile.Found) {
	if sum := f.Total(); at.OK && sum > 1 {
		d.Errorf(at.Node, "faults befall %v of all requests, want probabilities whose sum is at most 1", sum)
	}
}

func loadFields(sc *Scenario) []yamlfile.Field {
	l := &sc.Load
	return []yamlfile.Field{
		yamlfile.Key("step", "grid of every, at most 1m; 0 is continuous. Defaults to the step of the scenario, which is 1ms unless it says otherwise, as the reference's is", loadStep(l)),
		yamlfile.Key("every", "time between bursts; its mean is more than 0", ofOneSource(l, notation.OfDistribution(&l.Every, defaultEvery, &l.Step))),
		yamlfile.Key("burst", "requests made at a time", ofOneSource(l, yamlfile.Integer(&l.Burst, 1, 1_000_000))),
		yamlfile.Key("count", "requests in all, after which the run ends; 0 goes on until the duration is over", ofOneSource(l, yamlfile.Integer(&l.Count, 0, 100_000_000))),
		yamlfile.Key("ttl", "how long a request is worth sending, from its creation", yamlfile.Duration(&l.TTL, 1, yamlfile.MaxDuration)),
		yamlfile.Key("per", "what a generator feeds", ofOneSource(l, either(&l.PerKey,
			Word{Value: "all", Help: "one queue, for the workers of all keys"},
			Word{Value: "key", Help: "each key has a generator and a queue of its own"}))),
		yamlfile.Key("mix", "kinds of requests; without it they are all alike", rules.OfMix(&l.Mix)),
		yamlfile.Key("stages", "changes of every in the course of a run, in the order of their times", ofOneSource(l, loadStages(sc))),
		yamlfile.Key("sources", "several sources of requests, in place of every and what goes with it; what each gets is measured", sources(l)),
	}
}

func loadStages(sc *Scenario) yamlfile.Notation {
	return yamlfile.List[LoadStage]{
		Items: &sc.Load.Stages, Want: "a list of stages, each - {at: 30s, every: exponential(5ms)}",
		Name: "stage", Help: "a load that holds from a time on",
		Fields: func(s *LoadStage) []yamlfile.Field {
			return []yamlfile.Field{
				yamlfile.Key("at", "since the start of the run, before its end, and after the stage before", yamlfile.Required(yamlfile.Duration(&s.At, 1, yamlfile.MaxDuration), "at: 30s")),
				yamlfile.Key("every", "time between bursts from then on; its mean is more than 0", yamlfile.Required(notation.OfDistribution(&s.Every, "", &sc.Load.Step), "every: exponential(5ms)")),
			}
		},
		Check: func(d *yamlfile.Decoder, stages []LoadStage, at yamlfile.Found) {
			if !at.OK {
				return
			}
			s, last := stages[len(stages)-1], time.Duration(0)
			if len(stages) > 1 {
				last = stages[len(stages)-2].At
			}
			checkTime(d, sc, at.Values["at"], s.At, last)
			if s.Every.Mean() <= 0 {
				d.Errorf(at.Values["every"], "every %s has a mean of 0, want more: the generator would never pause", s.Every)
			}
		},
	}.Notation()
}

// checkTime reports a stage that is out of order, or comes too late.
func checkTime(d *yamlfile.Decoder, sc *Scenario, n ast.Node, at, last time.Duration) {
	switch {
	case at <= last:
		d.Errorf(n, "at is %s, and the stage before it begins at %s, want ascending times", dist.FormatDuration(at), dist.FormatDuration(last))
	case at >= sc.Duration:
		d.Errorf(n, "at is %s, want less than the duration %s", dist.FormatDuration(at), dist.FormatDuration(sc.Duration))
	}
}

func checkLoad(d *yamlfile.Decoder, l *Generator, at yamlfile.Found) {
	checkSources(d, at)
	if l.Every != nil && l.Every.Mean() <= 0 {
		d.Errorf(at.Values["every"], "every %s has a mean of 0, want more: the generator would never pause", l.Every)
	}
	if step, given := at.Values["step"]; given && at.Values["every"] == nil {
		if _, err := dist.Parse(defaultEvery, l.Step, nil); err != nil {
			d.Errorf(step, "step does not suit the default of every: %v", err)
		}
	}
}

// clientHelp is what a client is, wherever it stands in the file.
const clientHelp = "the workers and what they run on; a client beside the strategies is the default of all"

// clientNotation decodes what the file says of a client of the scenario over
// what *c has.
func clientNotation(c *Client, sc *Scenario) yamlfile.Notation {
	n := yamlfile.Mapping(clientFields(c), func(d *yamlfile.Decoder, at yamlfile.Found) { checkClient(d, c, sc.Server.Keys, at) })
	n.Schema, n.Refine = yamlfile.Reference("client", ""), nil
	return n
}

func clientFields(c *Client) []yamlfile.Field {
	r := &c.Runtime
	return append([]yamlfile.Field{
		yamlfile.Key("workers_per_key", "requests of a key that can be under way at once", yamlfile.Integer(&c.WorkersPerKey, 1, 1000)),
		yamlfile.Key("timeout", "longest wait for an answer", yamlfile.Duration(&c.Timeout, 1, yamlfile.MaxDuration)),
		yamlfile.Key("nonce", "how nonces are made, of which the server wants each to be the largest so far", yamlfile.OneOf(&c.Nonce,
			Word{Value: NonceTimestamp, Help: "the time of the send in milliseconds, so that two sends within one get the same"},
			Word{Value: NonceIncreasing, Help: "the same, counted up where the clock has not moved on"},
			Word{Value: NonceCounter, Help: "1, 2, 3, …"},
			Word{Value: NonceRandom, Help: "unique and without order, as a UUID"})),
		yamlfile.Key("runtime", "what the client spends of its own processor's time", yamlfile.Mapping([]yamlfile.Field{
			yamlfile.Key("kind", "what the client's processes run on", yamlfile.OneOf(&r.Kind,
				Word{Value: RuntimeGoroutines, Help: "a processor for each, and an exact clock"},
				Word{Value: RuntimeEventLoop, Help: "one processor in turns, first come first served"},
				Word{Value: RuntimeThreads, Help: "the same, as an interpreter lock makes threads do"})),
			yamlfile.Key("per_request", "processor time of a request, half before the wire and half after; at most 1m", yamlfile.Duration(&r.PerRequest, 0, time.Minute)),
			yamlfile.Key("per_wakeup", "processor time of each going on after a wait, at most 1m; not with goroutines", yamlfile.Duration(&r.PerWakeUp, 0, time.Minute)),
			yamlfile.Key("generator", "processor time of making a request, at most 1m", yamlfile.Duration(&r.Generator, 0, time.Minute)),
		}, nil)),
		yamlfile.Key("clock", "how the client's clock goes wrong", yamlfile.Mapping([]yamlfile.Field{
			yamlfile.Key("rate", "seconds that the client's clock shows per second, 0.1 to 10", yamlfile.NumberFrom(&c.Clock.Rate, 0.1, 10, "0.1 to 10 seconds shown per second")),
			yamlfile.Key("drift", "how fast or slow the clock of each process runs, drawn up to so many parts per million", unset(yamlfile.NumberFrom(&c.Clock.Drift, 0, 1e5, "0 to 100000 parts per million"), func() bool { return c.Clock.Drift == 0 })),
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

func checkClient(d *yamlfile.Decoder, c *Client, keys int, at yamlfile.Found) {
	if r := c.Runtime; at.Values["runtime"] != nil && r.Kind == RuntimeGoroutines && r.PerWakeUp > 0 {
		d.Errorf(at.Values["runtime"], "runtime of kind %s has per_wakeup %s, want that with %s or %s only",
			r.Kind, dist.FormatDuration(r.PerWakeUp), RuntimeEventLoop, RuntimeThreads)
	}
	const most = 1_000_000
	if n := c.WorkersPerKey * keys; n > most {
		if workers, given := at.Values["workers_per_key"]; given {
			d.Errorf(workers, "workers_per_key makes %d workers for %d keys, want at most %d", n, keys, most)
		}
	}
}

func queueFields(q *Queue) []yamlfile.Field {
	return []yamlfile.Field{
		yamlfile.Key("dead_letter", "puts requests that did not succeed back into the main queue; without it they are dropped", yamlfile.Optional(&q.DeadLetter, defaultDeadLetter(), func(l *DeadLetter) []yamlfile.Field {
			return []yamlfile.Field{
				yamlfile.Key("max_retries", "how often a request is put back, with a new TTL, before the graveyard", yamlfile.Integer(&l.MaxRetries, 0, 1_000_000)),
			}
		}, nil)),
		yamlfile.Key("backpressure", "pauses the generator while the main queue is long; without it, it never pauses", yamlfile.Optional(&q.Backpressure, defaultBackpressure(), func(b *Backpressure) []yamlfile.Field {
			return []yamlfile.Field{
				yamlfile.Key("max", "requests in the main queue at which the generator pauses", yamlfile.Integer(&b.Max, 1, 1_000_000_000)),
				yamlfile.Key("pause", "for how long, before it looks again", yamlfile.Duration(&b.Pause, 1, yamlfile.MaxDuration)),
			}
		}, nil)),
	}
}

func retryFields(r *Retry) []yamlfile.Field {
	b := &r.Backoff
	return []yamlfile.Field{
		yamlfile.Key("max", "how often a request is tried again", yamlfile.Integer(&r.Max, 1, 1000)),
		yamlfile.Key("base", "delay before the first retry, before jitter; doubles with each, but is never shorter than Retry-After", yamlfile.Duration(&b.Base, 1, yamlfile.MaxDuration)),
		yamlfile.Key("cap", "longest delay, at least base; 0 is no bound", yamlfile.Duration(&b.Cap, 0, yamlfile.MaxDuration)),
		yamlfile.Key("jitter", "how a delay d is spread", yamlfile.OneOf(&b.Jitter,
			Word{Value: backoff.JitterNone, Help: "d itself"},
			Word{Value: backoff.JitterFull, Help: "anything up to d"},
			Word{Value: backoff.JitterEqual, Help: "at least half of d"},
			Word{Value: backoff.JitterDecorrelated, Help: "from base to three times the delay before"})),
	}
}
