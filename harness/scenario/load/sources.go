package load

import (
	"ratebench/harness/scenario/notation"
	"ratebench/harness/yamlfile"
)

// sourceFields are those of a source.
func sourceFields(l *Generator) func(s *Source) []yamlfile.Field {
	return func(s *Source) []yamlfile.Field {
		return []yamlfile.Field{
			yamlfile.Key("every", "time between its requests; its mean is more than 0", yamlfile.Required(notation.OfDistribution(&s.Every, "", &l.Step), "every: exponential(500ms)")),
			yamlfile.Key("number", "how many such sources there are; 0 is one", yamlfile.Integer(&s.Number, 0, 1000)),
		}
	}
}

func sources(l *Generator) yamlfile.Notation {
	return yamlfile.List[Source]{
		Items: &l.Sources, Want: "a list of sources, each - {every: exponential(500ms)}",
		Name: "source", Help: "a source of requests, of which every process has its part",
		Fields: sourceFields(l),
		Check: func(d *yamlfile.Decoder, all []Source, at yamlfile.Found) {
			if s := all[len(all)-1]; s.Every != nil && s.Every.Mean() <= 0 {
				d.Errorf(at.Values["every"], "every %s has a mean of 0, want more: the source would never pause", s.Every)
			}
		},
	}.Notation()
}

// ofOneSource is a key of a load that has but one source.
func ofOneSource(l *Generator, n yamlfile.Notation) yamlfile.Notation {
	return notation.Unless(n, func() bool { return len(l.Sources) > 0 || n.Unset != nil && n.Unset() })
}

// checkSources refuses what sources are in place of.
func checkSources(d *yamlfile.Decoder, at yamlfile.Found) {
	if at.Values["sources"] == nil {
		return
	}
	for _, other := range []string{"every", "burst", "count", "per", "stages"} {
		if at.Values[other] != nil {
			d.Errorf(at.Values[other], "%s is of a load with one source, and sources are given, want one of them", other)
		}
	}
}
