package scenario

import (
	"fmt"
	"strings"
)

// name decodes a name of the rule that checkName states.
func (d *decoder) name(p *string) func(value) {
	return func(v value) {
		var s string
		before := len(d.problems)
		d.text(&s)(v)
		if len(d.problems) > before {
			return
		}
		*p = s
		if err := checkName(s); err != nil {
			d.errorf(v.node, "%s %v", v.key, err)
		}
	}
}

// checkName returns an error unless the name can be part of the name of a
// file, of a folder and of a Go benchmark.
func checkName(name string) error {
	const longest = 64
	word := strings.ContainsFunc(name, func(r rune) bool { return !isAlphanumeric(r) && !strings.ContainsRune("-_.+", r) })
	if name == "" || len(name) > longest || word || !isAlphanumeric(rune(name[0])) {
		return fmt.Errorf("%.80q cannot name files and benchmarks, want 1 to %d letters a-z, digits and any of - _ . +, with a letter or digit first", name, longest)
	}
	return nil
}

func isAlphanumeric(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}
