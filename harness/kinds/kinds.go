// Package kinds is the table of the limiters that scenarios can ask for by
// name. Whoever reads scenarios passes a table along, so that a program of
// one's own can add a kind:
//
//	mine := append(kinds.All(), kinds.Kind{
//		Name: "my-limiter", Summary: "what it does",
//		New: func() (limiter.Config, []kinds.Parameter) {
//			c := &MyLimiter{Margin: 5 * time.Millisecond}
//			return c, []kinds.Parameter{{Name: "margin", Help: "what it is for", Value: &c.Margin}}
//		},
//	})
package kinds

import "ratebench/clients/limiter"

// A Kind is a limiter that a scenario can ask for by name.
type Kind struct {
	// Name is that of the scenario file. Required, and different from those of
	// the other kinds.
	Name string
	// Summary says in one line what it does, Formula when the next request may
	// leave, and Source where the algorithm comes from. Formula and Source are
	// optional.
	Summary, Formula, Source string
	// Polls says that the original waits by polling every millisecond.
	Polls bool
	// New returns a configuration with its defaults, and what a scenario can
	// set of it. Required.
	New func() (limiter.Config, []Parameter)
}

// Names are those of a table of kinds, in its order.
func Names(table []Kind) []string {
	names := make([]string, len(table))
	for i, k := range table {
		names[i] = k.Name
	}
	return names
}

// A Parameter is what a scenario can set of a limiter: the one statement from
// which the decoder, the schema and the explanations are made. The default is
// what Value holds.
type Parameter struct {
	// Name is the key in the scenario file.
	Name string
	// Help says in one line what it is.
	Help string
	// Value points at the field of the configuration: a *time.Duration, *int,
	// *uint64, *float64, *string, *bool or an encoding.TextUnmarshaler, such
	// as a *limiter.Rate; or it is a []Parameter, for a mapping.
	Value any
	// Scale says which values are worth trying; the zero value is none but the
	// default.
	Scale Scale
	// Words are what a *string can be: the decoder refuses any other. Nil is any
	// text.
	Words []string
}
