package api

import (
	"time"

	"ratebench/harness/dist"
	"ratebench/harness/faults"
	"ratebench/harness/scenario/notation"
	"ratebench/harness/yamlfile"
)

func faultFields(f *faults.Config, step *time.Duration) []yamlfile.Field {
	return []yamlfile.Field{
		yamlfile.Key("error_500", "answered 500, not counted", yamlfile.Probability(&f.Error500)),
		yamlfile.Key("error_503", "answered 503, not counted", yamlfile.Probability(&f.Error503)),
		yamlfile.Key("spike", "takes spike_latency longer on the way in", yamlfile.Probability(&f.Spike)),
		yamlfile.Key("spike_latency", "how much longer", notation.OfDistribution(&f.SpikeLatency, defaultSpike, step)),
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
