// Package loadtest finds out what the server can take: how many requests per
// second, and whether injected latencies stay what they should be with
// thousands of requests at a time. Its tests are short, claim ratios only and
// print, with -v, what they measure. The long ones take half a minute:
//
//	make load
//
// They are to be run on a machine that has nothing else to do, and without
// the race detector, which cannot follow that many goroutines.
package loadtest

import (
	"fmt"
	"net/http"
	"sync"
	"time"
)

// A Load is what clients send that have one request under way at most. It is
// bounded by its length.
type Load struct {
	// Length is the time after which no request begins. Required, more than 0.
	Length time.Duration
	// Every is the time from one request of a client to the next; the clients
	// are spread evenly over it. 0, the default: as soon as there is an answer.
	Every time.Duration
}

// A Sender sends a request and returns the status of the answer.
type Sender interface {
	Send(nonce int64) (status int, err error)
}

// A Result is what came of a Load.
type Result struct {
	Elapsed   time.Duration
	Latencies []time.Duration // from sending to the answer, in no order
}

// Rate is the number of requests per second.
func (r Result) Rate() float64 { return float64(len(r.Latencies)) / r.Elapsed.Seconds() }

// InFlight is how many requests were under way on average.
func (r Result) InFlight() float64 {
	var sum time.Duration
	for _, l := range r.Latencies {
		sum += l
	}
	return sum.Seconds() / r.Elapsed.Seconds()
}

// Excess is what of each latency is above a part.
func (r Result) Excess(part time.Duration) []time.Duration {
	var excess []time.Duration
	for _, l := range r.Latencies {
		excess = append(excess, l-part)
	}
	return excess
}

// Run puts the load on each of the clients at once. Their nonces count up
// from the first. An error, or an answer other than 200, ends a client and is
// the result.
func (l Load) Run(clients []Sender, first int64) (Result, error) {
	latencies := make([][]time.Duration, len(clients))
	errs := make([]error, len(clients))
	begin := time.Now()
	var all sync.WaitGroup
	for i, c := range clients {
		start := begin.Add(l.Every * time.Duration(i) / time.Duration(len(clients)))
		all.Go(func() { latencies[i], errs[i] = l.client(c, first, start, begin.Add(l.Length)) })
	}
	all.Wait()
	r := Result{Elapsed: time.Since(begin)}
	for i, err := range errs {
		if err != nil {
			return Result{}, fmt.Errorf("client %d: %w", i, err)
		}
		r.Latencies = append(r.Latencies, latencies[i]...)
	}
	return r, nil
}

// client sends requests from start until end.
func (l Load) client(c Sender, nonce int64, start, end time.Time) (latencies []time.Duration, err error) {
	if l.Every > 0 {
		latencies = make([]time.Duration, 0, l.Length/l.Every+1)
	}
	for next := start; next.Before(end); next = next.Add(l.Every) {
		time.Sleep(time.Until(next))
		sent := time.Now()
		if !sent.Before(end) {
			break
		}
		status, err := c.Send(nonce)
		if err != nil {
			return nil, err
		}
		if status != http.StatusOK {
			return nil, fmt.Errorf("nonce %d: status %d, want 200", nonce, status)
		}
		latencies = append(latencies, time.Since(sent))
		nonce++
	}
	return latencies, nil
}
