package pace

import "unsafe"

// A prefetcher knows where it is likely to look next.
type prefetcher interface {
	// Ahead appends to lines what is so many pointers away from it, one address for
	// each line of a processor's cache. What is nearer has been read.
	Ahead(far int, lines []unsafe.Pointer) []unsafe.Pointer
}

// Ahead are turns whose next steps are to come, for who takes those of thousands, one after
// another. The zero value is ready for use.
type Ahead struct {
	turns []*Turn
	gates []*Gate // of each turn
	asks  []prefetcher
	told  []prefetcher
	lines []unsafe.Pointer
}

// Add adds a turn at a gate.
func (a *Ahead) Add(t *Turn, g *Gate) { a.turns, a.gates = append(a.turns, t), append(a.gates, g) }

// Prefetch reads a word in each line of the processor's cache that the next steps of the
// turns are likely to need, changes nothing, and forgets the turns. It takes no lock:
// nobody may use the gates meanwhile. The sum of the words means nothing.
//
// What is read together has been found out before, so that there is little between the
// reads: a processor looks a hundred instructions ahead for those that it need not wait for.
func (a *Ahead) Prefetch() (sum uint64) {
	for i, t := range a.turns {
		g := a.gates[i]
		sum += uint64(t.cost) + uint64(t.Permit.Nonce) + t.turn + uint64(g.poll.Every) + g.stats.Departed
		if g.line.last == t {
			sum++
		}
	}
	a.lines, a.asks = a.lines[:0], a.asks[:0]
	for i, t := range a.turns {
		g := a.gates[i]
		if t.behind != nil {
			a.lines = append(a.lines, unsafe.Pointer(t.behind))
		}
		if g.line.last != nil { // behind it stands whoever comes
			a.lines = append(a.lines, unsafe.Pointer(g.line.last))
		}
		if g.ahead != nil && (t.joined || g.line.first == nil || !g.openLoop) { // the limiter is asked
			a.asks = append(a.asks, g.ahead)
			a.lines = g.ahead.Ahead(0, append(a.lines, unsafe.Pointer(g.nonces)))
		}
	}
	sum += a.read()
	a.told = a.told[:0]
	for _, t := range a.turns { // whoever is behind is told by its signal that it is the first
		if t.behind != nil {
			if s, ok := t.behind.signal.(prefetcher); ok {
				a.told = append(a.told, s)
			}
		}
	}
	for far := range 2 {
		for _, l := range a.asks {
			a.lines = l.Ahead(far+1, a.lines)
		}
		for _, s := range a.told {
			a.lines = s.Ahead(far, a.lines)
		}
		sum += a.read()
	}
	a.turns, a.gates = a.turns[:0], a.gates[:0]
	return sum
}

// read reads the lines, and forgets them.
func (a *Ahead) read() (sum uint64) {
	for _, line := range a.lines {
		sum += uint64(*(*byte)(line))
	}
	a.lines = a.lines[:0]
	return sum
}
