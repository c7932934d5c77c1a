package rules

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"ratebench/harness/dist"
	"ratebench/harness/yamlfile"
)

// A Draw is how an amount is drawn: always the same, or by a distribution.
type Draw struct {
	text string
	of   dist.Dist // of as many ns as it is units; nil: always 0
}

// String is the notation of a scenario.
func (d Draw) String() string {
	if d.text == "" {
		return "0"
	}
	return d.text
}

// Always is the amount n.
func Always(n int64) Draw {
	d, err := ParseDraw(fmt.Sprint(n))
	if err != nil {
		panic("rules: " + err.Error()) // a number that nobody can write
	}
	return d
}

// Constant returns the amount if it is always the same.
func (d Draw) Constant() (n int64, ok bool) {
	if d.of == nil {
		return 0, true
	}
	low, high := d.of.Support()
	return int64(low), low == high
}

// Least is the least of the amounts.
func (d Draw) Least() int64 {
	if n, ok := d.Constant(); ok {
		return n
	}
	low, _ := d.of.Support()
	return max(1, int64(low))
}

// At is the amount at a quantile u, 0 to 1, both left out. What varies is never
// less than 1.
func (d Draw) At(u float64) int64 {
	if n, ok := d.Constant(); ok {
		return n
	}
	return min(max(1, int64(d.of.Quantile(u))), MaxAmount)
}

// Mean is that of the amounts.
func (d Draw) Mean() float64 {
	if d.of == nil {
		return 0
	}
	return float64(d.of.Mean())
}

// number is one without a unit: a parameter that is an amount.
var number = regexp.MustCompile(`^[0-9]+$`)

// ParseDraw reads a whole number, or a distribution of them such as
// "uniform(1, 9)" or "lognormal(500, 0.8)".
func ParseDraw(text string) (Draw, error) {
	text = strings.Join(strings.Fields(text), " ")
	inNs, err := withUnits(text)
	if err != nil {
		return Draw{}, err
	}
	d, err := dist.Parse(inNs, 1, nil)
	if err != nil {
		return Draw{}, fmt.Errorf("%.60q is no amount, want a whole number from 0 to %d, or uniform(1, 9), normal(5, 2), lognormal(5, 0.5) or exponential(5)", text, MaxAmount)
	}
	if low, high := d.Support(); low > MaxAmount || low == high && low < 0 || d.Mean() > MaxAmount {
		return Draw{}, fmt.Errorf("%.60q is more than %d, want less", text, MaxAmount)
	}
	return Draw{text, d}, nil
}

// withUnits writes an amount as a time of as many ns. Of a lognormal one the
// second parameter is a plain number anyway.
func withUnits(text string) (string, error) {
	family, args, called := strings.Cut(text, "(")
	if !called {
		if !number.MatchString(text) {
			return "", fmt.Errorf("%.60q is no amount, want a whole number from 0 to %d", text, MaxAmount)
		}
		return text + "ns", nil
	}
	parts := strings.Split(strings.TrimSuffix(args, ")"), ",")
	for i, p := range parts {
		p = strings.TrimSpace(p)
		if i == 1 && strings.TrimSpace(family) == "lognormal" {
			continue
		}
		if !number.MatchString(p) {
			return "", fmt.Errorf("%.60q has the parameter %.60q, want a whole number", text, p)
		}
		parts[i] = p + "ns"
	}
	if !strings.HasSuffix(args, ")") {
		return family + "(" + strings.Join(parts, ", "), nil
	}
	return family + "(" + strings.Join(parts, ", ") + ")", nil
}

// A Cost is what a request costs the limits that count this cost.
type Cost struct {
	Name string // "": those that name none
	Draw Draw
}

// ofCosts is an amount, or a mapping from the names of costs to amounts.
func ofCosts(p *[]Cost) yamlfile.Notation {
	draw := yamlfile.Reference("draw", "")
	return yamlfile.Notation{
		Kind: "cost", JSON: true,
		Schema: yamlfile.Schema{AnyOf: []*yamlfile.Schema{&draw, {Type: "object", MinKeys: 1, MaxKeys: maxCosts}}},
		Text:   func() string { return costsText(*p) },
		Unset:  func() bool { return len(*p) == 0 },
		Decode: func(d *yamlfile.Decoder, v yamlfile.Value) {
			m, ok := v.Node.(*ast.MappingNode)
			if !ok {
				if c, ok := decodeCost(d, v, ""); ok {
					*p = []Cost{c}
				}
				return
			}
			*p = decodeCosts(d, v, m)
		},
	}
}

// maxCosts is how many costs a request can have.
const maxCosts = 10

func decodeCosts(d *yamlfile.Decoder, v yamlfile.Value, m *ast.MappingNode) []Cost {
	if n := len(m.Values); n == 0 || n > maxCosts {
		d.Errorf(v.Node, "%s has %d names, want 1 to %d", v.Key, n, maxCosts)
		return nil
	}
	var all []Cost
	seen := map[string]bool{}
	for _, e := range m.Values {
		var name string
		before := len(d.Problems)
		optionalName(&name).Decode(d, yamlfile.Value{Key: "name of a cost", Node: e.Key})
		switch c, ok := decodeCost(d, yamlfile.Value{Key: v.Key + " " + name, Node: e.Value}, name); {
		case len(d.Problems) > before || !ok:
		case seen[name]:
			d.Errorf(e.Key, "%s has %s twice, want it once", v.Key, name)
		default:
			seen[name] = true
			all = append(all, c)
		}
	}
	return all
}

func decodeCost(d *yamlfile.Decoder, v yamlfile.Value, name string) (Cost, bool) {
	text, ok := yamlfile.Written(v.Node)
	if !ok {
		d.WrongType(v, "an amount such as 5 or uniform(1, 9), or a mapping from names of costs to amounts")
		return Cost{}, false
	}
	draw, err := ParseDraw(text)
	if err != nil {
		d.Errorf(v.Node, "%s %v", v.Key, err)
		return Cost{}, false
	}
	return Cost{name, draw}, true
}

// costsText is the notation in JSON.
func costsText(costs []Cost) string {
	if len(costs) == 1 && costs[0].Name == "" {
		return costs[0].Draw.json()
	}
	var parts []string
	for _, c := range costs {
		parts = append(parts, fmt.Sprintf("%q:%s", c.Name, c.Draw.json()))
	}
	return "{" + strings.Join(parts, ",") + "}"
}

func (d Draw) json() string {
	if number.MatchString(d.String()) {
		return d.String()
	}
	return fmt.Sprintf("%q", d.String())
}
