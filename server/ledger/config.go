package ledger

import (
	"fmt"
	"slices"
	"time"

	"ratebench/server/policy"
)

// A Config is all the limits of an API, and what those get who exceed them.
type Config struct {
	// Limits are those that a request has to pass, in this order. At most
	// MaxLimits.
	Limits []Limit
	// Order is how several of them are charged. Defaults to AllOrNone.
	Order Order
	// Penalty is what repeat offenders get. The zero value is none.
	Penalty Penalty
	// Tick is that of the server's clock, which shows whole multiples of it
	// since 1970. 0 is a continuous clock; at most policy.MaxTick.
	Tick time.Duration
	// MaxEntries is how many keys, addresses, or whatever the scope of a limit
	// tells apart, are remembered by themselves. When there are more, those
	// that have nothing against them are forgotten; as long as there are none,
	// newcomers share one entry, and get together what one may have. The same
	// holds for the penalty. A sliding window log has up to as many numbers in
	// an entry as its limit allows requests; the others have a few. Defaults
	// to DefaultMaxEntries, which 0 stands for.
	MaxEntries int
}

const (
	// MaxLimits is the most limits that an API has.
	MaxLimits = 16
	// DefaultMaxEntries is MaxEntries unless told otherwise.
	DefaultMaxEntries = 100_000
)

// A Limit is one of those that an API has.
type Limit struct {
	// Name is told to clients. Required, and not that of another.
	Name string
	// Policy is the rule. Required.
	Policy policy.Config
	// Scope is whose requests are added up. Defaults to ByKey.
	Scope Scope
	// Routes are those to which it applies. Empty: to all.
	Routes []string
	// Cost is the name of what a request takes of it, one of the request's
	// Costs. Defaults to "", the plain cost, which is 1 unless a request says
	// otherwise; any other of which it says nothing is 0.
	Cost string
	// Fixed is what each request takes of it, whatever its Costs. 0: its Cost.
	Fixed int64
	// Counts is which requests take of it. Defaults to Accepted.
	Counts Counts
	// Settle corrects what a request has taken when its answer goes out, by
	// what its Cost says.
	Settle bool
	// Hidden: clients are not told of it until it refuses.
	Hidden bool
}

// Counts says which requests take of a limit.
type Counts uint8

const (
	// Accepted are those that pass all limits.
	Accepted Counts = iota
	// All are those that are refused by a limit as well, so that who keeps
	// asking is kept out.
	All
	// Failures are those that are answered with an error.
	Failures
)

var countsNames = [...]string{"accepted", "all", "failures"}

// CountsNames are the names of what may count, in the order of their constants.
func CountsNames() []string { return countsNames[:] }

func (c Counts) String() string {
	if int(c) < len(countsNames) {
		return countsNames[c]
	}
	return fmt.Sprintf("Counts(%d)", uint8(c))
}

// An Order is how several limits are charged.
type Order uint8

const (
	// AllOrNone charges all limits, or none if one refuses.
	AllOrNone Order = iota
	// InOrder charges one limit after the other until one refuses: those
	// before it stay charged.
	InOrder
)

var orderNames = [...]string{"all-or-none", "in-order"}

func (o Order) String() string {
	if int(o) < len(orderNames) {
		return orderNames[o]
	}
	return fmt.Sprintf("Order(%d)", uint8(o))
}

// A Penalty is what repeat offenders get, and who they are.
type Penalty struct {
	policy.Penalty
	// Scope is whose strikes are added up. Defaults to ByKey.
	Scope Scope
	// Strikes is what a strike is. Defaults to Refusals.
	Strikes Strikes
}

// Strikes says what counts against an offender.
type Strikes uint8

const (
	// Refusals are requests that a limit refuses.
	Refusals Strikes = iota
	// Errors are requests that are answered with an error for any reason.
	Errors
)

var strikesNames = [...]string{"refusals", "errors"}

func (s Strikes) String() string {
	if int(s) < len(strikesNames) {
		return strikesNames[s]
	}
	return fmt.Sprintf("Strikes(%d)", uint8(s))
}

// Validate names the first field that is out of range.
func (c Config) Validate() error {
	if len(c.Limits) > MaxLimits {
		return fmt.Errorf("got %d Limits, want at most %d", len(c.Limits), MaxLimits)
	}
	for i, l := range c.Limits {
		if err := l.validate(); err != nil {
			return fmt.Errorf("got Limits[%d]: %w", i, err)
		}
		if j := slices.IndexFunc(c.Limits, func(other Limit) bool { return other.Name == l.Name }); j < i {
			return fmt.Errorf("got Limits[%d]: the Name is %q, which is that of Limits[%d]", i, l.Name, j)
		}
	}
	if int(c.Order) >= len(orderNames) {
		return fmt.Errorf("the Order is %v, want one of %v", c.Order, orderNames)
	}
	if c.Tick < 0 || c.Tick > policy.MaxTick {
		return fmt.Errorf("the Tick is %v, want 0s to %v", c.Tick, policy.MaxTick)
	}
	if c.MaxEntries < 0 {
		return fmt.Errorf("got MaxEntries %d, want 0 or more", c.MaxEntries)
	}
	return c.Penalty.Validate()
}

func (l *Limit) validate() error {
	if l.Name == "" {
		return fmt.Errorf("the Name is missing")
	}
	if l.Policy == nil {
		return fmt.Errorf("the Policy of %q is missing", l.Name)
	}
	if err := l.Policy.Validate(); err != nil {
		return err
	}
	if err := l.Scope.validate("Scope"); err != nil {
		return err
	}
	switch {
	case slices.Contains(l.Routes, ""):
		return fmt.Errorf("got an empty name in Routes")
	case l.Fixed < 0 || l.Fixed > policy.MaxLimit:
		return fmt.Errorf("the Fixed cost is %d, want 0 to %d", l.Fixed, policy.MaxLimit)
	case l.Fixed > 0 && l.Cost != "":
		return fmt.Errorf("the Fixed cost is %d and Cost is %q, want one of them", l.Fixed, l.Cost)
	case l.Fixed > 0 && l.Settle:
		return fmt.Errorf("the Fixed cost is %d, which leaves nothing to Settle", l.Fixed)
	case int(l.Counts) >= len(countsNames):
		return fmt.Errorf("got Counts %v, want one of %v", l.Counts, countsNames)
	case l.Counts == Failures && l.Settle:
		return fmt.Errorf("failures are counted when the answer is known, which leaves nothing to Settle")
	}
	if _, ok := l.Policy.(policy.Concurrency); ok {
		switch {
		case l.Settle:
			return fmt.Errorf("what is under way is given back with the answer, which leaves nothing to Settle")
		case l.Counts == Failures:
			return fmt.Errorf("failures are over when they are counted, and take nothing of a concurrency")
		}
	}
	return nil
}

// Validate names the first field that is out of range.
func (p Penalty) Validate() error {
	if err := p.Penalty.Validate(); err != nil {
		return err
	}
	if int(p.Strikes) >= len(strikesNames) {
		return fmt.Errorf("penalty: Strikes is %v, want one of %v", p.Strikes, strikesNames)
	}
	return p.Scope.validate("penalty: Scope")
}

// Only says whether all limits and the penalty tell apart what one, such as
// ByKey, does, so that requests that differ in it have nothing to do with each
// other.
func (c Config) Only(one Scope) bool {
	for _, l := range c.Limits {
		if !l.Scope.Has(one) {
			return false
		}
	}
	return c.Penalty.After == 0 || c.Penalty.Scope.Has(one)
}

// CountsErrors says whether errors that are none of the limits' count for
// anything.
func (c Config) CountsErrors() bool {
	return c.Penalty.After > 0 && c.Penalty.Strikes == Errors ||
		slices.ContainsFunc(c.Limits, func(l Limit) bool { return l.Counts == Failures })
}
