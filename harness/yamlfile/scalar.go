package yamlfile

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

// MaxDuration bounds every duration.
const MaxDuration = 31 * 24 * time.Hour

// The functions below are the notations of single values.

// Text is any text, without the blanks around it.
func Text(p *string) Notation {
	return Notation{
		Kind: "text", Schema: Schema{Type: "string"}, Text: func() string { return *p },
		Decode: func(d *Decoder, v Value) {
			if s, ok := TextOf(v.Node); ok {
				*p = strings.TrimSpace(s)
				return
			}
			d.WrongType(v, "text, in quotes if need be")
		},
	}
}

// Line is text to show to people, on one line.
func Line(p *string) Notation {
	n := Text(p)
	decode := n.Decode
	n.Decode = func(d *Decoder, v Value) {
		decode(d, v)
		*p = strings.Join(strings.Fields(*p), " ")
		if strings.ContainsFunc(*p, func(r rune) bool { return !unicode.IsPrint(r) }) {
			d.Errorf(v.Node, "%s has a character that cannot be shown, want plain text", v.Key)
		}
	}
	return n
}

// OneOf is one of several words.
func OneOf(p *string, words ...Word) Notation {
	var values []string
	s := Schema{}
	for _, w := range words {
		values, s.Enum = append(values, w.Value), append(s.Enum, w.Value)
	}
	if *p != "" {
		s.Default = *p
	}
	return Notation{
		Kind: "text", Schema: s, Words: words, Text: func() string { return *p },
		Decode: func(d *Decoder, v Value) {
			word, ok := Written(v.Node)
			switch {
			case !ok:
				d.WrongType(v, choice.List(values))
			case !slices.Contains(values, word):
				d.Errorf(v.Node, "%s", choice.Unknown(v.Key, word, values))
			default:
				*p = word
			}
		},
	}
}

// Boolean is true or false.
func Boolean(p *bool) Notation {
	return Notation{
		Kind: "boolean", Schema: Schema{Type: "boolean", Default: *p}, Text: func() string { return strconv.FormatBool(*p) },
		Decode: func(d *Decoder, v Value) {
			b, ok := v.Node.(*ast.BoolNode)
			if !ok {
				d.WrongType(v, "true or false")
				return
			}
			*p = b.Value
		},
	}
}

// Integer is a whole number from lo to hi, math.MinInt for no bounds, in plain
// decimal digits: YAML would also read octal, hexadecimal and underscores.
func Integer(p *int, lo, hi int) Notation {
	want, s := "a whole number", Schema{Type: "integer", Default: *p}
	if lo != math.MinInt {
		want = fmt.Sprintf("a whole number from %d to %d", lo, hi)
		s.Minimum, s.Maximum = json.Number(strconv.Itoa(lo)), json.Number(strconv.Itoa(hi))
	}
	return Notation{
		Kind: "integer", Schema: s, Text: func() string { return strconv.Itoa(*p) },
		Decode: func(d *Decoder, v Value) {
			n, err := ParseInt(v.Node.GetToken().Value)
			if _, ok := v.Node.(*ast.IntegerNode); !ok || err != nil || n < lo || n > hi {
				d.WrongType(v, want)
				return
			}
			*p = n
		},
	}
}

// ParseInt reads plain decimal digits, with a minus sign if need be. Any other
// notation, such as +1 or 007, is an error.
func ParseInt(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err == nil && strconv.Itoa(n) != text {
		return 0, strconv.ErrSyntax
	}
	return n, err
}

// Unsigned is any whole number of 64 bits, from 0.
func Unsigned(p *uint64) Notation {
	most := strconv.FormatUint(math.MaxUint64, 10)
	return Notation{
		Kind:   "integer",
		Schema: Schema{Type: "integer", Default: *p, Minimum: "0", Maximum: json.Number(most)},
		Text:   func() string { return strconv.FormatUint(*p, 10) },
		Decode: func(d *Decoder, v Value) {
			text := v.Node.GetToken().Value
			n, err := strconv.ParseUint(text, 10, 64)
			if _, ok := v.Node.(*ast.IntegerNode); !ok || err != nil || strconv.FormatUint(n, 10) != text {
				d.WrongType(v, "a whole number from 0 to "+most)
				return
			}
			*p = n
		},
	}
}

// Number is a finite number in decimal.
func Number(p *float64) Notation {
	return Notation{
		Kind: "number", Schema: Schema{Type: "number", Default: *p}, Text: func() string { return FormatNumber(*p) },
		Decode: func(d *Decoder, v Value) {
			if x, ok := d.number(v); ok {
				*p = x
			}
		},
	}
}

// NumberFrom is a number from lo to hi; want says so in words.
func NumberFrom(p *float64, lo, hi float64, want string) Notation {
	n := Number(p)
	n.Schema.Minimum, n.Schema.Maximum = json.Number(FormatNumber(lo)), json.Number(FormatNumber(hi))
	n.Decode = func(d *Decoder, v Value) {
		switch x, ok := d.number(v); {
		case !ok:
		case x < lo || x > hi:
			d.Errorf(v.Node, "%s is %v, want %s", v.Key, x, want)
		default:
			*p = x
		}
	}
	return n
}

// Probability is a number from 0 to 1.
func Probability(p *float64) Notation { return NumberFrom(p, 0, 1, "a probability from 0 to 1") }

// FormatNumber is a number in decimal, as short as it can be read back.
func FormatNumber(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// number reads a finite number, or reports that v is none.
func (d *Decoder) number(v Value) (float64, bool) {
	x, err := strconv.ParseFloat(v.Node.GetToken().Value, 64)
	switch v.Node.(type) {
	case *ast.IntegerNode, *ast.FloatNode:
		if err == nil {
			return x, true
		}
	}
	d.WrongType(v, "a finite number")
	return 0, false
}

// Bounds are two numbers, [lowest, highest]; nil is none.
func Bounds(p **[2]float64) Notation {
	return Notation{
		Kind:   "list",
		Schema: Schema{Type: "array", Items: &Schema{Type: "number"}, MinItems: 2, MaxItems: 2},
		Text: func() string {
			if *p == nil {
				return ""
			}
			return "[" + FormatNumber((*p)[0]) + ", " + FormatNumber((*p)[1]) + "]"
		},
		Decode: func(d *Decoder, v Value) {
			s, ok := v.Node.(*ast.SequenceNode)
			if !ok || len(s.Values) != 2 {
				d.WrongType(v, "two numbers, [lowest, highest]")
				return
			}
			lo, okLo := d.number(Value{Key: v.Key, Node: s.Values[0]})
			hi, okHi := d.number(Value{Key: v.Key, Node: s.Values[1]})
			switch {
			case !okLo || !okHi:
			case lo > hi:
				d.Errorf(v.Node, "%s has %v before %v, want [lowest, highest]", v.Key, lo, hi)
			default:
				*p = &[2]float64{lo, hi}
			}
		},
	}
}

// Duration is a time from lo to hi; a lo of 1, the least there is, is for times of
// more than 0.
func Duration(p *time.Duration, lo, hi time.Duration) Notation {
	n := Notation{Kind: "duration", Text: func() string { return dist.FormatDuration(*p) }}
	switch {
	case lo > 0:
		n.Schema = Reference("positiveDuration", n.Text())
	case lo == 0:
		n.Schema = Reference("duration", n.Text())
	default:
		n.Schema = Schema{AnyOf: []*Schema{{Type: "string", Pattern: `^\s*-?` + DurationPattern + `\s*$`}, {Const: 0}}}
	}
	n.Decode = func(d *Decoder, v Value) {
		text, ok := Written(v.Node)
		if !ok {
			d.WrongType(v, "a duration such as 1ms or 1s")
			return
		}
		t, err := dist.ParseDuration(text)
		switch {
		case err != nil:
			d.Errorf(v.Node, "%s %v", v.Key, err)
		case t < lo || t > hi:
			d.Errorf(v.Node, "%s is %s, want %s", v.Key, text, DurationRange(lo, hi))
		default:
			*p = t
		}
	}
	return n
}

// DurationRange says in words what lies between lo and hi.
func DurationRange(lo, hi time.Duration) string {
	if lo == 1 {
		return "more than 0 and at most " + dist.FormatDuration(hi)
	}
	return dist.FormatDuration(lo) + " to " + dist.FormatDuration(hi)
}
