package harness

import (
	"sync"

	"ratebench/harness/metrics"
)

// pooling passes on the runs of each row that is complete, and then drops what is
// large of them.
type pooling struct {
	to  func(runs []metrics.Run) // nil: nobody asks for it
	per int                      // runs of a row

	mu   sync.Mutex
	left []int // runs of each row that have not ended
}

func newPooling(o Options, rows, per int) *pooling {
	p := &pooling{to: o.Pooled, per: per, left: make([]int, rows)}
	for i := range p.left {
		p.left[i] = per
	}
	return p
}

// ended tells that one more run of a row is among all of them.
func (p *pooling) ended(row int, all []metrics.Run) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.left[row]--; p.left[row] > 0 || p.to == nil {
		return
	}
	runs := all[row*p.per : (row+1)*p.per]
	p.to(runs)
	for i := range runs {
		r := &runs[i]
		r.Series, r.Routes, r.Latency, r.Service = nil, nil, metrics.Histogram{}, metrics.Histogram{}
	}
}
