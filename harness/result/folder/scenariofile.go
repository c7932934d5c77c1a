package folder

import (
	"encoding/json"
	"fmt"
	"io"

	"ratebench/harness/result"
	"ratebench/harness/result/setting"
)

func writeScenario(w io.Writer, d result.Data) error {
	return writeJSON(w, json.RawMessage(d.Scenario))
}

// readScenario reads the scenario as it was run. If it has strategies, it has all that
// the summary has.
func readScenario(content []byte, d *result.Data) error {
	content, err := setting.Compact(content)
	if err != nil {
		return err
	}
	s, err := setting.Read(content)
	if err != nil {
		return err
	}
	for _, name := range d.Summary.Names() {
		if _, there := s.Find(name); !there && len(s.Strategies) > 0 {
			return fmt.Errorf("found no strategy %q, expected all that %s has", name, SummaryFile)
		}
	}
	d.Scenario = content
	return nil
}
