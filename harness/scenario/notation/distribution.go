package notation

import (
	"fmt"
	"io"
	"time"

	"ratebench/harness/dist"
	"ratebench/harness/yamlfile"
)

// OfDistribution is that of a distribution on the grid of *step, which is known
// when it is decoded. The default, which may be "" for none, is filled in later.
// The decoder opens the file of an empirical one.
func OfDistribution(p *dist.Dist, standard string, step *time.Duration) yamlfile.Notation {
	n := yamlfile.Notation{Kind: "distribution", Schema: yamlfile.Reference("distribution", standard), Unset: func() bool { return *p == nil }}
	n.Text = func() string {
		if *p == nil {
			return standard
		}
		return (*p).String()
	}
	n.Decode = func(d *yamlfile.Decoder, v yamlfile.Value) {
		text, ok := yamlfile.Written(v.Node)
		if !ok {
			d.WrongType(v, "a distribution such as uniform(0ms, 50ms)")
			return
		}
		if got, err := drawn(d.Open, text, *step, gridOf(v.Key)); err != nil {
			d.Errorf(v.Node, "%s: %v", v.Key, err)
		} else {
			*p = got
		}
	}
	return n
}

// gridOf names the key that has the grid of a distribution.
func gridOf(key string) string {
	if key == "every" {
		return "step of the load, such as load: {step: 0} for none"
	}
	return "step, such as step: 0 for none"
}

// drawn parses a distribution. What cannot be drawn on its grid as it is meant
// is an error that names the key of the grid: parameters that are not on it, and
// a mean that rounding moves by more than 1 %.
func drawn(open func(string) (io.ReadCloser, error), text string, step time.Duration, grid string) (dist.Dist, error) {
	got, err := dist.Parse(text, step, open)
	if step == 0 {
		return got, err
	}
	meant, errMeant := dist.Parse(text, 0, open)
	switch {
	case errMeant != nil: // whatever the grid
		return nil, errMeant
	case err != nil:
		return nil, fmt.Errorf("%w, or a finer %s", err, grid)
	}
	const tolerance = 0.01
	off := got.Mean() - meant.Mean()
	if float64(off.Abs()) <= tolerance*float64(meant.Mean()) || off.Abs() <= 1 {
		return got, nil
	}
	return nil, fmt.Errorf("%s has a mean of %s on the grid of %s, where %s is meant, want a finer %s",
		got, got.Mean(), dist.FormatDuration(step), meant.Mean(), grid)
}

// OrDefault is a distribution, or a default that is yet to be filled in.
func OrDefault(d dist.Dist, text string) dist.Dist {
	if d != nil {
		return d
	}
	d, err := dist.Parse(text, 0, nil)
	if err != nil {
		panic("notation: a default: " + err.Error())
	}
	return d
}
