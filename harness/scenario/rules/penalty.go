package rules

import (
	"fmt"
	"time"

	"github.com/goccy/go-yaml/ast"

	"ratebench/harness/dist"
	"ratebench/harness/yamlfile"
	"ratebench/server/policy"
)

// A Penalty is what those get who are refused too often.
type Penalty struct {
	// After is how many refusals bring it about, 1 to 10^6. Defaults to 1.
	After int
	// Within is the span in which they add up; 0, the default, is ever.
	Within time.Duration
	// Ban is for how long everything is refused: the first time, the second,
	// and so on. None is for ever.
	Ban []time.Duration
	// Extend begins the time anew with every request in it.
	Extend bool
	// Scope is who gets it: ScopeKey or ScopeIP. Defaults to ScopeKey.
	Scope string
	// Strikes is what counts as a refusal: StrikesRefusals or StrikesErrors.
	// Defaults to StrikesRefusals.
	Strikes string
}

// What brings a penalty about.
const (
	StrikesRefusals = "refusals"
	StrikesErrors   = "errors"
)

// Policy is the rule.
func (p *Penalty) Policy() policy.Penalty {
	return policy.Penalty{After: p.After, Within: p.Within, For: p.Ban, Extend: p.Extend}
}

// OfPenalty is that of a penalty, or of none.
func OfPenalty(p **Penalty) yamlfile.Notation {
	return yamlfile.Optional(p, &Penalty{After: 1, Scope: ScopeKey, Strikes: StrikesRefusals}, penaltyFields, func(d *yamlfile.Decoder, at yamlfile.Found) {
		if !at.OK {
			return
		}
		if extend := at.Values["extend"]; (*p).Extend && len((*p).Ban) == 0 {
			d.Errorf(extend, "extend needs a time that can be extended, want ban: [30s] with it")
			return
		}
		for i, ban := range (*p).Ban {
			if i > 0 && ban < (*p).Ban[i-1] {
				d.Errorf(at.Values["ban"], "ban %d of %s is shorter than the %s before it, want bans that do not get shorter",
					i+1, dist.FormatDuration(ban), dist.FormatDuration((*p).Ban[i-1]))
				return
			}
		}
		if err := (*p).Policy().Validate(); err != nil {
			d.Errorf(at.Node, "%v", err)
		}
	})
}

func penaltyFields(p *Penalty) []yamlfile.Field {
	return []yamlfile.Field{
		yamlfile.Key("after", "refusals that bring it about", yamlfile.Integer(&p.After, 1, policy.MaxStrikes)),
		yamlfile.Key("within", "the time in which they add up; 0 is ever", yamlfile.Duration(&p.Within, 0, yamlfile.MaxDuration)),
		yamlfile.Key("ban", "for how long everything is refused: the first time, the second, and so on, none shorter than the one before, and the last of them from then on; without it for ever", durationsOf(&p.Ban)),
		yamlfile.Key("extend", "the time begins anew with every request in it", yamlfile.Boolean(&p.Extend)),
		yamlfile.Key("scope", "who gets it", yamlfile.OneOf(&p.Scope,
			yamlfile.Word{Value: ScopeKey, Help: "the API key"},
			yamlfile.Word{Value: ScopeIP, Help: "the address, with all keys"})),
		yamlfile.Key("strikes", "what counts", yamlfile.OneOf(&p.Strikes,
			yamlfile.Word{Value: StrikesRefusals, Help: "requests that a limit refuses"},
			yamlfile.Word{Value: StrikesErrors, Help: "requests with an unknown key or a bad nonce as well"})),
	}
}

// durationsOf is a list of one or more times of more than 0.
func durationsOf(p *[]time.Duration) yamlfile.Notation {
	item := yamlfile.Reference("positiveDuration", "")
	return yamlfile.Notation{
		Kind: "list", Schema: yamlfile.Schema{Type: "array", MinItems: 1, MaxItems: 100, Items: &item},
		Text: func() string {
			words := make([]string, len(*p))
			for i, t := range *p {
				words[i] = dist.FormatDuration(t)
			}
			return listText(words)
		},
		Unset: func() bool { return len(*p) == 0 },
		Decode: func(d *yamlfile.Decoder, v yamlfile.Value) {
			s, ok := v.Node.(*ast.SequenceNode)
			if !ok || len(s.Values) == 0 {
				d.WrongType(v, "a list of times such as [2m, 10m]")
				return
			}
			*p = make([]time.Duration, len(s.Values))
			for i, n := range s.Values {
				yamlfile.Duration(&(*p)[i], 1, yamlfile.MaxDuration).Decode(d, yamlfile.Value{Key: fmt.Sprintf("%s %d", v.Key, i+1), Node: n})
			}
		},
	}
}
