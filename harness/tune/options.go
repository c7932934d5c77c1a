package tune

import (
	"cmp"
	"errors"
	"fmt"

	"ratebench/harness/kinds"
	"ratebench/harness/metrics"
	"ratebench/harness/result"
)

// Options is how to tune. The zero value of each but Kinds is its default.
type Options struct {
	// Kinds are the limiters to choose from. Required.
	Kinds []kinds.Kind
	// Metric is what candidates are compared by, one of the catalogue's that has a
	// better and a worse. Defaults to tps.
	Metric string
	// Delta is the difference, in the unit of the metric, that nobody cares for.
	// Defaults to 0.2 % of what can be had: of the server's cap or of what is
	// offered, whichever is less, for tps, and else of the best in short runs.
	Delta float64
	// Alpha is the probability that the race ends with one that is worse than
	// another by Delta or more. Defaults to 0.05.
	Alpha float64
	// Refused is how often a client may be answered 429 in a run, on average; a
	// blocked key never is allowed. Defaults to 0: out at the first.
	Refused float64
	// Workers per key. Defaults to those of the scenario's strategies, and to more
	// beside a single one.
	Workers int
	// Seeds is how many a race may take. Defaults to 60.
	Seeds int
	// Fresh is how many fresh seeds the winner is measured on. Defaults to 30.
	Fresh int
	// Progress is told now and then what is being done and how much of that is,
	// from 0 to 1; nil is not.
	Progress func(stage string, done float64)
}

// Defaults of Options.
const (
	DefaultMetric = "tps"
	DefaultAlpha  = 0.05
	DefaultSeeds  = 60
	DefaultFresh  = 30
)

// indifference is the default Delta, as a part.
const indifference = 0.002

// firstStage is how many seeds all candidates run with, before the first is out
// for its figures (n₀ of Kim and Nelson, who recommend 10).
const firstStage = 10

func (o Options) withDefaults() Options {
	o.Metric = cmp.Or(o.Metric, DefaultMetric)
	o.Alpha = cmp.Or(o.Alpha, DefaultAlpha)
	o.Seeds = cmp.Or(o.Seeds, DefaultSeeds)
	o.Fresh = cmp.Or(o.Fresh, DefaultFresh)
	if o.Progress == nil {
		o.Progress = func(string, float64) {}
	}
	return o
}

// Validate names the first option that is out of range.
func (o Options) Validate() error {
	o = o.withDefaults()
	m := metrics.Find(o.Metric)
	switch {
	case len(o.Kinds) == 0:
		return errors.New("kinds: there are none, want at least one")
	case m == nil:
		return fmt.Errorf("metric is %s, want one of the catalogue", o.Metric)
	case m.Better == metrics.NeitherIsBetter:
		return fmt.Errorf("metric is %s, of which neither more nor less is better", o.Metric)
	case !(o.Delta >= 0 && o.Delta <= result.MostFigure):
		return fmt.Errorf("delta is %v, want 0 to %.0g", o.Delta, float64(result.MostFigure))
	case !(o.Alpha >= 1e-6 && o.Alpha <= 0.5):
		return fmt.Errorf("alpha is %v, want 1e-6 to 0.5", o.Alpha)
	case !(o.Refused >= 0 && o.Refused <= result.MostFigure):
		return fmt.Errorf("refused is %v, want 0 to %.0g", o.Refused, float64(result.MostFigure))
	case o.Workers < 0 || o.Workers > 1000:
		return fmt.Errorf("workers is %d, want 0 to 1000", o.Workers)
	case o.Seeds < firstStage || o.Seeds > 100_000:
		return fmt.Errorf("seeds is %d, want %d to 100000", o.Seeds, firstStage)
	case o.Fresh < 2 || o.Fresh > 100_000:
		return fmt.Errorf("fresh is %d, want 2 to 100000", o.Fresh)
	}
	return nil
}
