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
	line  fifo[*consumer]
	given int // handed over, to consumers that have not gone on yet
}

// consumer is a process that takes items, and may wait for one.
type consumer struct {
	signal pace.Signal
	inLine bool    // it is, or was before it was handed an item
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
	c := q.line.pop()
	c.item = r
	q.given++
	c.signal.Notify()
}

// take gives the consumer the first request, or leaves it with the one that it was
// handed. If there is none, the consumer stands in line: it is to take again once
// its signal is notified.
func (q *queue) take(c *consumer) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case c.inLine:
		q.given--
		c.inLine = false
		return true
	case q.items.len() > 0:
		c.item = q.items.pop()
		return true
	}
	c.inLine = true
	q.line.push(c)
	return false
}
