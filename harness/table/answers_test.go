package table

import (
	"bytes"
	"strings"
	"testing"

	"ratebench/harness/internal/resulttest"
)

// However narrow the table, every kind of answer that occurred is in the output
// with its count, none of them is called zero, and what failed comes first.
func TestEveryAnswerIsShown(t *testing.T) {
	d := resulttest.Refused()
	for _, tc := range []struct {
		format Format
		width  int
		below  bool // some columns had to go
	}{{Text, 200, false}, {Text, 80, false}, {Text, 40, true}, {Text, 40, true}, {Markdown, 0, false}} {
		var b bytes.Buffer
		if err := Write(&b, d, tc.format, tc.width); err != nil {
			t.Fatal(err)
		}
		text := b.String()
		for _, count := range []string{"12", "23", "34", "45", "56", "67", "2344"} {
			if !strings.Contains(strings.ReplaceAll(text, "\u202f", ""), count) {
				t.Errorf("%s of width %d does not have %s:\n%s", tc.format, tc.width, count, text)
			}
		}
		_, zero, _ := strings.Cut(text, "Zero throughout: ")
		zero, _, _ = strings.Cut(zero, ".")
		zero = strings.ReplaceAll(zero, "\n", " ") // it may go on in the next line
		for _, kind := range []string{"400", "401", "429", "blocked,", "timeouts", "errors"} {
			if strings.Contains(strings.ReplaceAll(zero, "keys blocked", ""), kind) {
				t.Errorf("%s is called zero: %s", kind, zero)
			}
		}
		if got := strings.Contains(text, "401 per run: mixed 23, stranger 2\u202f344.\n"); got != tc.below {
			t.Errorf("%s of width %d has a line on 401: %v\n%s", tc.format, tc.width, got, text)
		}
		why, head := strings.Index(text, "No request of stranger succeeded: 2344 of 2344 answers were 401 (unknown key)."), strings.Index(text, "strategy")
		if why < 0 || why > head {
			t.Errorf("%s of width %d does not say first why stranger had no success:\n%s", tc.format, tc.width, text)
		}
	}
}
