package result

import "ratebench/harness/metrics"

// A Pool has what the runs of strategies say together. It is made strategy by
// strategy, as soon as all runs of one have ended, so that nobody has to keep the
// series and histograms of all of them.
type Pool struct {
	meta       Meta
	strategies map[string]*pooled
}

// pooled is what the runs of a strategy say.
type pooled struct {
	strategy Strategy
	series   Timeline
	latency  Distribution
	runs     []Run
	blocks   []RunBlocks
}

// NewPool returns one without runs, for those that MetaOf a scenario describes.
func NewPool(meta Meta) *Pool { return &Pool{meta, map[string]*pooled{}} }

// Add adds the runs of a strategy, of which there is one at least, and which are
// all that Build will be given: in the same order, and without their Series,
// histograms and Routes, if so desired.
func (p *Pool) Add(runs []metrics.Run) {
	name := runs[0].Strategy
	p.strategies[name] = p.meta.pool(name, runsOf(name, runs))
}

// of is what the runs of a strategy say, if they have not been added yet.
func (p *Pool) of(meta *Meta, name string, runs []*metrics.Run) *pooled {
	if p != nil && p.strategies[name] != nil {
		return p.strategies[name]
	}
	return meta.pool(name, runs)
}

func (m *Meta) pool(name string, runs []*metrics.Run) *pooled {
	p := &pooled{
		strategy: newStrategy(m, name, runs), series: newTimeline(name, runs),
		latency: newDistribution(name, runs), blocks: newBlocks(runs),
	}
	for _, r := range runs {
		p.runs = append(p.runs, newRun(r))
	}
	return p
}
