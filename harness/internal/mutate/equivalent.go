package main

import (
	_ "embed"
	"fmt"
	"strings"
)

// equivalentText names the mutants that change nothing anybody could see, a
// line each, followed by the reason on the lines that are indented.
//
//go:embed equivalent.txt
var equivalentText string

// readEquivalents returns the reasons by the identity of the mutant.
func readEquivalents(text string) (map[string]string, error) {
	reasons := map[string]string{}
	last := ""
	for i, line := range strings.Split(text, "\n") {
		switch {
		case strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "\t"):
			if last == "" {
				return nil, fmt.Errorf("equivalent.txt:%d: found a reason without a mutant", i+1)
			}
			reasons[last] = strings.TrimSpace(reasons[last] + " " + strings.TrimSpace(line))
		case strings.Count(line, " | ") < 3:
			return nil, fmt.Errorf("equivalent.txt:%d: found %q, want FILE | FUNCTION | FAULT | LINE", i+1, line)
		default:
			last = strings.TrimSpace(line)
			if _, twice := reasons[last]; twice {
				return nil, fmt.Errorf("equivalent.txt:%d: found twice: %s", i+1, last)
			}
			reasons[last] = ""
		}
	}
	for id, reason := range reasons {
		if reason == "" {
			return nil, fmt.Errorf("equivalent.txt: found no reason for %s", id)
		}
	}
	return reasons, nil
}

// stale lists the equivalents of a folder that are no mutants of it any more.
func stale(reasons map[string]string, folder string, all []mutant) []string {
	is := map[string]bool{}
	for _, m := range all {
		is[m.identity()] = true
	}
	var gone []string
	for id := range reasons {
		file, _, _ := strings.Cut(id, " | ")
		if inFolder(file, folder) && !is[id] {
			gone = append(gone, id)
		}
	}
	return gone
}

func inFolder(file, folder string) bool {
	rest, ok := strings.CutPrefix(file, folder+"/")
	return ok && !strings.Contains(rest, "/")
}
