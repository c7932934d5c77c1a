package client

import (
	"ratebench/clients/limiter"
	"ratebench/harness/yamlfile"
)

// GuardNotation is what holds requests back beside the limiter.
func GuardNotation(g *limiter.Guards) yamlfile.Notation {
	latency := yamlfile.Duration(&g.Latency, 0, yamlfile.MaxDuration)
	latency.Unset = func() bool { return !g.Order }
	n := yamlfile.Mapping([]yamlfile.Field{
		yamlfile.Key("in_flight", "requests of a key that may be under way at once; 0 is any number", yamlfile.Integer(&g.InFlight, 0, 1_000_000)),
		yamlfile.Key("order", "hold a request until the one before it has reached the server for certain, so that nonces arrive in order", yamlfile.Boolean(&g.Order)),
		yamlfile.Key("latency", "longest incoming latency, after which order takes a request to have arrived; 0 is not known: only the answer shows it", latency),
		yamlfile.Key("penalty", "after a 429, hold everything back this long, or as long as Retry-After asks for if that is longer; 0 does not", yamlfile.Duration(&g.Penalty, 0, yamlfile.MaxDuration)),
	}, func(d *yamlfile.Decoder, at yamlfile.Found) {
		if latency, given := at.Values["latency"]; given && !g.Order {
			d.Errorf(latency, "latency is what order: true waits for, and order is off, want both or none")
		}
	})
	refine := n.Refine
	n.Refine = func(s *yamlfile.Schema) {
		refine(s)
		s.Properties.Of("latency").Default = nil // which is an error without order
		s.Dependent = yamlfile.Properties{{Name: "latency", Schema: &yamlfile.Schema{
			Properties: yamlfile.Properties{{Name: "order", Schema: &yamlfile.Schema{Const: true}}},
			Required:   []string{"order"},
		}}}
	}
	return n
}
