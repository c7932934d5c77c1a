package clients

// A generator feeds the main queue.
type generator struct {
	*client
	rt Runtime
}

// generate makes requests until there are enough, or the run is over.
func (g *generator) generate() {
	due := g.rt.Now()
	made := 0
	e := Event{Key: NoKey}
	for n := uint64(0); ; n++ {
		paused, err := g.holdBack()
		if err != nil {
			return
		}
		for range max(1, g.config.Burst) {
			if g.config.Work.spend(g.config.Work.Generate) != nil {
				return
			}
			now := g.rt.Now()
			e.Request = Request{ID: int64(made), First: now, Created: now}
			g.observe(&e, Generated)
			g.main.push(e.Request)
			if made++; made == g.config.Count {
				return
			}
		}
		if paused || g.config.Drift {
			due = g.rt.Now()
		}
		due = due.Add(g.config.Pause(n))
		if g.rt.Sleep(due.Sub(g.rt.Now())) != nil {
			return
		}
	}
}

// holdBack waits while the main queue is too long, and tells whether it was.
func (g *generator) holdBack() (paused bool, err error) {
	b := g.config.Backpressure
	for b != nil && g.main.len() >= b.Max {
		paused = true
		if err := g.rt.Sleep(b.Pause); err != nil {
			return paused, err
		}
	}
	return paused, nil
}
