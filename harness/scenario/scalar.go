package scenario

import (
	"encoding/json"
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

// maxDuration bounds every duration.
const maxDuration = 31 * 24 * time.Hour

// The functions below are the notations of single values.

func text(p *string) notation {
	return notation{
		kind: "text", schema: schema{Type: "string"}, text: func() string { return *p },
		decode: func(d *decoder, v value) {
			if s, ok := textOf(v.node); ok {
				*p = strings.TrimSpace(s)
				return
			}
			d.wrongType(v, "text, in quotes if need be")
		},
	}
}

// line is text to show to people, on one line.
func line(p *string) notation {
	n := text(p)
	decode := n.decode
	n.decode = func(d *decoder, v value) {
		decode(d, v)
		*p = strings.Join(strings.Fields(*p), " ")
		if strings.ContainsFunc(*p, func(r rune) bool { return !unicode.IsPrint(r) }) {
			d.errorf(v.node, "%s has a character that cannot be shown, want plain text", v.key)
		}
	}
	return n
}

// oneOf is one of several words.
func oneOf(p *string, words ...Word) notation {
	var values []string
	s := schema{}
	for _, w := range words {
		values, s.Enum = append(values, w.Value), append(s.Enum, w.Value)
	}
	if *p != "" {
		s.Default = *p
	}
	return notation{
		kind: "text", schema: s, words: words, text: func() string { return *p },
		decode: func(d *decoder, v value) {
			word, ok := written(v.node)
			switch {
			case !ok:
				d.wrongType(v, choice.List(values))
			case !slices.Contains(values, word):
				d.errorf(v.node, "%s", choice.Unknown(v.key, word, values))
			default:
				*p = word
			}
		},
	}
}

func boolean(p *bool) notation {
	return notation{
		kind: "boolean", schema: schema{Type: "boolean", Default: *p}, text: func() string { return strconv.FormatBool(*p) },
		decode: func(d *decoder, v value) {
			b, ok := v.node.(*ast.BoolNode)
			if !ok {
				d.wrongType(v, "true or false")
				return
			}
			*p = b.Value
		},
	}
}

// integer is a whole number from lo to hi, math.MinInt for no bounds, in plain
// decimal digits: YAML would also read octal, hexadecimal and underscores.
func integer(p *int, lo, hi int) notation {
	want, s := "a whole number", schema{Type: "integer", Default: *p}
	if lo != math.MinInt {
		want = fmt.Sprintf("a whole number from %d to %d", lo, hi)
		s.Minimum, s.Maximum = json.Number(strconv.Itoa(lo)), json.Number(strconv.Itoa(hi))
	}
	return notation{
		kind: "integer", schema: s, text: func() string { return strconv.Itoa(*p) },
		decode: func(d *decoder, v value) {
			n, err := parseInt(v.node.GetToken().Value)
			if _, ok := v.node.(*ast.IntegerNode); !ok || err != nil || n < lo || n > hi {
				d.wrongType(v, want)
				return
			}
			*p = n
		},
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

// unsigned is any number that a seed can be.
func unsigned(p *uint64) notation {
	most := strconv.FormatUint(math.MaxUint64, 10)
	return notation{
		kind:   "integer",
		schema: schema{Type: "integer", Default: *p, Minimum: "0", Maximum: json.Number(most)},
		text:   func() string { return strconv.FormatUint(*p, 10) },
		decode: func(d *decoder, v value) {
			text := v.node.GetToken().Value
			n, err := strconv.ParseUint(text, 10, 64)
			if _, ok := v.node.(*ast.IntegerNode); !ok || err != nil || strconv.FormatUint(n, 10) != text {
				d.wrongType(v, "a whole number from 0 to "+most)
				return
			}
			*p = n
		},
	}
}

// number is a finite number in decimal.
func number(p *float64) notation {
	return notation{
		kind: "number", schema: schema{Type: "number", Default: *p}, text: func() string { return formatNumber(*p) },
		decode: func(d *decoder, v value) {
			if x, ok := d.number(v); ok {
				*p = x
			}
		},
	}
}

// numberFrom is a number from lo to hi; want says so in words.
func numberFrom(p *float64, lo, hi float64, want string) notation {
	n := number(p)
	n.schema.Minimum, n.schema.Maximum = json.Number(formatNumber(lo)), json.Number(formatNumber(hi))
	n.decode = func(d *decoder, v value) {
		switch x, ok := d.number(v); {
		case !ok:
		case x < lo || x > hi:
			d.errorf(v.node, "%s is %v, want %s", v.key, x, want)
		default:
			*p = x
		}
	}
	return n
}

func probability(p *float64) notation { return numberFrom(p, 0, 1, "a probability from 0 to 1") }

func formatNumber(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// number reads a finite number, or reports that v is none.
func (d *decoder) number(v value) (float64, bool) {
	x, err := strconv.ParseFloat(v.node.GetToken().Value, 64)
	switch v.node.(type) {
	case *ast.IntegerNode, *ast.FloatNode:
		if err == nil {
			return x, true
		}
	}
	d.wrongType(v, "a finite number")
	return 0, false
}

// bounds are two numbers, [lowest, highest].
func bounds(p **[2]float64) notation {
	return notation{
		kind:   "list",
		schema: schema{Type: "array", Items: &schema{Type: "number"}, MinItems: 2, MaxItems: 2},
		text: func() string {
			if *p == nil {
				return ""
			}
			return "[" + formatNumber((*p)[0]) + ", " + formatNumber((*p)[1]) + "]"
		},
		decode: func(d *decoder, v value) {
			s, ok := v.node.(*ast.SequenceNode)
			if !ok || len(s.Values) != 2 {
				d.wrongType(v, "two numbers, [lowest, highest]")
				return
			}
			lo, okLo := d.number(value{key: v.key, node: s.Values[0]})
			hi, okHi := d.number(value{key: v.key, node: s.Values[1]})
			switch {
			case !okLo || !okHi:
			case lo > hi:
				d.errorf(v.node, "%s has %v before %v, want [lowest, highest]", v.key, lo, hi)
			default:
				*p = &[2]float64{lo, hi}
			}
		},
	}
}

// duration is a time from lo to hi.
func duration(p *time.Duration, lo, hi time.Duration) notation {
	n := notation{kind: "duration", text: func() string { return dist.FormatDuration(*p) }}
	switch {
	case lo > 0:
		n.schema = reference("positiveDuration", n.text())
	case lo == 0:
		n.schema = reference("duration", n.text())
	default:
		n.schema = schema{AnyOf: []*schema{{Type: "string", Pattern: `^\s*-?` + durationPattern + `\s*$`}, {Const: 0}}}
	}
	n.decode = func(d *decoder, v value) {
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
	return n
}

// durationRange says in words what lies between lo and hi.
func durationRange(lo, hi time.Duration) string {
	if lo == 1 {
		return "more than 0 and at most " + dist.FormatDuration(hi)
	}
	return dist.FormatDuration(lo) + " to " + dist.FormatDuration(hi)
}
