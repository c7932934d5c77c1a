package compare

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"ratebench/harness/internal/choice"
	"ratebench/harness/metrics"
)

// A Condition is a change that must not be, such as tps<-2% or 429>+5.
type Condition struct {
	Text    string // as written
	Metric  string // one of the catalogue
	Below   bool   // the change is below the bound; false: above
	Bound   float64
	Percent bool // of the base; false: in the unit of the metric
}

// ParseCondition reads
//
//	condition = metric ( "<" | ">" ) number [ "%" ]
//
// with a number such as -2 or +0.5. Blanks may stand between the parts. Errors
// name the position, in characters counted from 1.
func ParseCondition(text string) (Condition, error) {
	c := Condition{Text: text}
	at := strings.IndexAny(text, "<>")
	if at < 0 {
		return c, conditionError(text, len(text), "no < or > found, want a condition such as tps<-2%%")
	}
	metric := strings.TrimSpace(text[:at])
	if err := checkMetric(metric); err != nil {
		return c, conditionError(text, leadingBlanks(text), "%v", err)
	}
	c.Metric, c.Below = metric, text[at] == '<'
	bound := text[at+1:]
	start := at + 1 + leadingBlanks(bound)
	digits := strings.TrimSpace(bound)
	digits, c.Percent = strings.CutSuffix(digits, "%")
	digits = strings.TrimSpace(digits)
	if i := strings.IndexFunc(digits, func(r rune) bool { return !strings.ContainsRune("+-.0123456789", r) }); i >= 0 {
		return c, conditionError(text, start+i, "%q found, want a number such as -2%% or +0.5", firstRune(digits[i:]))
	}
	v, err := strconv.ParseFloat(digits, 64)
	if err != nil || math.IsInf(v, 0) {
		return c, conditionError(text, start, "%q is not a number, want one such as -2%% or +0.5", digits)
	}
	c.Bound = v
	return c, nil
}

// conditionError blames the byte at offset of a condition.
func conditionError(text string, offset int, format string, args ...any) error {
	return fmt.Errorf("condition %q, character %d: %s", text, utf8.RuneCountInString(text[:offset])+1, fmt.Sprintf(format, args...))
}

func leadingBlanks(s string) int { return len(s) - len(strings.TrimLeft(s, " \t")) }

func firstRune(s string) string {
	_, size := utf8.DecodeRuneInString(s)
	return s[:size]
}

func checkMetric(name string) error {
	if metrics.Find(name) != nil {
		return nil
	}
	known := metrics.Names()
	if name == "" {
		return fmt.Errorf("no metric found, want one of %s", strings.Join(known, ", "))
	}
	return fmt.Errorf("%s", choice.Unknown("metric", name, known))
}

// met says whether a change, in the unit of the metric and in percent of the
// base, is one that must not be.
func (c Condition) met(difference, percent float64) bool {
	v := difference
	if c.Percent {
		v = percent
	}
	if c.Below {
		return v < c.Bound
	}
	return v > c.Bound
}

// demands says whether the condition asks for a change: no change meets it.
func (c Condition) demands() bool { return c.met(0, 0) }

// clearOf says whether all of the interval of an estimate is on the good side of
// the bound. Figures that do not scatter at all are an interval of themselves.
func (c Condition) clearOf(e *Estimate) bool {
	ci, at := e.DifferenceCI, *e.Difference
	if c.Percent {
		ci, at = e.PercentCI, percent(*e.Base, *e.New)
	}
	switch {
	case e.DifferenceCI == nil:
		ci = &[2]float64{at, at}
	case c.Percent && e.Percent == nil: // a base of 0: what counts is the sign
		ci = e.DifferenceCI
		ci = &[2]float64{percent(0, ci[0]), percent(0, ci[1])}
	case ci == nil:
		return false
	}
	return !c.met(ci[0], ci[0]) && !c.met(ci[1], ci[1])
}
