package clients

import (
	"sync"

	"ratebench/clients/pace"
)

// queue is a FIFO of requests whose consumers wait in a line of their own:
// what is pushed while somebody waits goes to whoever has waited longest.
type queue struct {
	mu    sync.Locker // never held across a wait
	items fifo[Request]
	line  fifo[taker]
	given int       // handed over, to consumers that have not gone on yet
	ahead []Process // room for what prefetch looks at
}

// A taker is a process that takes items, and may wait for one: it has a place in line,
// and the last item.
type taker interface{ taking() (*place, *Request) }

// A place is where a taker stands in line.
type place struct {
	signal pace.Signal
	inLine bool // it is, or was before it was handed an item
	handed bool // it has been, and has not gone on yet
}

// A consumer is nothing but a taker.
type consumer struct {
	place
	item Request
}

func (c *consumer) taking() (*place, *Request) { return &c.place, &c.item }

func newQueue(rt Runtime) *queue { return &queue{mu: rt.NewLock()} }

func newConsumer(rt Runtime) consumer { return consumer{place: place{signal: rt.NewSignal()}} }

// len is the number of requests that nobody has taken yet.
func (q *queue) len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.items.len() + q.given
}

// push appends r, or hands it to the consumer at the front of the line.
func (q *queue) push(r Request) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.line.len() == 0 {
		q.items.push(r)
		return
	}
	p, item := q.line.pop().taking()
	*item, p.handed = r, true
	q.given++
	p.signal.Notify()
}

// take gives a taker the first request, or leaves it with the one that it was
// handed. If there is none, it stands in line, once however often it asks: it
// is to take again once its signal is notified.
func (q *queue) take(t taker) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	p, item := t.taking()
	switch {
	case p.handed:
		q.given--
		p.inLine, p.handed = false, false
		return true
	case p.inLine:
		return false
	case q.items.len() > 0:
		*item = q.items.pop()
		return true
	}
	p.inLine = true
	q.line.push(t)
	return false
}
