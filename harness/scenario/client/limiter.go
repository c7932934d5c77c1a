package client

import (
	"time"

	"github.com/goccy/go-yaml/ast"

	"ratebench/clients/limiter"
	"ratebench/harness/dist"
	"ratebench/harness/internal/choice"
	"ratebench/harness/kinds"
	"ratebench/harness/scenario/notation"
	"ratebench/harness/yamlfile"
)

// Limiter selects and parametrises a pacing algorithm.
type Limiter struct {
	// Kind is the name of a kinds.Kind. Required.
	Kind string
	// Poll is the interval of a client that waits by polling, from 1µs to 31
	// days; 0 sleeps exactly, in a FIFO line. Defaults to 1ms where
	// kinds.Kind.Polls is set, and else to 0.
	Poll time.Duration
	// Scope is ScopeKey or ScopeWorker. Defaults to ScopeKey.
	Scope string
	// Share is ShareWhole or ShareSplit. Defaults to ShareWhole.
	Share string
	// Config holds the kind's own parameters; its Validate has passed.
	Config limiter.Config
	// Parameters are what the scenario file can set of Config, bound to it.
	Parameters []kinds.Parameter
}

// Who shares a limiter.
const (
	ScopeKey    = "key"    // all workers of a key
	ScopeWorker = "worker" // nobody: each worker has its own
)

// What part of the key's limit the limiter of one worker works with.
const (
	ShareWhole = "whole" // all of it: the limits of the workers add up
	ShareSplit = "split" // its part: N divided among the workers of the key
)

// LimiterHelp is what a limiter is.
const LimiterHelp = "what paces the requests of a key; the parameters of its kind stand beside these keys"

// LimiterFields are the keys that all limiters have.
func LimiterFields(l *Limiter) []yamlfile.Field {
	return []yamlfile.Field{
		yamlfile.Key("kind", "name of a limiter", yamlfile.Required(yamlfile.Text(&l.Kind), "kind: window")),
		yamlfile.Key("poll", "time between two looks of a client that waits by polling, 1µs or more; 0 waits in a FIFO line, exactly as long as needed; 1ms by default where the original polls", poll(&l.Poll)),
		yamlfile.Key("scope", "who shares a limiter", yamlfile.OneOf(&l.Scope,
			yamlfile.Word{Value: ScopeKey, Help: "all workers of a key"},
			yamlfile.Word{Value: ScopeWorker, Help: "nobody, each worker has its own"})),
		yamlfile.Key("share", "part of the key's limit that the limiter of a worker works with", yamlfile.OneOf(&l.Share,
			yamlfile.Word{Value: ShareWhole, Help: "all of it, so that the limits of the workers add up"},
			yamlfile.Word{Value: ShareSplit, Help: "its part, N divided by the workers of the key, with scope worker only"})),
	}
}

// NewLimiter is a limiter of a kind with every default.
func NewLimiter(k kinds.Kind) Limiter {
	config, params := k.New()
	l := Limiter{Kind: k.Name, Scope: ScopeKey, Share: ShareWhole, Config: config, Parameters: params}
	if k.Polls {
		l.Poll = time.Millisecond
	}
	return l
}

// Fields are those of the limiter as it is, with its parameters; none if it is
// yet to be decoded.
func (l *Limiter) Fields() []yamlfile.Field {
	if l.Config == nil {
		return nil
	}
	return append(LimiterFields(l), notation.Parameters{}.Fields("", l.Parameters)...)
}

// KindOf is the one of all kinds that the file names for a limiter, which decides on
// its other keys.
func KindOf(d *yamlfile.Decoder, v yamlfile.Value, all []kinds.Kind) (kinds.Kind, bool) {
	words := make([]yamlfile.Word, len(all))
	names := make([]string, len(all))
	for i, k := range all {
		words[i], names[i] = yamlfile.Word{Value: k.Name, Help: k.Summary}, k.Name
	}
	m, ok := v.Node.(*ast.MappingNode)
	if !ok {
		d.WrongType(v, "a mapping such as {kind: window}")
		return kinds.Kind{}, false
	}
	var name string
	for _, e := range m.Values {
		if key, _ := yamlfile.TextOf(e.Key); key == "kind" {
			yamlfile.OneOf(&name, words...).Decode(d, yamlfile.Value{Key: "limiter kind", Node: e.Value})
			for _, k := range all {
				if k.Name == name {
					return k, true
				}
			}
			return kinds.Kind{}, false
		}
	}
	d.Errorf(v.Node, "%s has no kind, want kind: %s", v.Key, choice.List(names))
	return kinds.Kind{}, false
}

// poll is an interval of polling, which a virtual run pays for tick by tick, or
// 0.
func poll(p *time.Duration) yamlfile.Notation {
	n := yamlfile.Duration(p, 0, yamlfile.MaxDuration)
	decode := n.Decode
	n.Decode = func(d *yamlfile.Decoder, v yamlfile.Value) {
		decode(d, v)
		if *p > 0 && *p < time.Microsecond {
			d.Errorf(v.Node, "poll is %s, want 0 or at least 1µs", dist.FormatDuration(*p))
		}
	}
	return n
}
