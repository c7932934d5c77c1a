package dist

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"ratebench/harness/internal/choice"
)

// Parse reads the notation of the scenario file:
//
//	uniform(lower, upper)     everything between them equally likely, both included
//	constant(value)           always the same; the plain duration means it too
//	normal(mean, sd)          parameters before truncation to durations >= 0
//	lognormal(median, sigma)  sigma is the standard deviation of the logarithm, a plain number
//	exponential(mean)
//	empirical(file)           the values in a file, one a line, equally likely
//	bootstrap(file, block)    the same in blocks of so many lines one after another: a [Sequence]
//	replay(file)              the same in the order of the file: a [Sequence]
//
// With a step the distribution is on that grid: the parameters of uniform and
// constant must be multiples of it, and what the others draw is rounded to the
// nearest multiple. With step 0 it is continuous.
//
// The file of a distribution that has one is read through open, which may be nil
// where there are no files. Errors say what was found and what was expected.
func Parse(text string, step time.Duration, open func(name string) (io.ReadCloser, error)) (Dist, error) {
	if step < 0 {
		return nil, fmt.Errorf("the step %s is negative, want 0 or more", FormatDuration(step))
	}
	text = strings.TrimSpace(text)
	if startsNumber(text) {
		return parsePlain(text, step)
	}
	family, args, err := split(text)
	if err != nil {
		return nil, err
	}
	p := newParams(family, args)
	d, err := family.build(p, grid{step, open})
	if p.err != nil { // then what build made is made of zeros
		err = p.err
	}
	if err != nil {
		return nil, fmt.Errorf("%.60s: %w", text, err)
	}
	return d, nil
}

// parsePlain reads a duration that stands for a constant.
func parsePlain(text string, step time.Duration) (Dist, error) {
	d, err := ParseDuration(text)
	if err != nil {
		return nil, err
	}
	if err := checkRange(d); err != nil {
		return nil, err
	}
	return newConstant(d, step)
}

// grid is what a distribution needs beside its parameters.
type grid struct {
	step time.Duration
	open func(name string) (io.ReadCloser, error)
}

// A family is a distribution yet without parameters.
type family struct {
	name   string
	params []string
	build  func(*params, grid) (Dist, error)
}

func (f family) usage() string { return f.name + "(" + strings.Join(f.params, ", ") + ")" }

func families() []family {
	return []family{
		{"uniform", []string{"lower", "upper"}, func(p *params, g grid) (Dist, error) {
			return newUniform(p.duration(0), p.duration(1), g.step)
		}},
		{"constant", []string{"value"}, func(p *params, g grid) (Dist, error) {
			return newConstant(p.duration(0), g.step)
		}},
		{"normal", []string{"mean", "sd"}, func(p *params, g grid) (Dist, error) {
			return newNormal(p.duration(0), p.duration(1), g.step)
		}},
		{"lognormal", []string{"median", "sigma"}, func(p *params, g grid) (Dist, error) {
			return newLognormal(p.duration(0), p.number(1), g.step)
		}},
		{"exponential", []string{"mean"}, func(p *params, g grid) (Dist, error) {
			return newExponential(p.duration(0), g.step)
		}},
		{"empirical", []string{"file"}, func(p *params, g grid) (Dist, error) {
			return newEmpirical(p.all, g)
		}},
		{"bootstrap", []string{"file", "block"}, func(p *params, g grid) (Dist, error) {
			return newBootstrap(p.all, g)
		}},
		{"replay", []string{"file"}, func(p *params, g grid) (Dist, error) {
			return newReplay(p.all, g)
		}},
	}
}

// split takes a notation apart, into its family and the text between its
// parentheses.
func split(text string) (f family, args string, err error) {
	name, args, called := strings.Cut(text, "(")
	name = strings.TrimSpace(name)
	f, err = familyOf(name)
	switch {
	case err != nil:
		return f, "", err
	case !called:
		return f, "", fmt.Errorf("%s has no parameters, want %s", name, f.usage())
	case !strings.Contains(args, ")"):
		return f, "", fmt.Errorf("%.60s has no closing parenthesis, want %s", text, f.usage())
	case !strings.HasSuffix(args, ")"):
		return f, "", fmt.Errorf("%.60s goes on after its closing parenthesis, want %s", text, f.usage())
	}
	return f, strings.TrimSpace(strings.TrimSuffix(args, ")")), nil
}

func familyOf(name string) (family, error) {
	var names []string
	for _, f := range families() {
		if f.name == name {
			return f, nil
		}
		names = append(names, f.name)
	}
	if name == "" {
		return family{}, errors.New("no distribution, want " + choice.List(names))
	}
	return family{}, errors.New(choice.Unknown("distribution", name, names))
}
