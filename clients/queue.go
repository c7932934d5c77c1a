package clients

import (
	"sync"
	"time"

	"ratebench/clients/pace"
)

// queue is a FIFO of requests whose consumers wait in a line of their own:
// what is pushed while somebody waits goes to whoever has waited longest.
type queue struct {
	rt Runtime

	mu    sync.Locker // never held across a wait
	items fifo[Request]
	line  fifo[*consumer]
	spare []*consumer
	given int // handed over, to consumers that have not gone on yet
}

// consumer is a process that waits for an item.
type consumer struct {
	signal pace.Signal
	item   Request
}

func newQueue(rt Runtime) *queue { return &queue{rt: rt, mu: rt.NewLock()} }

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

// pop takes the first request, waiting for one if need be; its only error is
// ErrStopped.
func (q *queue) pop() (Request, error) {
	q.mu.Lock()
	if q.items.len() > 0 {
		r := q.items.pop()
		q.mu.Unlock()
		return r, nil
	}
	c := q.join()
	q.mu.Unlock()

	if err := c.signal.Wait(time.Time{}); err != nil {
		return Request{}, err // the run is over: nobody will push again
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	r := c.item
	q.given--
	q.spare = append(q.spare, c)
	return r, nil
}

func (q *queue) join() *consumer {
	var c *consumer
	if n := len(q.spare); n > 0 {
		c, q.spare = q.spare[n-1], q.spare[:n-1]
	} else {
		c = &consumer{signal: q.rt.NewSignal()}
	}
	q.line.push(c)
	return c
}
