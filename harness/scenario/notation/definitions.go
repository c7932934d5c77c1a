// Package notation has how the values are written that only scenarios have:
// limits, distributions, names, and the parameters of limiters.
package notation

import (
	"slices"

	"ratebench/harness/yamlfile"
)

// Regular expressions that both JSON Schema (ECMA-262) and Go know.
const (
	countPattern = `(?:[1-9][0-9]{0,5}|1000000)`
	namePattern  = `^\s*[A-Za-z0-9][A-Za-z0-9._+-]{0,63}\s*$`
)

// Definitions are the notations of a scenario that have no counterpart in JSON,
// those of yamlfile too.
func Definitions() yamlfile.Properties {
	window := `\s*/\s*\+?` + yamlfile.SpanPattern + `\s*$`
	return slices.Concat(yamlfile.Properties{
		{Name: "name", Schema: &yamlfile.Schema{
			Description: "1 to 64 letters, digits and any of - _ . +, with a letter or digit first.",
			Type:        "string", Pattern: namePattern,
		}},
	}, yamlfile.Definitions(), yamlfile.Properties{
		{Name: "limit", Schema: &yamlfile.Schema{
			Description: "Requests per window: at most 1000000 in at most 744h.",
			Type:        "string",
			Examples:    []any{"20/1s", "20/1051ms", "100/1m"},
			AllOf:       []*yamlfile.Schema{{Pattern: `^\s*` + countPattern + window}, {Pattern: "/.*[1-9]"}},
		}},
		{Name: "rate", Schema: &yamlfile.Schema{
			Description: "Requests per time; not given, what the server grants.",
			Type:        "string",
			Examples:    []any{"20/1s", "20/1051ms"},
			AllOf:       []*yamlfile.Schema{{Pattern: `^\s*\+?0*[1-9][0-9]*` + window}, {Pattern: "/.*[1-9]"}},
		}},
		{Name: "distribution", Schema: &yamlfile.Schema{
			Description: "How a time is drawn: uniform(lower, upper), constant(value), normal(mean, sd), lognormal(median, sigma), " +
				"exponential(mean), empirical(file with one value a line), bootstrap(file, values one after another), replay(file), or a time for a constant. In braces it needs quotes.",
			Examples: []any{"uniform(0ms, 50ms)", "constant(5ms)", "normal(25ms, 8ms)", "lognormal(20ms, 0.5)", "exponential(10ms)", "empirical(latencies.csv)", "bootstrap(latencies.csv, 40)"},
			AnyOf:    []*yamlfile.Schema{{Type: "string", Pattern: distributionPattern()}, {Const: 0}},
		}},
	})
}

func distributionPattern() string {
	const (
		one = `\s*\(\s*` + yamlfile.DurationPattern + `\s*\)`
		two = `\s*\(\s*` + yamlfile.DurationPattern + `\s*,\s*` + yamlfile.DurationPattern + `\s*\)`
	)
	return `^\s*(?:` + yamlfile.DurationPattern +
		`|(?:uniform|normal)` + two +
		`|(?:constant|exponential)` + one +
		`|lognormal\s*\(\s*` + yamlfile.DurationPattern + `\s*,[^,]+\)` +
		`|(empirical|replay)\s*\(.+\)` +
		`|bootstrap\s*\(.+,\s*[0-9]+\s*\))\s*$`
}
