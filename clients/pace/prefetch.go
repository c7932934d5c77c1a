package pace

// A prefetcher reads what is so many pointers away from it.
type prefetcher interface{ Prefetch(far int) uint64 }

// Prefetch reads a word in each line of the processor's cache that the next steps of some
// turns are likely to need, each at a gate, and changes nothing: for who takes those of
// thousands, one after another. It takes no lock: nobody may use the gates meanwhile. The
// sum of the words means nothing.
//
// The loops have little in them but reads that do not wait for each other: so a processor,
// which sees some 200 instructions ahead, waits for twenty of them at a time.
func Prefetch(turns []*Turn, gates []*Gate) (sum uint64) {
	for i, t := range turns {
		g := gates[i]
		sum += uint64(t.cost) + uint64(t.Permit.Nonce) + t.turn + uint64(g.poll.Every) + g.stats.Departed
		if g.line.last == t {
			sum++
		}
	}
	for i, t := range turns {
		g := gates[i]
		if behind := t.behind; behind != nil {
			sum += uint64(behind.cost)
		}
		if last := g.line.last; last != nil {
			sum += uint64(last.cost)
		}
		if g.asks(t) {
			sum += g.nonces.Prefetch() + g.ahead.Prefetch(0)
		}
	}
	for far := range 2 {
		for i, t := range turns {
			if gates[i].asks(t) && far == 0 {
				sum += gates[i].ahead.Prefetch(1)
			}
			if t.behind != nil { // it is told by its signal that it is the first
				if s, ok := t.behind.signal.(prefetcher); ok {
					sum += s.Prefetch(far)
				}
			}
		}
	}
	return sum
}

// asks reports whether the limiter is likely to be asked in the next step of a turn.
func (g *Gate) asks(t *Turn) bool {
	return g.ahead != nil && (t.joined || g.line.first == nil || !g.openLoop)
}
