package pace

// A prefetcher reads what is so many pointers away from it.
type prefetcher interface{ Prefetch(far int) uint64 }

// Prefetch reads a word in each line of the processor's cache that the next steps of some
// turns are likely to need, each at a gate, and changes nothing: for who takes those of
// thousands, one after another. It takes no lock: nobody may use the gates meanwhile. The
// sum of the words means nothing.
func Prefetch(turns []*Turn, gates []*Gate) (sum uint64) {
	for far := range 4 {
		for i, t := range turns {
			sum += t.prefetch(far) + gates[i].prefetch(far, t)
		}
	}
	return sum
}

// prefetch reads the turn, then the one behind it, and then the signal of that, by which
// it is told that it is the first.
func (t *Turn) prefetch(far int) (sum uint64) {
	if far > 0 {
		t = t.behind
	}
	switch {
	case t == nil:
	case far > 1:
		if s, ok := t.signal.(prefetcher); ok {
			sum = s.Prefetch(far - 2)
		}
	case t.before == t:
	case far == 0 && t.Err == nil:
		sum = t.turn
	}
	return sum
}

// prefetch reads the gate, then the last in its line, its nonces and its limiter, and
// then what that leads to, as far as the step of a turn needs them.
func (g *Gate) prefetch(far int, t *Turn) (sum uint64) {
	switch {
	case far == 0:
		return g.stats.Departed
	case g.ahead != nil && (t.joined || g.line.first == nil || !g.openLoop):
		sum = g.ahead.Prefetch(far-1) + g.nonces.Prefetch()
	}
	if last := g.line.last; last != nil && last.before == last {
		sum++
	}
	return sum
}
