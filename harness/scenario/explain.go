package scenario

import (
	"ratebench/harness/kinds"
	"ratebench/harness/scenario/client"
	"ratebench/harness/scenario/notation"
	"ratebench/harness/yamlfile"
)

// A Word is one of the few values that a key can have.
type Word = yamlfile.Word

// A Key explains one key of the scenario file.
type Key struct {
	Key     string `json:"key"`     // with dots where it is nested
	Type    string `json:"type"`    // in a word, such as duration
	Default string `json:"default"` // as in the file; "" is not set
	Help    string `json:"help"`    // a phrase
	Values  []Word `json:"values,omitempty"`
}

// A Section explains a mapping that every strategy can have.
type Section struct {
	Name string // as in the scenario file
	Help string // a phrase
	Keys []Key
}

// StrategySections explains what strategies have in common, whatever their
// limiter.
func StrategySections() []Section {
	s := Strategy{Client: client.Default(), Limiter: client.Limiter{Scope: client.ScopeKey, Share: client.ShareWhole}}
	byName := map[string]Section{}
	for _, f := range newReader(nil).strategyFields(&s) {
		byName[f.Key] = Section{f.Key, f.Help, keys("", f.Fields)}
	}
	all := byName["client"]
	all.Help = client.Help
	return []Section{
		{"limiter", client.LimiterHelp, keys("", client.LimiterFields(&s.Limiter))},
		byName["guard"], byName["retry"], all, byName["queue"],
	}
}

// LimiterKeys explains the parameters of a kind of limiter, beside the keys that
// all limiters have.
func LimiterKeys(k kinds.Kind) []Key {
	_, params := k.New()
	return keys("", notation.Parameters{}.Fields("", params))
}

// keys explains fields, whose own path is the prefix.
func keys(prefix string, fields []yamlfile.Field) []Key {
	var all []Key
	for _, f := range fields {
		if f.Fields != nil {
			all = append(all, keys(prefix+f.Key+".", f.Fields)...)
			continue
		}
		k := Key{Key: prefix + f.Key, Type: f.Kind, Help: f.Help, Values: f.Words}
		switch {
		case f.Example != "":
			k.Default = "required"
		case f.Text != nil:
			k.Default = f.Text()
		}
		all = append(all, k)
	}
	return all
}
