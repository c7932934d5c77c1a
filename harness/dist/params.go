package dist

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// params hands out the parameters of one distribution. After the first error,
// which it keeps, they are all zero.
type params struct {
	all   string   // as written
	args  []string // cut at the commas
	names []string
	err   error
}

func newParams(f family, text string) *params {
	p := &params{all: text, names: f.params}
	if text != "" {
		p.args = strings.Split(text, ",")
	}
	if len(f.params) > 0 && f.params[0] == "file" { // a file name may have commas
		return p
	}
	if len(p.args) != len(p.names) {
		found := fmt.Sprintf("%d parameters", len(p.args))
		if len(p.args) == 1 {
			found = "1 parameter"
		}
		p.err = fmt.Errorf("found %s, want %s", found, f.usage())
	}
	return p
}

func (p *params) duration(i int) time.Duration {
	if p.err != nil {
		return 0
	}
	d, err := ParseDuration(p.args[i])
	if err == nil {
		err = checkRange(d)
	}
	if err != nil {
		p.err = fmt.Errorf("%s %w", p.names[i], err)
	}
	return d
}

func (p *params) number(i int) float64 {
	if p.err != nil {
		return 0
	}
	text := strings.TrimSpace(p.args[i])
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		p.err = fmt.Errorf("%s %.60q is not a number, want one such as 0.5", p.names[i], text)
	}
	return x
}

// checkRange returns an error unless d can be drawn.
func checkRange(d time.Duration) error {
	switch {
	case d < 0:
		return fmt.Errorf("%s is negative, want 0 or more", FormatDuration(d))
	case d > Longest:
		return fmt.Errorf("%s is too long, want at most %s", FormatDuration(d), FormatDuration(Longest))
	}
	return nil
}
