package scenario

import (
	"encoding/json"
	"math"
	"strconv"
)

// Regular expressions that both JSON Schema (ECMA-262) and Go know. Whether a
// value is in its range is beyond them, but for zero.
const (
	spanPattern     = `(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h))+`
	durationPattern = `\+?(?:0|` + spanPattern + `)`
	countPattern    = `(?:[1-9][0-9]{0,5}|1000000)`
	namePattern     = `^\s*[A-Za-z0-9][A-Za-z0-9._+-]{0,63}\s*$`
)

// scalars are the notations that have no counterpart in JSON.
func scalars() properties {
	window := `\s*/\s*\+?` + spanPattern + `\s*$`
	return properties{
		{"name", &schema{
			Description: "1 to 64 letters, digits and any of - _ . +, with a letter or digit first.",
			Type:        "string", Pattern: namePattern,
		}},
		{"duration", &schema{
			Description: "A time of 0 or more: numbers with a unit, at most 744h.",
			Examples:    []any{"50ms", "1.5s", "1m30s", "500µs"},
			AnyOf:       []*schema{{Type: "string", Pattern: `^\s*` + durationPattern + `\s*$`}, {Const: 0}},
		}},
		{"positiveDuration", &schema{
			Description: "A time of more than 0: numbers with a unit, at most 744h.",
			Type:        "string",
			Examples:    []any{"25s", "50ms", "1m30s"},
			AllOf:       []*schema{{Pattern: `^\s*` + durationPattern + `\s*$`}, {Pattern: "[1-9]"}},
		}},
		{"limit", &schema{
			Description: "Requests per window: at most 1000000 in at most 744h.",
			Type:        "string",
			Examples:    []any{"20/1s", "20/1051ms", "100/1m"},
			AllOf:       []*schema{{Pattern: `^\s*` + countPattern + window}, {Pattern: "/.*[1-9]"}},
		}},
		{"rate", &schema{
			Description: "Requests per time; not given, what the server grants.",
			Type:        "string",
			Examples:    []any{"20/1s", "20/1051ms"},
			AllOf:       []*schema{{Pattern: `^\s*\+?0*[1-9][0-9]*` + window}, {Pattern: "/.*[1-9]"}},
		}},
		{"distribution", &schema{
			Description: "How a time is drawn: uniform(lower, upper), constant(value), normal(mean, sd), lognormal(median, sigma), " +
				"exponential(mean), empirical(file with one value a line), or a time for a constant. In braces it needs quotes.",
			Examples: []any{"uniform(0ms, 50ms)", "constant(5ms)", "normal(25ms, 8ms)", "lognormal(20ms, 0.5)", "exponential(10ms)", "empirical(latencies.csv)"},
			AnyOf:    []*schema{{Type: "string", Pattern: distributionPattern()}, {Const: 0}},
		}},
	}
}

func distributionPattern() string {
	const (
		one = `\s*\(\s*` + durationPattern + `\s*\)`
		two = `\s*\(\s*` + durationPattern + `\s*,\s*` + durationPattern + `\s*\)`
	)
	return `^\s*(?:` + durationPattern +
		`|(?:uniform|normal)` + two +
		`|(?:constant|exponential)` + one +
		`|lognormal\s*\(\s*` + durationPattern + `\s*,[^,]+\)` +
		`|empirical\s*\(.+\))\s*$`
}

// whole is a whole number from lo to hi.
func whole(description string, lo, hi int, standard any) *schema {
	return &schema{
		Description: description, Type: "integer", Default: standard,
		Minimum: json.Number(strconv.Itoa(lo)), Maximum: json.Number(strconv.Itoa(hi)),
	}
}

// unsignedNumber is any number that a seed can be.
func unsignedNumber(description string, standard any) *schema {
	return &schema{
		Description: description, Type: "integer", Default: standard,
		Minimum: "0", Maximum: json.Number(strconv.FormatUint(math.MaxUint64, 10)),
	}
}

func flagOf(description string, standard any) *schema {
	return &schema{Description: description, Type: "boolean", Default: standard}
}

func words(description string, standard any, all ...string) *schema {
	s := &schema{Description: description, Default: standard}
	for _, w := range all {
		s.Enum = append(s.Enum, w)
	}
	return s
}

// listOf is a list of at least one item.
func listOf(description string, item *schema) *schema {
	return &schema{Description: description, Type: "array", MinItems: 1, Items: item}
}
