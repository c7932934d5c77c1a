package scenario

import (
	"fmt"
	"strings"
)

// name is a name that follows the rule of checkName.
func name(p *string) notation {
	n := text(p)
	n.schema = reference("name", "")
	n.decode = func(d *decoder, v value) {
		var s string
		before := len(d.problems)
		text(&s).decode(d, v)
		if len(d.problems) > before {
			return
		}
		*p = s
		if err := checkName(s); err != nil {
			d.errorf(v.node, "%s %v", v.key, err)
		}
	}
	return n
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
