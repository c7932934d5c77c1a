package api

import (
	"time"

	"github.com/goccy/go-yaml/ast"

	"ratebench/harness/dist"
	"ratebench/harness/scenario/notation"
	"ratebench/harness/scenario/rules"
	"ratebench/harness/yamlfile"
)

// Notation is what a scenario of some step and duration says of its API.
func Notation(s *Server, step, duration *time.Duration) yamlfile.Notation {
	return yamlfile.Mapping(fields(s, step, duration), func(d *yamlfile.Decoder, at yamlfile.Found) { check(d, s, at) })
}

func fields(s *Server, step, duration *time.Duration) []yamlfile.Field {
	return []yamlfile.Field{
		yamlfile.Key("keys", "API keys", yamlfile.Integer(&s.Keys, 1, 100_000)),
		yamlfile.Key("limit", "what each key may do", notation.Unless(notation.OfLimit(&s.Limit), func() bool { return len(s.Limits) > 0 })),
		yamlfile.Key("limits", "all limits, in place of limit: a request has to pass those that count it. Refusals of any block a key, as block_after says, unless there is a penalty", rules.OfLimits(&s.Limits)),
		yamlfile.Key("charge", "how a request is charged that one of several limits refuses", notation.Either(&s.ChargeInOrder,
			yamlfile.Word{Value: "all-or-none", Help: "nowhere"},
			yamlfile.Word{Value: "in-order", Help: "by the limits before the one that refuses it"})),
		yamlfile.Key("latency", "times that pass on the way", yamlfile.Mapping([]yamlfile.Field{
			yamlfile.Key("incoming", "before the request is counted", notation.OfDistribution(&s.Incoming, defaultLatency, step)),
			yamlfile.Key("outgoing", "after it was counted. Defaults to incoming", notation.OfDistribution(&s.Outgoing, "", step)),
		}, nil)),
		yamlfile.Key("resolution", "tick of the server's clock, at most the window of the limit; 0 is a continuous clock", yamlfile.Duration(&s.Resolution, 0, yamlfile.MaxDuration)),
		yamlfile.Key("block_after", "refusals after which a key is blocked for ever, whatever the limits are; 0 is never. With api it is as the preset has it, mostly never", notation.Unless(yamlfile.Integer(&s.BlockAfter, 0, MaxBlockAfter), func() bool { return s.Penalty != nil })),
		yamlfile.Key("penalty", "what those get who are refused too often, in place of block_after", rules.OfPenalty(&s.Penalty)),
		yamlfile.Key("nonces", "the server wants each nonce to be the largest so far", notation.Not(&s.NoNonces)),
		yamlfile.Key("dialect", "how the API tells its limits in header fields; without it nothing but what headers says", rules.OfDialect(&s.Dialect)),
		yamlfile.Key("answers", "what the API says otherwise than its dialect", rules.OfAnswers(&s.Answers)),
		yamlfile.Key("headers", "what the server states beside its answers", yamlfile.Mapping([]yamlfile.Field{
			yamlfile.Key("received_at", "when the request reached it, by its own clock", yamlfile.Boolean(&s.Headers.ReceivedAt)),
			yamlfile.Key("rate_limit", "what is left of the limit, and Retry-After with a 429", yamlfile.Boolean(&s.Headers.RateLimit)),
		}, nil)),
		yamlfile.Key("stages", "changes of the limit in the course of a run, in the order of their times", stages(s, duration)),
		yamlfile.Key("faults", "what goes wrong on purpose: the probabilities of a request, together at most 1, and outages", yamlfile.Mapping(faultFields(&s.Faults, step), func(d *yamlfile.Decoder, at yamlfile.Found) { checkFaults(d, &s.Faults, at) })),
	}
}

func check(d *yamlfile.Decoder, s *Server, at yamlfile.Found) {
	onlyOne(d, at, "limit", "limits", func() { s.Limits = nil })
	onlyOne(d, at, "block_after", "penalty", func() { s.Penalty = nil })
	if at.OK {
		checkStages(d, s, at)
	}
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
		checkResolution(d, s, &s.Limits[i], at.Values["limits"])
	}
}

// checkResolution checks that a limit is one of times that the server's clock shows.
func checkResolution(d *yamlfile.Decoder, s *Server, l *rules.Limit, n ast.Node) {
	least := dist.FormatDuration(s.Resolution)
	switch {
	case l.Window.N > 0 && l.Window.Per < s.Resolution:
		d.Errorf(n, "limit %s has a window below the resolution of the server's clock, want at least %s", l.Name, least)
	case l.Refill.N > 0 && l.Refill.Per < s.Resolution:
		d.Errorf(n, "limit %s is refilled with %s, in less than the resolution of the server's clock, want so much in %s at least", l.Name, l.Refill, least)
	case l.Queue.N > 0 && l.Queue.Per < s.Resolution:
		d.Errorf(n, "limit %s serves %s, in less than the resolution of the server's clock, want so many in %s at least", l.Name, l.Queue, least)
	case l.IsPaced():
		if err := s.QuotaOf(l).Validate(); err != nil {
			d.Errorf(n, "limit %s cannot be told a client: %v", l.Name, err)
		}
	}
}

// checkStages checks that stages change what the server has: its limit, or some of
// its limits.
func checkStages(d *yamlfile.Decoder, s *Server, at yamlfile.Found) {
	list, ok := at.Values["stages"].(*ast.SequenceNode)
	if !ok || len(list.Values) != len(s.Stages) {
		return
	}
	for i, stage := range s.Stages {
		switch {
		case len(s.Limits) > 0 && len(stage.Limits) == 0:
			d.Errorf(list.Values[i], "stage changes limit, and limits is in its place, want limits: [{name: %s, …}]", s.Limits[0].Name)
		case len(s.Limits) == 0 && len(stage.Limits) > 0:
			d.Errorf(list.Values[i], "stage changes limits, of which the server has none but limit, want limit: 10/1s")
		}
	}
}

func stages(server *Server, duration *time.Duration) yamlfile.Notation {
	n := yamlfile.List[Stage]{
		Items: &server.Stages, Want: "a list of stages, each - {at: 30s, limit: 10/1s}",
		Name: "stage", Help: "a limit that holds from a time on",
		Fields: func(s *Stage) []yamlfile.Field {
			return []yamlfile.Field{
				yamlfile.Key("at", "since the start of the run, before its end, and after the stage before", yamlfile.Required(yamlfile.Duration(&s.At, 1, yamlfile.MaxDuration), "at: 30s")),
				yamlfile.Key("limit", "limit of each key from then on", stageLimit(s)),
				yamlfile.Key("limits", "those of limits that change, by their names, with what is other from then on", rules.OfChanges(&s.Limits, func() []rules.Limit { return server.During(yamlfile.MaxDuration).Limits })),
			}
		},
		Check: func(d *yamlfile.Decoder, stages []Stage, at yamlfile.Found) {
			checkStage(d, server, stages, *duration, at)
		},
	}.Notation()
	refine := n.Refine
	n.Refine = func(s *yamlfile.Schema) {
		refine(s)
		s.Items.OneOf = []*yamlfile.Schema{{Required: []string{"limit"}}, {Required: []string{"limits"}}}
	}
	return n
}

// stageLimit has no default: a stage without it changes limits.
func stageLimit(s *Stage) yamlfile.Notation {
	n := notation.Unless(notation.OfLimit(&s.Limit), func() bool { return s.Limit == (notation.Limit{}) })
	n.Schema.Default = nil
	return n
}

func checkStage(d *yamlfile.Decoder, server *Server, stages []Stage, duration time.Duration, at yamlfile.Found) {
	s, last := stages[len(stages)-1], time.Duration(0)
	if len(stages) > 1 {
		last = stages[len(stages)-2].At
	}
	if !at.OK {
		return
	}
	before := len(d.Problems)
	if notation.CheckTime(d, at.Values["at"], s.At, last, duration); len(d.Problems) > before {
		return
	}
	least := dist.FormatDuration(server.Resolution)
	switch limit, limits := at.Values["limit"], at.Values["limits"]; {
	case limit == nil && limits == nil:
		d.Errorf(at.Node, "stage has no limit, want limit: 10/1s, or limits")
	case limit != nil && limits != nil:
		d.Errorf(limits, "stage has limit and limits, want one of them")
	case limit != nil && s.Limit.Window < server.Resolution:
		d.Errorf(limit, "limit %s has a window below the resolution of the server's clock, want at least %s", s.Limit, least)
	}
	for i := range s.Limits {
		checkResolution(d, server, &s.Limits[i], at.Values["limits"])
	}
}
