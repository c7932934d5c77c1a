package pace

import "unsafe"

// Ahead are turns whose next steps are to come, for who takes those of thousands, one after
// another, and wants what they look at in the processor's cache. The zero value has none.
type Ahead struct {
	turns []*Turn
	gates []*Gate // of each turn
	asked []prefetcher
	told  []prefetcher
}

// A prefetcher is a limiter or a signal that knows where it is likely to look next: it
// appends to lines what is so many pointers away from it, as Ahead.Lines does.
type prefetcher interface {
	Lines(far int, lines []unsafe.Pointer) []unsafe.Pointer
}

// Add adds a turn at a gate.
func (a *Ahead) Add(t *Turn, g *Gate) { a.turns, a.gates = append(a.turns, t), append(a.gates, g) }

// Lines appends to lines where the next steps are likely to look that is so many pointers
// away from turns and gates: first 0, and then 1 to 3, by which time the lines before have
// been read. After that there are no turns. There is one address for each line of the cache,
// and nothing is read on the way that was not read before. It takes no lock: nobody may use
// the gates meanwhile.
func (a *Ahead) Lines(far int, lines []unsafe.Pointer) []unsafe.Pointer {
	switch far {
	case 0:
		for i, t := range a.turns {
			g := a.gates[i]
			turn, gate := unsafe.Pointer(t), unsafe.Pointer(g) // and not the addresses of fields: to be sure that there are, both would be read here
			lines = append(lines, turn, unsafe.Add(turn, unsafe.Offsetof(t.Permit)), unsafe.Add(turn, unsafe.Offsetof(t.came)),
				gate, unsafe.Add(gate, unsafe.Offsetof(g.nonces)), unsafe.Add(gate, unsafe.Offsetof(g.stats)))
		}
		return lines
	case 1:
		a.asked, a.told = a.asked[:0], a.told[:0]
		for i, t := range a.turns {
			g := a.gates[i]
			if t.behind != nil {
				lines = append(lines, unsafe.Pointer(t.behind))
			}
			if g.line.last != nil { // behind it stands whoever comes
				lines = append(lines, unsafe.Pointer(g.line.last))
			}
			if g.ahead != nil && (t.joined || g.line.first == nil || !g.openLoop) {
				a.asked, lines = append(a.asked, g.ahead), append(lines, unsafe.Pointer(g.nonces))
			}
		}
	case 2:
		for _, t := range a.turns { // whoever is behind is told by its signal that it is the first
			if t.behind != nil {
				if s, ok := t.behind.signal.(prefetcher); ok {
					a.told = append(a.told, s)
				}
			}
		}
	}
	for _, l := range a.asked {
		lines = l.Lines(far-1, lines)
	}
	for _, s := range a.told {
		lines = s.Lines(far-2, lines)
	}
	if far == 3 {
		a.turns, a.gates = a.turns[:0], a.gates[:0]
	}
	return lines
}
