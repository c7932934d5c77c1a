package scenario

import "slices"

// Regular expressions that both JSON Schema (ECMA-262) and Go know.
const (
	countPattern = `(?:[1-9][0-9]{0,5}|1000000)`
	namePattern  = `^\s*[A-Za-z0-9][A-Za-z0-9._+-]{0,63}\s*$`
)

// scenarioDefinitions are the notations that have no counterpart in JSON.
func scenarioDefinitions() properties {
	window := `\s*/\s*\+?` + spanPattern + `\s*$`
	return slices.Concat(properties{
		{name: "name", schema: &schema{
			Description: "1 to 64 letters, digits and any of - _ . +, with a letter or digit first.",
			Type:        "string", Pattern: namePattern,
		}},
	}, definitions(), properties{
		{name: "limit", schema: &schema{
			Description: "Requests per window: at most 1000000 in at most 744h.",
			Type:        "string",
			Examples:    []any{"20/1s", "20/1051ms", "100/1m"},
			AllOf:       []*schema{{Pattern: `^\s*` + countPattern + window}, {Pattern: "/.*[1-9]"}},
		}},
		{name: "rate", schema: &schema{
			Description: "Requests per time; not given, what the server grants.",
			Type:        "string",
			Examples:    []any{"20/1s", "20/1051ms"},
			AllOf:       []*schema{{Pattern: `^\s*\+?0*[1-9][0-9]*` + window}, {Pattern: "/.*[1-9]"}},
		}},
		{name: "distribution", schema: &schema{
			Description: "How a time is drawn: uniform(lower, upper), constant(value), normal(mean, sd), lognormal(median, sigma), " +
				"exponential(mean), empirical(file with one value a line), or a time for a constant. In braces it needs quotes.",
			Examples: []any{"uniform(0ms, 50ms)", "constant(5ms)", "normal(25ms, 8ms)", "lognormal(20ms, 0.5)", "exponential(10ms)", "empirical(latencies.csv)"},
			AnyOf:    []*schema{{Type: "string", Pattern: distributionPattern()}, {Const: 0}},
		}},
	})
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
