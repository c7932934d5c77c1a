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

// Failures returns what in a comparison meets the condition, or cannot be
// checked against it. A change that the test calls chance does not meet it; one
// that could not be tested does.
func (c Condition) Failures(in Comparison) []string {
	var failures []string
	checked := false
	for _, s := range in.Scenarios {
		for _, change := range s.Changes {
			if change.Metric != c.Metric {
				continue
			}
			checked = true
			if why := c.check(change); why != "" {
				failures = append(failures, fmt.Sprintf("%s, %s: %s", s.Name, change.Strategy, why))
			}
		}
	}
	if !checked {
		failures = append(failures, fmt.Sprintf("%s: no strategy is on both sides", c.Text))
	}
	return failures
}

// check says why a change fails; "" if it does not.
func (c Condition) check(change Change) string {
	switch {
	case change.Base == nil && change.New == nil:
		return ""
	case change.Difference == nil:
		return fmt.Sprintf("%s cannot be checked against %s: nothing to compare on one side", c.Metric, c.Text)
	case change.Verdict == NoChange || !c.met(change.Estimate):
		return ""
	}
	return fmt.Sprintf("%s changed by %s, which %s forbids", c.Metric, change.inWords(), c.Text)
}

func (c Condition) met(e Estimate) bool {
	v := *e.Difference
	switch {
	case c.Percent && e.Percent != nil:
		v = *e.Percent
	case c.Percent: // of nothing, every difference is more than any percentage
		v = math.Copysign(math.Inf(1), v)
	}
	if c.Below {
		return v < c.Bound
	}
	return v > c.Bound
}
