package rules

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"ratebench/harness/dist"
	"ratebench/harness/yamlfile"
)

// An Amount is N per time, written "20/1s".
type Amount struct {
	N   int64         // 1 to MaxAmount
	Per time.Duration // more than 0, at most 31 days
}

// MaxAmount is the most that a limit can let pass, or a request cost: more than
// any API counts.
const MaxAmount = 1_000_000_000

// String is the notation of a scenario; "" of the zero Amount.
func (a Amount) String() string {
	if a == (Amount{}) {
		return ""
	}
	return strconv.FormatInt(a.N, 10) + "/" + dist.FormatDuration(a.Per)
}

// ParseAmount reads an amount such as "20/1s". Errors say what was expected.
func ParseAmount(text string) (Amount, error) {
	count, per, found := strings.Cut(text, "/")
	if !found {
		return Amount{}, fmt.Errorf("%.60s has no time, want an amount per time such as 20/1s", text)
	}
	n, err := yamlfile.ParseInt(strings.TrimSpace(count))
	if err != nil || n < 1 || n > MaxAmount {
		return Amount{}, fmt.Errorf("%.60s has the amount %.60q, want a whole number from 1 to %d", text, count, MaxAmount)
	}
	t, err := dist.ParseDuration(per)
	if err != nil {
		return Amount{}, fmt.Errorf("%.60s: %w", text, err)
	}
	if t <= 0 || t > yamlfile.MaxDuration {
		return Amount{}, fmt.Errorf("%.60s is per %s, want %s", text, dist.FormatDuration(t), yamlfile.DurationRange(1, yamlfile.MaxDuration))
	}
	return Amount{int64(n), t}, nil
}

// ofAmount is the notation of an amount per time.
func ofAmount(p *Amount) yamlfile.Notation {
	return yamlfile.Notation{
		Kind: "amount", Schema: yamlfile.Reference("amount", ""), Text: func() string { return p.String() },
		Decode: func(d *yamlfile.Decoder, v yamlfile.Value) {
			text, ok := yamlfile.Written(v.Node)
			if !ok {
				d.WrongType(v, "an amount per time such as 20/1s")
				return
			}
			a, err := ParseAmount(text)
			if err != nil {
				d.Errorf(v.Node, "%s %v", v.Key, err)
				return
			}
			*p = a
		},
	}
}

// whole is a whole number from lo to MaxAmount, of which 0 is not set.
func whole(p *int64, lo int) yamlfile.Notation {
	n := int(*p)
	notation := yamlfile.Integer(&n, lo, MaxAmount)
	notation.Schema.Default = nil
	decode := notation.Decode
	notation.Decode = func(d *yamlfile.Decoder, v yamlfile.Value) {
		decode(d, v)
		*p = int64(n)
	}
	notation.Text = func() string { return strconv.FormatInt(*p, 10) }
	notation.Unset = func() bool { return *p == 0 }
	return notation
}
