package limiter

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// A Rate is a number of requests in a time, written "20/1s" or "20/1051ms".
// Where a limiter takes one, the zero Rate stands for what the server grants:
// the quota's Limit per Window.
type Rate struct {
	N   int           // requests, 1 to 1000000
	Per time.Duration // greater than 0
}

// String returns the notation that UnmarshalText reads; "" for the zero Rate.
func (r Rate) String() string {
	if r == (Rate{}) {
		return ""
	}
	return fmt.Sprintf("%d/%v", r.N, r.Per)
}

// MarshalText implements encoding.TextMarshaler.
func (r Rate) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler. An empty text is the zero
// Rate. A Rate that reads is not in range yet: Validate tells.
func (r *Rate) UnmarshalText(text []byte) error {
	*r = Rate{}
	s := strings.TrimSpace(string(text))
	if s == "" {
		return nil
	}
	count, per, found := strings.Cut(s, "/")
	n, errN := strconv.Atoi(strings.TrimSpace(count))
	d, errD := time.ParseDuration(strings.TrimSpace(per))
	if !found || errN != nil || errD != nil {
		return fmt.Errorf("%.60q is not a rate, want requests per time such as 20/1s", s)
	}
	if n < 1 || d <= 0 {
		return fmt.Errorf("rate %.60q has a part that is not more than 0, want requests per time such as 20/1s", s)
	}
	*r = Rate{N: n, Per: d}
	return nil
}

// Or returns the rate to use against a server that grants q.
func (r Rate) Or(q Quota) Rate {
	if r == (Rate{}) {
		return Rate{N: q.Limit, Per: q.Window}
	}
	return r
}

// PerSecond is the rate in requests/s.
func (r Rate) PerSecond() float64 { return float64(r.N) / r.Per.Seconds() }

// Validate checks the rate that a field stands for, and that N · Per, in which
// some limiters count, can be counted in nanoseconds.
func (r Rate) Validate(field string, q Quota) error {
	r = r.Or(q)
	switch {
	case r.N < 1 || r.N > 1e6:
		return fmt.Errorf("%s is %v, want 1 to 1000000 requests", field, r)
	case r.Per < time.Duration(r.N):
		return fmt.Errorf("%s is %v, want at most one request per nanosecond", field, r)
	case r.Per > math.MaxInt64/time.Duration(r.N):
		return fmt.Errorf("%s is %v, want %d requests in at most %v", field, r, r.N, math.MaxInt64/time.Duration(r.N))
	}
	return nil
}

// ValidateAhead checks the rate in a field "limit" together with another field,
// which tells how many requests may leave ahead of that rate.
func (r Rate) ValidateAhead(field string, ahead int, q Quota) error {
	if err := r.Validate("limit", q); err != nil {
		return err
	}
	if most := math.MaxInt64/r.Or(q).Per - 1; ahead < 0 || time.Duration(ahead) > most {
		return fmt.Errorf("%s is %d, want 0 to %d", field, ahead, most)
	}
	return nil
}
