package load

import (
	"time"

	"ratebench/harness/dist"
	"ratebench/harness/scenario/notation"
	"ratebench/harness/scenario/rules"
	"ratebench/harness/yamlfile"
)

// Notation is what a scenario of some duration says of its load.
func Notation(l *Generator, duration *time.Duration) yamlfile.Notation {
	return yamlfile.Mapping(fields(l, duration), func(d *yamlfile.Decoder, at yamlfile.Found) { check(d, l, at) })
}

func fields(l *Generator, duration *time.Duration) []yamlfile.Field {
	return []yamlfile.Field{
		yamlfile.Key("step", "grid of every, at most 1m; 0 is continuous. Defaults to the step of the scenario, which is 1ms unless it says otherwise, as the reference's is", grid(l)),
		yamlfile.Key("every", "time between bursts; its mean is more than 0", ofOneSource(l, notation.OfDistribution(&l.Every, defaultEvery, &l.Step))),
		yamlfile.Key("burst", "requests made at a time", ofOneSource(l, yamlfile.Integer(&l.Burst, 1, 1_000_000))),
		yamlfile.Key("count", "requests in all, after which the run ends; 0 goes on until the duration is over", ofOneSource(l, yamlfile.Integer(&l.Count, 0, 100_000_000))),
		yamlfile.Key("ttl", "how long a request is worth sending, from its creation", yamlfile.Duration(&l.TTL, 1, yamlfile.MaxDuration)),
		yamlfile.Key("per", "what a generator feeds", ofOneSource(l, notation.Either(&l.PerKey,
			yamlfile.Word{Value: "all", Help: "one queue, for the workers of all keys"},
			yamlfile.Word{Value: "key", Help: "each key has a generator and a queue of its own"}))),
		yamlfile.Key("mix", "kinds of requests; without it they are all alike", rules.OfMix(&l.Mix)),
		yamlfile.Key("stages", "changes of every in the course of a run, in the order of their times", ofOneSource(l, stages(l, duration))),
		yamlfile.Key("sources", "several sources of requests, in place of every and what goes with it; what each gets is measured", sources(l)),
	}
}

// grid is that of the load, whose default is that of the scenario.
func grid(l *Generator) yamlfile.Notation {
	n := yamlfile.Duration(&l.Step, 0, time.Minute)
	n.Schema.Default = nil
	return n
}

func stages(l *Generator, duration *time.Duration) yamlfile.Notation {
	return yamlfile.List[Stage]{
		Items: &l.Stages, Want: "a list of stages, each - {at: 30s, every: exponential(5ms)}",
		Name: "stage", Help: "a load that holds from a time on",
		Fields: func(s *Stage) []yamlfile.Field {
			return []yamlfile.Field{
				yamlfile.Key("at", "since the start of the run, before its end, and after the stage before", yamlfile.Required(yamlfile.Duration(&s.At, 1, yamlfile.MaxDuration), "at: 30s")),
				yamlfile.Key("every", "time between bursts from then on; its mean is more than 0", yamlfile.Required(notation.OfDistribution(&s.Every, "", &l.Step), "every: exponential(5ms)")),
			}
		},
		Check: func(d *yamlfile.Decoder, stages []Stage, at yamlfile.Found) {
			if !at.OK {
				return
			}
			s, last := stages[len(stages)-1], time.Duration(0)
			if len(stages) > 1 {
				last = stages[len(stages)-2].At
			}
			notation.CheckTime(d, at.Values["at"], s.At, last, *duration)
			if s.Every.Mean() <= 0 {
				d.Errorf(at.Values["every"], "every %s has a mean of 0, want more: the generator would never pause", s.Every)
			}
		},
	}.Notation()
}

func check(d *yamlfile.Decoder, l *Generator, at yamlfile.Found) {
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
