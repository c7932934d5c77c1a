package clients

import "time"

// Work is what a client spends of its own processor's time. The zero value is
// a client that costs nothing.
type Work struct {
	// Send is spent on a request between its departure at the gate and the
	// wire, Receive on its answer.
	Send, Receive time.Duration
	// Generate is spent by the generator on each request.
	Generate time.Duration
	// Spend occupies the processor for d; its only error is ErrStopped.
	// Required if anything is spent.
	Spend func(d time.Duration) error
}

func (w *Work) spend(d time.Duration) error {
	if d <= 0 {
		return nil
	}
	return w.Spend(d)
}
