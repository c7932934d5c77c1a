package server

import (
	"errors"
	"fmt"
	"time"

	"ratebench/server/ledger"
	"ratebench/server/policy"
)

// A Config describes a Server. The zero value is not valid; see
// [ReferenceConfig] for one that is.
type Config struct {
	// Keys are the API keys that are known, in the order of their indices.
	// Required, unless AnyKey: at least one, none empty, none twice.
	Keys []string

	// Limit holds for each key by itself, as a sliding window log. Required,
	// unless there are Limits.
	Limit Limit

	// Limits take the place of Limit and BlockAfter where there are several,
	// or where one is of another kind.
	Limits []ledger.Limit

	// Charge is how several Limits are charged. Defaults to ledger.AllOrNone.
	Charge ledger.Order

	// Penalty is what repeat offenders get, where there are Limits. Defaults
	// to none.
	Penalty ledger.Penalty

	// MaxEntries is how much of each of the Limits is remembered; see
	// [ledger.Config].
	MaxEntries int

	// NoNonces is set for an API that does not ask for nonces.
	NoNonces bool

	// AnyKey is set where keys other than Keys are welcome, and none, too.
	// Such an API asks for no nonces.
	AnyKey bool

	// Alone says that one goroutine at a time uses the server, which then takes no
	// locks, as a run in virtual time does.
	Alone bool

	// Resolution is the tick of the server's clock: arrivals are rounded
	// down to a multiple of it. 0 is a continuous clock; never negative.
	Resolution time.Duration

	// BlockAfter is the number of requests over the limit after which a key
	// is blocked for ever. 0 never blocks; never negative.
	BlockAfter int

	// Statements are what the server says beside its answers.
	Statements Statements

	// Latency returns the latencies to inject into a request: before the
	// rate check and after it, neither negative. The request is the n-th,
	// counted from 0, that was opened on the key with this index. Requests
	// with an unknown key have index -1, are counted together, and spend
	// out only, unless they are welcome. It is called from many goroutines at once. Nil injects none.
	Latency func(key int, n uint64) (in, out time.Duration)
}

// ReferenceConfig returns the reference server's keys and rules: 20 requests
// per second and key, a clock of whole milliseconds, blocked after ten
// rejections. It injects no latency; the reference draws both of them
// uniformly from 0 to 50 whole milliseconds.
func ReferenceConfig() Config {
	return Config{
		Keys:       DefaultKeys(),
		Limit:      Limit{N: 20, Window: time.Second},
		Resolution: time.Millisecond,
		BlockAfter: 10,
	}
}

// Validate names the first field that is out of range. It does not print
// keys, only their indices.
func (c Config) Validate() error {
	if len(c.Keys) == 0 && !c.AnyKey {
		return errors.New("got no Keys, want at least one")
	}
	index := make(map[string]int, len(c.Keys))
	for i, key := range c.Keys {
		if key == "" {
			return fmt.Errorf("got an empty Keys[%d]", i)
		}
		if j, ok := index[key]; ok {
			return fmt.Errorf("got Keys[%d] the same as Keys[%d]", i, j)
		}
		index[key] = i
	}
	if c.AnyKey && !c.NoNonces {
		return errors.New("got AnyKey without NoNonces, want both")
	}
	if len(c.Limits) == 0 {
		return c.validateReference()
	}
	if c.Limit != (Limit{}) || c.BlockAfter != 0 {
		return errors.New("got Limits beside Limit or BlockAfter, want either")
	}
	if c.Resolution < 0 || c.Resolution > policy.MaxTick {
		return resolutionError(c.Resolution)
	}
	return c.rules().Validate()
}

func resolutionError(d time.Duration) error {
	return fmt.Errorf("got Resolution %v, want 0s to %v", d, policy.MaxTick)
}

// validateReference checks a Config without Limits.
func (c Config) validateReference() error {
	if err := validateRules(c.Limit, c.Resolution, c.BlockAfter); err != nil {
		return err
	}
	if c.Penalty.After != 0 || c.Charge != 0 {
		return errors.New("got a Penalty or a Charge without Limits")
	}
	return c.rules().Validate()
}

// rules is all that requests have to comply with, but for the nonces.
func (c Config) rules() ledger.Config {
	if len(c.Limits) == 0 {
		r := referenceRules(c.Limit, c.Resolution, c.BlockAfter)
		r.MaxEntries = c.MaxEntries
		return r
	}
	return ledger.Config{
		Limits: c.Limits, Order: c.Charge, Penalty: c.Penalty, Tick: c.Resolution, MaxEntries: c.MaxEntries,
	}
}

func validateRules(limit Limit, resolution time.Duration, blockAfter int) error {
	if err := limit.Validate(); err != nil {
		return err
	}
	if resolution < 0 || resolution > policy.MaxTick {
		return resolutionError(resolution)
	}
	if blockAfter < 0 {
		return fmt.Errorf("got BlockAfter %d, want 0 or more", blockAfter)
	}
	return nil
}
