package table

import (
	"strings"
	"testing"

	"ratebench/harness/result"
)

// Of a limit that lets one request pass in a fortnight a run of five seconds says
// nothing in the long run, and a figure per second would say less.
func TestCeilingsOfARunThatIsTooShort(t *testing.T) {
	for duration, want := range map[float64]bool{5: true, 2e6: false} {
		admitted := 1 / (365 * 3600.0)
		s := &result.Summary{DurationS: duration, Ceilings: result.Ceilings{ServerCap: &admitted}}
		got := ceilingLines(s, Text, 100)
		if short := strings.Contains(got, "less than one request"); short != want || short == strings.Contains(got, "server cap") {
			t.Errorf("%v s: %s", duration, got)
		}
	}
}
