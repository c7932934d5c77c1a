package result

import (
	"time"

	"ratebench/harness/metrics"
)

// RunBlocks says when keys were blocked in one run.
type RunBlocks struct {
	Strategy string
	Seed     uint64
	At       []time.Duration // since the start, ascending, in whole milliseconds
}

// newBlocks picks from the runs of a strategy those in which a key was blocked.
func newBlocks(runs []*metrics.Run) []RunBlocks {
	var blocks []RunBlocks
	for _, r := range runs {
		if len(r.Blocks) == 0 {
			continue
		}
		b := RunBlocks{Strategy: r.Strategy, Seed: r.Seed}
		for _, at := range r.Blocks {
			b.At = append(b.At, at.Truncate(time.Millisecond))
		}
		blocks = append(blocks, b)
	}
	return blocks
}
