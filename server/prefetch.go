package server

import "unsafe"

// Ahead are exchanges whose next steps are to come, for who takes those of thousands, one
// after another, and wants what they look at in the processor's cache. The zero value has
// none.
type Ahead struct{ exchanges []*Exchange }

// Reset forgets the exchanges.
func (a *Ahead) Reset() { a.exchanges = a.exchanges[:0] }

// Add adds an exchange.
func (a *Ahead) Add(e *Exchange) { a.exchanges = append(a.exchanges, e) }

// Lines appends to lines where the next steps are likely to look that is so many pointers
// away from the exchanges: first 0, and then 1 to 3, by which time the lines before have
// been read. There is one address for each line of the cache, and nothing is read on the
// way that was not read before. It takes no lock: nobody may use their server meanwhile.
func (a *Ahead) Lines(far int, lines []unsafe.Pointer) []unsafe.Pointer {
	switch far {
	case 0:
		for _, e := range a.exchanges {
			first := unsafe.Pointer(e) // and not the addresses of fields: to be sure that there are, it would be read here
			lines = append(lines, first, unsafe.Add(first, unsafe.Offsetof(e.due)), unsafe.Add(first, unsafe.Offsetof(e.visit)))
		}
	case 1:
		arrive := a.exchanges[:0]
		for _, e := range a.exchanges {
			if e.stage == onItsWayIn {
				arrive = append(arrive, e)
				first := unsafe.Pointer(e.account)
				lines = append(lines, first, unsafe.Add(first, unsafe.Offsetof(e.account.own)))
			}
		}
		a.exchanges = arrive // the others are about to be answered, which is no concern of the account
	default:
		for _, e := range a.exchanges {
			lines = e.account.book.ledger.Lines(far-2, lines)
		}
	}
	return lines
}
