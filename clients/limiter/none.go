package limiter

import "time"

// None does not pace,
//
//	next = now.
//
// What holds requests back is the number of workers and nothing else. It is
// here to be compared with.
type None struct{}

// Validate implements Config.
func (c *None) Validate(q Quota) error { return q.Validate() }

// New implements Config.
func (c *None) New(q Quota) (Limiter, error) {
	if err := c.Validate(q); err != nil {
		return nil, err
	}
	return &none{}, nil
}

type none struct{ openLoop }

func (*none) Next(now time.Time, _ int64) time.Time { return now }

func (n *none) Sent(time.Time, int64) Ticket { return n.ticket() }
