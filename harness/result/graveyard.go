package result

import (
	"ratebench/harness/metrics"
)

// A Burial is a request that ran out of retries.
type Burial struct {
	Strategy string
	Seed     uint64
	ID       int64
}

// Graveyard lists the burials of runs that kept them; never nil.
func Graveyard(runs []metrics.Run) []Burial {
	burials := []Burial{}
	for _, r := range runs {
		for _, id := range r.Graveyard {
			burials = append(burials, Burial{r.Strategy, r.Seed, id})
		}
	}
	return burials
}
