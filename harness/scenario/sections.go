package scenario

import (
	"path/filepath"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"ratebench/clients/backoff"
	"ratebench/harness/dist"
	"ratebench/harness/faults"
)

// fields are those of the whole file, in the order in which they need each
// other.
func (d *decoder) fields() []field {
	s := d.out
	return []field{
		{"version", "version of the format", required(version(), "version: 1")},
		{"name", "names the folder of the results. Defaults to the name of the file", name(&s.Name, checkFolder)},
		{"question", "what the scenario is to answer, in one sentence, shown above the results", line(&s.Question)},
		{"duration", "length of a run", required(duration(&s.Duration, 1, maxDuration), "duration: 25s")},
		{"runs", "seeds per strategy in virtual time", integer(&s.Runs, 1, maxRuns)},
		{"seed", "seed of the first run; the next run has the next number", unsigned(&s.Seed)},
		{"step", "grid of every time that is drawn, at most 1m; 0 is continuous", step(s)},
		{"server", "the rate-limited API", mapping(serverFields(s), checkServer)},
		{"load", "the load generator", mapping(loadFields(&s.Load), checkLoad)},
		{"client", "what all strategies start from", clientNotation(&d.clientDefaults)},
		{"strategies", "what is compared, each under a name of its own", required(d.strategies(), "a list of one or more")},
		{"expect", "claims that are checked after the runs", d.expectations()},
	}
}

// scenario decodes the whole file.
func (d *decoder) scenario(v value) {
	values := d.mapping(v, d.fields())
	if _, named := values["name"]; !named {
		d.nameAfterFile(v)
	}
	if len(d.problems) == 0 {
		d.finish(values)
	}
}

func version() notation {
	return notation{
		kind: "integer", schema: schema{Enum: []any{1, "1"}}, text: func() string { return "1" },
		decode: func(d *decoder, v value) {
			if text, _ := written(v.node); text != "1" {
				d.wrongType(v, "1, the only version there is")
			}
		},
	}
}

// step is the grid of a scenario, and of its load until that has its own.
func step(s *Scenario) notation {
	n := duration(&s.Step, 0, time.Minute)
	decode := n.decode
	n.decode = func(d *decoder, v value) {
		decode(d, v)
		s.Load.Step = s.Step
	}
	return n
}

// loadStep is the grid of the load, whose default is that of the scenario.
func loadStep(l *Generator) notation {
	n := duration(&l.Step, 0, time.Minute)
	n.schema.Default = nil
	return n
}

func (d *decoder) nameAfterFile(v value) {
	file := filepath.Base(d.source.name)
	d.out.Name = strings.TrimSuffix(file, filepath.Ext(file))
	err := checkName(d.out.Name)
	if err == nil {
		err = checkFolder(d.out.Name)
	}
	if err != nil {
		d.errorf(v.node, "%s has no name, and that of its file will not do: %v", v.key, err)
	}
}

// finish fills in the default distributions, which have to be on the grid of
// step, and checks what depends on several sections.
func (d *decoder) finish(values map[string]ast.Node) {
	if err := d.out.fillDistributions(); err != nil {
		d.errorf(values["step"], "step does not suit a default distribution: %v", err)
		return
	}
	if key, err := d.out.cost(); err != nil {
		at, given := values[key]
		if !given { // it is the default of one key that another makes too much
			at = values["duration"]
		}
		d.errorf(at, "%v", err)
	}
}

func serverFields(sc *Scenario) []field {
	s := &sc.Server
	return []field{
		{"keys", "API keys", integer(&s.Keys, 1, 100_000)},
		{"limit", "what each key may do", limit(&s.Limit)},
		{"latency", "times that pass on the way", mapping([]field{
			{"incoming", "before the request is counted", distribution(&s.Incoming, defaultLatency, &sc.Step)},
			{"outgoing", "after it was counted. Defaults to incoming", distribution(&s.Outgoing, "", &sc.Step)},
		}, nil)},
		{"resolution", "tick of the server's clock, at most the window of the limit; 0 is a continuous clock", duration(&s.Resolution, 0, maxDuration)},
		{"block_after", "answers 429 after which a key is blocked for ever; 0 is never", integer(&s.BlockAfter, 0, maxBlockAfter)},
		{"headers", "what the server states beside its answers", mapping([]field{
			{"received_at", "when the request reached it, by its own clock", boolean(&s.Headers.ReceivedAt)},
			{"rate_limit", "what is left of the limit, and Retry-After with a 429", boolean(&s.Headers.RateLimit)},
		}, nil)},
		{"stages", "changes of the limit in the course of a run, in the order of their times", stages(&s.Stages)},
		{"faults", "what goes wrong on purpose: the probabilities of a request, together at most 1, and outages", mapping(faultFields(sc), checkFaults)},
	}
}

func checkServer(d *decoder, at found) {
	s := &d.out.Server
	if s.Limit.Window < s.Resolution {
		n, given := at.values["limit"]
		if !given {
			n = at.values["resolution"]
		}
		d.errorf(n, "limit %s has a window below the resolution of the server's clock, want at least %s", s.Limit, dist.FormatDuration(s.Resolution))
	}
}

func stages(p *[]Stage) notation {
	return list[Stage]{
		items: p, want: "a list of stages, each - {at: 30s, limit: 10/1s}",
		name: "stage", help: "a limit that holds from a time on",
		fields: func(s *Stage) []field {
			return []field{
				{"at", "since the start of the run, before its end, and after the stage before", required(duration(&s.At, 1, maxDuration), "at: 30s")},
				{"limit", "limit of each key from then on", required(limit(&s.Limit), "limit: 10/1s")},
			}
		},
		check: checkStage,
	}.notation()
}

func checkStage(d *decoder, stages []Stage, at found) {
	s, last := stages[len(stages)-1], time.Duration(0)
	if len(stages) > 1 {
		last = stages[len(stages)-2].At
	}
	switch {
	case !at.ok:
	case s.At <= last:
		d.errorf(at.values["at"], "at is %s, and the stage before it begins at %s, want ascending times", dist.FormatDuration(s.At), dist.FormatDuration(last))
	case s.At >= d.out.Duration:
		d.errorf(at.values["at"], "at is %s, want less than the duration %s", dist.FormatDuration(s.At), dist.FormatDuration(d.out.Duration))
	case s.Limit.Window < d.out.Server.Resolution:
		d.errorf(at.values["limit"], "limit %s has a window below the resolution of the server's clock, want at least %s", s.Limit, dist.FormatDuration(d.out.Server.Resolution))
	}
}

func faultFields(sc *Scenario) []field {
	f := &sc.Server.Faults
	return []field{
		{"error_500", "answered 500, not counted", probability(&f.Error500)},
		{"error_503", "answered 503, not counted", probability(&f.Error503)},
		{"spike", "takes spike_latency longer on the way in", probability(&f.Spike)},
		{"spike_latency", "how much longer", distribution(&f.SpikeLatency, defaultSpike, &sc.Step)},
		{"hang", "counted, and never answered", probability(&f.Hang)},
		{"reset_before", "the connection breaks before the server sees it", probability(&f.ResetBefore)},
		{"reset_after", "counted, and the connection breaks before the answer is through", probability(&f.ResetAfter)},
		{"malformed", "counted, and the answer is cut short", probability(&f.Malformed)},
		{"outages", "times in which the server is down, in their order", list[faults.Outage]{
			items: &f.Outages, want: "a list of outages, each - {at: 30s, for: 2s}",
			name: "outage", help: "a time in which the server is down",
			fields: func(o *faults.Outage) []field {
				return []field{
					{"at", "since the start of the run, not before the end of the outage before", required(duration(&o.At, 1, maxDuration), "at: 30s")},
					{"for", "how long", required(duration(&o.For, 1, maxDuration), "for: 2s")},
					{"lose", "the server comes back with its windows and nonces lost", boolean(&o.Lose)},
				}
			},
			check: checkOutage,
		}.notation()},
	}
}

func checkOutage(d *decoder, outages []faults.Outage, at found) {
	if n := len(outages); n > 1 && at.ok {
		if o, up := outages[n-1], outages[n-2].At+outages[n-2].For; o.At < up {
			d.errorf(at.values["at"], "at is %s, and the outage before it ends at %s, want one after the other", dist.FormatDuration(o.At), dist.FormatDuration(up))
		}
	}
}

func checkFaults(d *decoder, at found) {
	if sum := d.out.Server.Faults.Total(); at.ok && sum > 1 {
		d.errorf(at.node, "faults befall %v of all requests, want probabilities whose sum is at most 1", sum)
	}
}

func loadFields(l *Generator) []field {
	return []field{
		{"step", "grid of every, at most 1m; 0 is continuous. Defaults to the step of the scenario, which is 1ms unless it says otherwise, as the reference's is", loadStep(l)},
		{"every", "time between bursts; its mean is more than 0", distribution(&l.Every, defaultEvery, &l.Step)},
		{"burst", "requests made at a time", integer(&l.Burst, 1, 1_000_000)},
		{"count", "requests in all, after which the run ends; 0 goes on until the duration is over", integer(&l.Count, 0, 100_000_000)},
		{"ttl", "how long a request is worth sending, from its creation", duration(&l.TTL, 1, maxDuration)},
	}
}

func checkLoad(d *decoder, at found) {
	l := d.out.Load
	if l.Every != nil && l.Every.Mean() <= 0 {
		d.errorf(at.values["every"], "every %s has a mean of 0, want more: the generator would never pause", l.Every)
	}
	if step, given := at.values["step"]; given && at.values["every"] == nil {
		if _, err := dist.Parse(defaultEvery, l.Step, nil); err != nil {
			d.errorf(step, "step does not suit the default of every: %v", err)
		}
	}
}

// clientHelp is what a client is, wherever it stands in the file.
const clientHelp = "the workers and what they run on; a client beside the strategies is the default of all"

// clientNotation decodes what the file says of a client over what *c has.
func clientNotation(c *Client) notation {
	n := mapping(clientFields(c), func(d *decoder, at found) { checkClient(d, c, at) })
	n.schema, n.refine = reference("client", ""), nil
	return n
}

func clientFields(c *Client) []field {
	r := &c.Runtime
	return []field{
		{"workers_per_key", "requests of a key that can be under way at once", integer(&c.WorkersPerKey, 1, 1000)},
		{"timeout", "longest wait for an answer", duration(&c.Timeout, 1, maxDuration)},
		{"nonce", "how nonces are made, of which the server wants each to be the largest so far", oneOf(&c.Nonce,
			Word{NonceTimestamp, "the time of the send in milliseconds, so that two sends within one get the same"},
			Word{NonceIncreasing, "the same, counted up where the clock has not moved on"},
			Word{NonceCounter, "1, 2, 3, …"},
			Word{NonceRandom, "unique and without order, as a UUID"})},
		{"runtime", "what the client spends of its own processor's time", mapping([]field{
			{"kind", "what the client's processes run on", oneOf(&r.Kind,
				Word{RuntimeGoroutines, "a processor for each, and an exact clock"},
				Word{RuntimeEventLoop, "one processor in turns, first come first served"},
				Word{RuntimeThreads, "the same, as an interpreter lock makes threads do"})},
			{"per_request", "processor time of a request, half before the wire and half after; at most 1m", duration(&r.PerRequest, 0, time.Minute)},
			{"per_wakeup", "processor time of each going on after a wait, at most 1m; not with goroutines", duration(&r.PerWakeUp, 0, time.Minute)},
			{"generator", "processor time of making a request, at most 1m", duration(&r.Generator, 0, time.Minute)},
		}, nil)},
		{"clock", "how the client's clock goes wrong", mapping([]field{
			{"rate", "seconds that the client's clock shows per second, 0.1 to 10", numberFrom(&c.Clock.Rate, 0.1, 10, "0.1 to 10 seconds shown per second")},
			{"jumps", "jumps of the wall clock, which nonces are made of, each {at: 10s, by: -2s}", list[Jump]{
				items: &c.Clock.Jumps, want: "a list of jumps, each - {at: 10s, by: -2s}",
				name: "jump", help: "a jump of the wall clock",
				fields: func(j *Jump) []field {
					return []field{
						{"at", "since the start of the run", required(duration(&j.At, 1, maxDuration), "at: 10s")},
						{"by", "forward, or back with a minus sign", required(duration(&j.By, -maxDuration, maxDuration), "by: -2s")},
					}
				},
			}.notation()},
		}, nil)},
	}
}

func checkClient(d *decoder, c *Client, at found) {
	if r := c.Runtime; at.values["runtime"] != nil && r.Kind == RuntimeGoroutines && r.PerWakeUp > 0 {
		d.errorf(at.values["runtime"], "runtime of kind %s has per_wakeup %s, want that with %s or %s only",
			r.Kind, dist.FormatDuration(r.PerWakeUp), RuntimeEventLoop, RuntimeThreads)
	}
	const most = 1_000_000
	if n := c.WorkersPerKey * d.out.Server.Keys; n > most {
		if workers, given := at.values["workers_per_key"]; given {
			d.errorf(workers, "workers_per_key makes %d workers for %d keys, want at most %d", n, d.out.Server.Keys, most)
		}
	}
}

func queueFields(q *Queue) []field {
	return []field{
		{"dead_letter", "puts requests that did not succeed back into the main queue; without it they are dropped", optional(&q.DeadLetter, defaultDeadLetter(), func(l *DeadLetter) []field {
			return []field{
				{"max_retries", "how often a request is put back, with a new TTL, before the graveyard", integer(&l.MaxRetries, 0, 1_000_000)},
			}
		}, nil)},
		{"backpressure", "pauses the generator while the main queue is long; without it, it never pauses", optional(&q.Backpressure, defaultBackpressure(), func(b *Backpressure) []field {
			return []field{
				{"max", "requests in the main queue at which the generator pauses", integer(&b.Max, 1, 1_000_000_000)},
				{"pause", "for how long, before it looks again", duration(&b.Pause, 1, maxDuration)},
			}
		}, nil)},
	}
}

func retryFields(r *Retry) []field {
	b := &r.Backoff
	return []field{
		{"max", "how often a request is tried again", integer(&r.Max, 1, 1000)},
		{"base", "delay before the first retry, before jitter; doubles with each, but is never shorter than Retry-After", duration(&b.Base, 1, maxDuration)},
		{"cap", "longest delay, at least base; 0 is no bound", duration(&b.Cap, 0, maxDuration)},
		{"jitter", "how a delay d is spread", oneOf(&b.Jitter,
			Word{backoff.JitterNone, "d itself"},
			Word{backoff.JitterFull, "anything up to d"},
			Word{backoff.JitterEqual, "at least half of d"},
			Word{backoff.JitterDecorrelated, "from base to three times the delay before"})},
	}
}
