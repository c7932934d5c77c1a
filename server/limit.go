package server

import (
	"fmt"
	"time"

	"ratebench/server/policy"
)

// A Limit is how often a key may be used: at most N accepted requests in any
// span of Window, both ends included.
type Limit struct {
	N      int           // requests. Required, at least 1.
	Window time.Duration // Required, greater than zero.
}

// Validate names the field that is out of range.
func (l Limit) Validate() error {
	if l.N < 1 {
		return fmt.Errorf("limit: got N %d, want at least 1", l.N)
	}
	if l.Window <= 0 {
		return fmt.Errorf("limit: got Window %v, want more than 0s", l.Window)
	}
	return nil
}

// window is the limit as a policy.
func (l Limit) window() policy.Window { return policy.Window{Limit: int64(l.N), Length: l.Window} }
