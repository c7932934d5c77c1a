package run

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"ratebench/harness/result"
	"ratebench/harness/scenario"
	"ratebench/harness/table"
)

// checkSuccess says of every strategy without success why it had none. That no
// strategy had any is an error in real time, where it is what a wrong address or
// wrong keys look like; in virtual time a scenario may be about it, and a table
// for people has said it already.
func (r *runner) checkSuccess(sc *scenario.Scenario, s *result.Summary) error {
	failures := s.Failures()
	if len(failures) == 0 {
		return nil
	}
	message := fmt.Sprintf("%s: %s", sc.Path, strings.Join(failures, "; "))
	if succeeded := func(st result.Strategy) bool { return st.Mean("ok") > 0 }; r.flags.real() && !slices.ContainsFunc(s.Strategies, succeeded) {
		return errors.New(message)
	}
	if f := table.Format(r.flags.format); f != table.Text && f != table.Markdown {
		r.say(r.stderr, "%s\n", message)
	}
	return nil
}
