package bucket

import (
	"time"

	"ratebench/clients/limiter"
)

// An arrival is a departure by when it arrived at the latest.
type arrival struct {
	latest time.Time
	cost   int64
	ticket limiter.Ticket
}

// Arrivals are in the order of their latest times. Those that move or are looked
// for are mostly the newest.
type arrivals struct {
	all  []arrival // the first gone are no more
	gone int
}

func (a *arrivals) len() int { return len(a.all) - a.gone }

func (a *arrivals) at(i int) *arrival { return &a.all[a.gone+i] }

func (a *arrivals) insert(h arrival) {
	if len(a.all) == cap(a.all) && a.gone > len(a.all)/2 {
		a.all, a.gone = a.all[:copy(a.all, a.all[a.gone:])], 0
	}
	a.all = append(a.all, h)
	a.sort(a.len() - 1)
}

func (a *arrivals) remove(i int) {
	if i == 0 {
		a.gone++
		return
	}
	i += a.gone
	a.all = append(a.all[:i], a.all[i+1:]...)
}

// move gives one another latest time, and returns where it is then.
func (a *arrivals) move(i int, latest time.Time) int {
	a.at(i).latest = latest
	return a.sort(i)
}

func (a *arrivals) sort(i int) int {
	for ; i > 0 && a.at(i).latest.Before(a.at(i-1).latest); i-- {
		a.swap(i, i-1)
	}
	for ; i+1 < a.len() && a.at(i+1).latest.Before(a.at(i).latest); i++ {
		a.swap(i, i+1)
	}
	return i
}

func (a *arrivals) swap(i, j int) {
	x, y := a.at(i), a.at(j)
	*x, *y = *y, *x
}

// find is the place of a departure; -1: it is not there.
func (a *arrivals) find(t limiter.Ticket) int {
	for i := a.len() - 1; i >= 0; i-- {
		if a.at(i).ticket == t {
			return i
		}
	}
	return -1
}
