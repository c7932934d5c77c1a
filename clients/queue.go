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

// A taker is who has a consumer.
type taker interface{ taking() *consumer }

func (c *consumer) taking() *consumer { return c }

// consumer is a process that takes items, and may wait for one.
type consumer struct {
	signal pace.Signal
	inLine bool    // it is, or was before it was handed an item
	handed bool    // it has been, and has not gone on yet
	item   Request // the last one
}

func newQueue(rt Runtime) *queue { return &queue{mu: rt.NewLock()} }

func newConsumer(rt Runtime) consumer { return consumer{signal: rt.NewSignal()} }

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
	c := q.line.pop().taking()
	c.item, c.handed = r, true
	q.given++
	c.signal.Notify()
}

// take gives a consumer the first request, or leaves it with the one that it was
// handed. If there is none, the consumer stands in line, once however often it asks: it
// is to take again once its signal is notified.
func (q *queue) take(t taker) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	c := t.taking()
	switch {
	case c.handed:
		q.given--
		c.inLine, c.handed = false, false
		return true
	case c.inLine:
		return false
	case q.items.len() > 0:
		c.item = q.items.pop()
		return true
	}
	c.inLine = true
	q.line.push(t)
	return false
}
