package rules

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"ratebench/harness/scenario/notation"
	"ratebench/harness/yamlfile"
)

// A Kind is a kind of request.
type Kind struct {
	// Route is what it is called, unlike the others. Required.
	Route string
	// Share is how many of all requests are of this kind, in millionths. Those
	// of all kinds add up to Whole. Required.
	Share int64
	// Costs are what one costs; a cost that is not among them is 1 if it has no
	// name, and else 0.
	Costs []Cost
	// Settled are the costs that turn out to be others than what was charged:
	// the limits that settle are told them with the answer.
	Settled []Cost
	// Resources is how many things the requests are about, each as often: 1,
	// the default, to 10^6.
	Resources int
	// Match are patterns of net/http.ServeMux, without a host, that find requests
	// of this kind among those that other clients send: a method, if it matters,
	// and a path. The first wildcard is what they are about.
	Match []string
}

// Whole is the sum of all shares.
const Whole = 1_000_000

// Cost is what a kind of request costs by a name.
func (k *Kind) Cost(name string) Draw { return costOf(k.Costs, name) }

// SettledCost is what it turns out to cost.
func (k *Kind) SettledCost(name string) Draw {
	if i := slices.IndexFunc(k.Settled, func(c Cost) bool { return c.Name == name }); i >= 0 {
		return k.Settled[i].Draw
	}
	return k.Cost(name)
}

func costOf(costs []Cost, name string) Draw {
	for _, c := range costs {
		if c.Name == name {
			return c.Draw
		}
	}
	if name == "" {
		return one
	}
	return Draw{}
}

// one is what a request costs where nothing else is said.
var one = Always(1)

// OfMix is a list of kinds of requests.
func OfMix(p *[]Kind) yamlfile.Notation {
	n := yamlfile.List[Kind]{
		Items: p, Want: "a list of kinds of requests, each - {route: read, share: 90%}",
		Name: "kind of request", Help: "a kind of request",
		Fields: kindFields,
		Check: func(d *yamlfile.Decoder, kinds []Kind, at yamlfile.Found) {
			last := len(kinds) - 1
			for _, k := range kinds[:last] {
				if at.OK && k.Route == kinds[last].Route {
					d.Errorf(at.Values["route"], "route %s is there twice, want different ones", k.Route)
					return
				}
			}
			checkMatch(d, kinds, at)
		},
	}.Notation()
	decode := n.Decode
	n.Decode = func(d *yamlfile.Decoder, v yamlfile.Value) {
		before := len(d.Problems)
		decode(d, v)
		sum := int64(0)
		for _, k := range *p {
			sum += k.Share
		}
		if len(d.Problems) == before && sum != Whole {
			d.Errorf(v.Node, "shares of %s add up to %s, want 100%%", v.Key, percent(sum))
		}
	}
	n.Unset = func() bool { return len(*p) == 0 }
	return n
}

func kindFields(k *Kind) []yamlfile.Field {
	k.Resources = max(1, k.Resources)
	resources := yamlfile.Integer(&k.Resources, 1, 1_000_000)
	return []yamlfile.Field{
		yamlfile.Key("route", "what the kind is called, unlike the others", yamlfile.Required(notation.OfName(&k.Route, nil), "route: read")),
		yamlfile.Key("share", "how many of all requests are of this kind; those of all kinds add up to 100%", yamlfile.Required(ofShare(&k.Share), "share: 90%")),
		yamlfile.Key("cost", "what one costs: an amount, a distribution of amounts, or a mapping from names of costs to such; 1 by default", ofCosts(&k.Costs)),
		yamlfile.Key("settled", "what it turns out to cost, which limits with settle are told with the answer; as cost by default", ofCosts(&k.Settled)),
		yamlfile.Key("resource", "how many things the requests are about, each as often", resources),
		yamlfile.Key("match", "how requests of this kind are found among those of other clients: methods and paths as in net/http, whose first wildcard is what they are about", ofMatch(&k.Match)),
	}
}

var shareNotation = regexp.MustCompile(`^[0-9]{1,3}(?:\.[0-9]{1,4})?%$`)

// ofShare is a number of percent.
func ofShare(p *int64) yamlfile.Notation {
	return yamlfile.Notation{
		Kind: "percent", Schema: yamlfile.Reference("share", ""), Text: func() string { return percent(*p) },
		Decode: func(d *yamlfile.Decoder, v yamlfile.Value) {
			text, _ := yamlfile.Written(v.Node)
			text = strings.TrimSpace(text)
			x, err := strconv.ParseFloat(strings.TrimSuffix(text, "%"), 64)
			if !shareNotation.MatchString(text) || err != nil || x <= 0 || x > 100 {
				d.WrongType(v, "more than 0% and at most 100%, such as 90%")
				return
			}
			*p = int64(math.Round(x * Whole / 100))
		},
	}
}

func percent(millionths int64) string {
	return yamlfile.FormatNumber(float64(millionths)*100/Whole) + "%"
}

// Definitions are the notations here that have no counterpart in JSON.
func Definitions() yamlfile.Properties {
	return yamlfile.Properties{
		{Name: "amount", Schema: &yamlfile.Schema{
			Description: fmt.Sprintf("An amount per time: at most %d per at most 744h.", MaxAmount),
			Type:        "string",
			Examples:    []any{"20/1s", "100000/24h"},
			AllOf:       []*yamlfile.Schema{{Pattern: `^\s*(?:[1-9][0-9]{0,8}|1000000000)\s*/\s*\+?` + yamlfile.SpanPattern + `\s*$`}, {Pattern: "/.*[1-9]"}},
		}},
		{Name: "draw", Schema: &yamlfile.Schema{
			Description: "A whole number, or how one is drawn: uniform(lower, upper), normal(mean, sd), lognormal(median, sigma) or exponential(mean).",
			Examples:    []any{5, "uniform(1, 9)", "lognormal(500, 0.8)"},
			AnyOf: []*yamlfile.Schema{
				{Type: "integer", Minimum: "0", Maximum: "1000000000"},
				{Type: "string", Pattern: `^\s*(?:[0-9]+|(?:uniform|normal)\s*\(\s*[0-9]+\s*,\s*[0-9]+\s*\)|(?:constant|exponential)\s*\(\s*[0-9]+\s*\)|lognormal\s*\(\s*[0-9]+\s*,[^,]+\))\s*$`},
			},
		}},
		{Name: "share", Schema: &yamlfile.Schema{
			Description: "A number of percent, of more than 0% and at most 100%.",
			Type:        "string",
			Examples:    []any{"100%", "7.5%"},
			AllOf:       []*yamlfile.Schema{{Pattern: `^\s*[0-9]{1,3}(?:\.[0-9]{1,4})?%\s*$`}, {Pattern: "[1-9]"}},
		}},
	}
}
