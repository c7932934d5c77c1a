package notation

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"ratebench/harness/dist"
	"ratebench/harness/yamlfile"
)

// Limit is at most N requests in any Window, written "20/1s".
type Limit struct {
	N      int           // 1 to 10^6
	Window time.Duration // more than 0, at most 31 days
}

const maxLimit = 1_000_000

// ParseLimit reads a limit such as "20/1s" or "20/1051ms". What is no limit, or
// out of its range, is an error that says what was expected.
func ParseLimit(text string) (Limit, error) {
	count, window, found := strings.Cut(text, "/")
	if !found {
		return Limit{}, fmt.Errorf("limit %.60s has no window, want requests/window such as 20/1s", text)
	}
	n, err := yamlfile.ParseInt(strings.TrimSpace(count))
	if err != nil || n < 1 || n > maxLimit {
		return Limit{}, fmt.Errorf("limit %.60s has %.60q requests, want a whole number from 1 to %d", text, count, maxLimit)
	}
	w, err := dist.ParseDuration(window)
	if err != nil {
		return Limit{}, fmt.Errorf("limit %.60s: window %w", text, err)
	}
	if w <= 0 || w > yamlfile.MaxDuration {
		return Limit{}, fmt.Errorf("limit %.60s has a window of %s, want %s", text, dist.FormatDuration(w), yamlfile.DurationRange(1, yamlfile.MaxDuration))
	}
	return Limit{N: n, Window: w}, nil
}

// UnmarshalText implements encoding.TextUnmarshaler by ParseLimit.
func (l *Limit) UnmarshalText(text []byte) (err error) {
	*l, err = ParseLimit(string(text))
	return err
}

// String is the notation that ParseLimit reads.
func (l Limit) String() string {
	return strconv.Itoa(l.N) + "/" + dist.FormatDuration(l.Window)
}

// setLimit is a limit as it stands in a file; "" for the zero Limit.
func setLimit(l Limit) string {
	if l == (Limit{}) {
		return ""
	}
	return l.String()
}

// OfLimit is that of a number of requests in a window; the default is that of *p
// unless it is the zero Limit.
func OfLimit(p *Limit) yamlfile.Notation {
	n := yamlfile.Notation{Kind: "limit", Schema: yamlfile.Reference("limit", ""), Text: func() string { return setLimit(*p) }}
	if text := n.Text(); text != "" {
		n.Schema.Default = text
	}
	n.Decode = func(d *yamlfile.Decoder, v yamlfile.Value) {
		text, ok := yamlfile.Written(v.Node)
		if !ok {
			d.WrongType(v, "requests/window such as 20/1s")
			return
		}
		l, err := ParseLimit(text)
		if err != nil {
			d.Errorf(v.Node, "%v", err)
			return
		}
		*p = l
	}
	return n
}
