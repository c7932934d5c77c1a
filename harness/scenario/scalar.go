package scenario

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/goccy/go-yaml/ast"

	"ratebench/harness/dist"
	"ratebench/harness/internal/choice"
)

// maxDuration bounds every duration of a scenario.
const maxDuration = 31 * 24 * time.Hour

// The methods below return what decodes one type of scalar into *p.

func (d *decoder) text(p *string) func(value) {
	return func(v value) {
		if s, ok := textOf(v.node); ok {
			*p = strings.TrimSpace(s)
			return
		}
		d.wrongType(v, "text, in quotes if need be")
	}
}

// oneOf decodes one of several words.
func (d *decoder) oneOf(p *string, words []string) func(value) {
	return func(v value) {
		word, ok := written(v.node)
		switch {
		case !ok:
			d.wrongType(v, choice.List(words))
		case !slices.Contains(words, word):
			d.errorf(v.node, "%s", choice.Unknown(v.key, word, words))
		default:
			*p = word
		}
	}
}

func (d *decoder) boolean(p *bool) func(value) {
	return func(v value) {
		b, ok := v.node.(*ast.BoolNode)
		if !ok {
			d.wrongType(v, "true or false")
			return
		}
		*p = b.Value
	}
}

// integer decodes a whole number from lo to hi, math.MinInt for no bounds, in
// plain decimal digits: YAML would also read octal, hexadecimal and underscores.
func (d *decoder) integer(p *int, lo, hi int) func(value) {
	want := "a whole number"
	if lo != math.MinInt {
		want = fmt.Sprintf("a whole number from %d to %d", lo, hi)
	}
	return func(v value) {
		n, err := parseInt(v.node.GetToken().Value)
		if _, ok := v.node.(*ast.IntegerNode); !ok || err != nil || n < lo || n > hi {
			d.wrongType(v, want)
			return
		}
		*p = n
	}
}

// parseInt reads plain decimal digits.
func parseInt(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err == nil && strconv.Itoa(n) != text {
		return 0, strconv.ErrSyntax
	}
	return n, err
}

func (d *decoder) unsigned(p *uint64) func(value) {
	return func(v value) {
		text := v.node.GetToken().Value
		n, err := strconv.ParseUint(text, 10, 64)
		if _, ok := v.node.(*ast.IntegerNode); !ok || err != nil || strconv.FormatUint(n, 10) != text {
			d.wrongType(v, fmt.Sprintf("a whole number from 0 to %d", uint64(math.MaxUint64)))
			return
		}
		*p = n
	}
}

// number decodes a finite number in decimal.
func (d *decoder) number(p *float64) func(value) {
	return func(v value) {
		x, err := strconv.ParseFloat(v.node.GetToken().Value, 64)
		switch v.node.(type) {
		case *ast.IntegerNode, *ast.FloatNode:
			if err == nil {
				*p = x
				return
			}
		}
		d.wrongType(v, "a finite number")
	}
}

func (d *decoder) duration(p *time.Duration, lo, hi time.Duration) func(value) {
	return func(v value) {
		text, ok := written(v.node)
		if !ok {
			d.wrongType(v, "a duration such as 1ms or 1s")
			return
		}
		t, err := dist.ParseDuration(text)
		switch {
		case err != nil:
			d.errorf(v.node, "%s %v", v.key, err)
		case t < lo || t > hi:
			d.errorf(v.node, "%s is %s, want %s", v.key, text, durationRange(lo, hi))
		default:
			*p = t
		}
	}
}

// durationRange says in words what lies between lo and hi.
func durationRange(lo, hi time.Duration) string {
	if lo == 1 {
		return "more than 0 and at most " + dist.FormatDuration(hi)
	}
	return dist.FormatDuration(lo) + " to " + dist.FormatDuration(hi)
}

func (d *decoder) distribution(p *dist.Dist) func(value) {
	return func(v value) {
		text, ok := written(v.node)
		if !ok {
			d.wrongType(v, "a distribution such as "+defaultLatency)
			return
		}
		parsed, err := dist.Parse(text, d.out.Step, d.open)
		if err != nil {
			d.errorf(v.node, "%s: %v", v.key, err)
			return
		}
		*p = parsed
	}
}

func (d *decoder) limit(p *Limit) func(value) {
	return func(v value) {
		text, ok := written(v.node)
		if !ok {
			d.wrongType(v, "requests/window such as 20/1s")
			return
		}
		l, err := ParseLimit(text)
		if err != nil {
			d.errorf(v.node, "%v", err)
			return
		}
		*p = l
	}
}

// pair decodes the bounds [lo, hi].
func (d *decoder) pair(p **[2]float64) func(value) {
	return func(v value) {
		s, ok := v.node.(*ast.SequenceNode)
		if !ok || len(s.Values) != 2 {
			d.wrongType(v, "two numbers, [lowest, highest]")
			return
		}
		before := len(d.problems)
		var bounds [2]float64
		for i, n := range s.Values {
			d.number(&bounds[i])(value{v.key, n})
		}
		switch {
		case len(d.problems) > before:
		case bounds[0] > bounds[1]:
			d.errorf(v.node, "%s has %v before %v, want [lowest, highest]", v.key, bounds[0], bounds[1])
		default:
			*p = &bounds
		}
	}
}

// sentence decodes text to show to people, on one line.
func (d *decoder) sentence(p *string) func(value) {
	return func(v value) {
		var s string
		d.text(&s)(v)
		s = strings.Join(strings.Fields(s), " ")
		if strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) {
			d.errorf(v.node, "%s has a character that cannot be shown, want plain text", v.key)
			return
		}
		*p = s
	}
}
