package ledger

// A Request is one that limits add up. What there is none of is "".
type Request struct {
	Key      string // API key
	IP       string // address of whoever sent it
	Account  string // to which several keys may belong
	Route    string // kind of request
	Resource string // what it is about, as an id in its path
	// Costs are what it takes of limits, by name. The plain cost is 1 if it is
	// not there; any other that is not there is 0.
	Costs []Cost
}

// A Cost is what a request takes of the limits that name it.
type Cost struct {
	// Name is that by which limits know it; "" is the plain cost.
	Name string
	// N is taken when the request arrives: where it is settled, an estimate.
	// 0 takes nothing, and passes; never negative.
	N int64
	// More is by how much its answer turns out to cost more than N, or less if
	// it is negative. Only limits that Settle ask for it.
	More int64
}

// cost is what a request takes of a limit, and by how much more it is settled.
func (l *Limit) cost(r *Request) (n, more int64) {
	if l.Fixed > 0 {
		return l.Fixed, 0
	}
	for i := range r.Costs {
		if c := &r.Costs[i]; c.Name == l.Cost {
			return c.N, c.More
		}
	}
	if l.Cost == "" {
		return 1, 0
	}
	return 0, 0
}

// applies says whether a request has to pass a limit.
func (l *Limit) applies(r *Request) bool {
	if len(l.Routes) == 0 {
		return true
	}
	for _, name := range l.Routes {
		if name == r.Route {
			return true
		}
	}
	return false
}
