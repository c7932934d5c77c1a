package policy

import "time"

// A rate is n per length of time.
type rate struct {
	n      int64
	length int64 // ns
}

// takes is how long it takes until so much has come at the rate.
func (r rate) takes(amount int64) span {
	q, rest := mulDiv(amount, r.length, r.n)
	return span{q, rest}
}

// A span is a length of time, or an instant since 1970, in whole nanoseconds
// and n-ths of one, n being that of a rate, so that any number of amounts takes
// exactly as long as their sum does.
type span struct{ ns, nths int64 } // 0 ≤ nths < n

func (r rate) add(a, b span) span {
	s := span{plus(a.ns, b.ns), a.nths + b.nths}
	if s.nths >= r.n {
		s.nths -= r.n
		s.ns = plus(s.ns, 1)
	}
	return s
}

func (r rate) sub(a, b span) span {
	s := span{a.ns - b.ns, a.nths - b.nths}
	if s.nths < 0 {
		s.nths += r.n
		s.ns--
	}
	return s
}

func (s span) over(t span) bool { return s.ns > t.ns || s.ns == t.ns && s.nths > t.nths }

// up is s in nanoseconds, rounded up.
func (s span) up() int64 {
	if s.nths > 0 {
		return s.ns + 1
	}
	return s.ns
}

// amount is what comes at the rate in s, rounded down: the largest amount that
// takes no longer than s.
func (r rate) amount(s span) int64 {
	// (ns + nths/n)·n/length = (ns·n + nths)/length
	q, rest := mulDiv(s.ns, r.n, r.length)
	return q + (rest+s.nths)/r.length
}

// amountUp is what comes at the rate in s, rounded up.
func (r rate) amountUp(s span) int64 {
	n := r.amount(s)
	if s.over(r.takes(n)) {
		n++
	}
	return n
}

// A meter is a level that what is charged raises, and that sinks at a rate down
// to 0. It is kept as the instant at which it will be 0, the theoretical arrival
// time of the generic cell rate algorithm (ITU-T I.371, GCRA): to charge is to
// put it off by as long as it takes for the cost to sink away.
type meter struct {
	rate  rate
	empty span // when the level is 0; before now: it is
}

// level is how long it takes from an instant on until the level is 0.
func (m *meter) level(at int64) span {
	if level := m.rate.sub(m.empty, span{ns: at}); level.ns >= 0 {
		return level
	}
	return span{}
}

// raise charges an amount, at an instant.
func (m *meter) raise(at, amount int64) {
	m.empty = m.rate.add(m.rate.add(span{ns: at}, m.level(at)), m.rate.takes(amount))
	if m.empty.ns > latest {
		m.empty = span{ns: latest}
	}
}

// lower gives an amount back, down to a level of 0.
func (m *meter) lower(at, amount int64) {
	m.empty = m.rate.sub(m.empty, m.rate.takes(amount))
	if m.empty.ns < at {
		m.empty = span{ns: at}
	}
}

// latest is where a level ends that is raised beyond any measure: in 2200,
// which leaves room for sums.
var latest = time.Date(2200, time.January, 1, 0, 0, 0, 0, time.UTC).UnixNano()
