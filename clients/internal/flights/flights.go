// Package flights remembers something of each departure until it has ended.
package flights

import "ratebench/clients/limiter"

// Costs are the costs of the departures that have not ended, by ticket. They
// take up as much room as there are tickets between the oldest of them and the
// newest.
type Costs struct {
	costs []int64        // of ticket t at t modulo the length, a power of two; less than 0: ended
	first limiter.Ticket // the oldest that has not ended
	end   limiter.Ticket // the next departure
	sum   int64          // of all of them
}

// Depart adds a departure.
func (f *Costs) Depart(cost int64) limiter.Ticket {
	if n := len(f.costs); int(f.end-f.first) == n {
		f.grow(max(8, 2*n))
	}
	*f.at(f.end) = cost
	f.sum += cost
	f.end++
	return f.end - 1
}

// Land removes a departure that has ended, and returns its cost; 0 of one that
// is not there.
func (f *Costs) Land(t limiter.Ticket) (cost int64) {
	if t < f.first || t >= f.end || *f.at(t) < 0 {
		return 0
	}
	cost = f.Cost(t)
	*f.at(t) = -1
	f.sum -= cost
	for f.first < f.end && *f.at(f.first) < 0 {
		f.first++
	}
	return cost
}

// Cost is that of a departure that has not ended; 0 of one that is not there.
func (f *Costs) Cost(t limiter.Ticket) int64 {
	if t < f.first || t >= f.end {
		return 0
	}
	return max(0, *f.at(t))
}

// Settle is Land, for one of which the answer says what it cost; 0 says nothing. It
// returns by how much that is more than was charged; less than 0 is less.
func (f *Costs) Settle(t limiter.Ticket, cost int64) (more int64) {
	charged := f.Land(t)
	if cost <= 0 {
		return 0
	}
	return cost - charged
}

// Sum is the cost of all of them.
func (f *Costs) Sum() int64 { return f.sum }

// None reports whether all departures have ended.
func (f *Costs) None() bool { return f.first == f.end }

func (f *Costs) at(t limiter.Ticket) *int64 { return &f.costs[int(t)&(len(f.costs)-1)] }

func (f *Costs) grow(n int) {
	costs := make([]int64, n)
	for t := f.first; t < f.end; t++ {
		costs[int(t)&(n-1)] = *f.at(t)
	}
	f.costs = costs
}
