package clients

import "time"

// A generator feeds the main queue.
type generator struct {
	*client
	rt     Runtime
	source Source
	event  Event     // the last one
	due    time.Time // when the burst is
	made   int
	paused bool   // since the last burst, because the main queue was too long
	burst  uint64 // number of the next

	inSteps    bool   // its runtime takes steps
	prefetched uint64 // means nothing
}

// atATime is for how many requests is prefetched what those will look at who are handed
// them.
const atATime = 16

// start starts the generator's process.
func (g *generator) start() {
	g.due = g.rt.Now()
	g.event.Key = NoKey
	_, g.inSteps = g.rt.(Stepper)
	start(g.rt, "generator", g.config.Work.Generate > 0, g)
}

// id is that of the next request.
func (g *generator) id() int64 {
	return int64(g.config.FirstKey+g.source.FirstID) + int64(g.made)*int64(max(1, g.config.IDStep))
}

// Step implements Process: it makes a burst, or holds back while the main queue is
// too long. The end is that there are enough requests, or that the run is over.
func (g *generator) Step(w *Wait) (more bool) {
	b := g.config.Backpressure
	if b != nil && g.main.len() >= b.Max {
		g.paused = true
		*w = Wait{For: b.Pause}
		return true
	}
	for range max(1, g.config.Burst) {
		if g.config.Work.spend(g.config.Work.Generate) != nil {
			return false
		}
		now := g.rt.Now()
		g.event.Request = Request{ID: g.id(), First: now, Created: now}
		g.observe(&g.event, Generated)
		if g.inSteps && g.stepping != nil && g.made%atATime == 0 && g.main.line.len() >= Crowd {
			g.prefetched += g.main.prefetch(atATime)
		}
		g.main.push(g.event.Request)
		if g.made++; g.made == g.config.Count {
			return false
		}
	}
	if g.paused || g.config.Drift {
		g.due = g.rt.Now()
	}
	g.due = g.due.Add(g.source.Pause(g.burst))
	g.burst++
	g.paused = false
	*w = Wait{For: time.Duration(g.due.UnixNano() - g.rt.Now().UnixNano())} // without the care that Time.Sub takes
	return true
}
