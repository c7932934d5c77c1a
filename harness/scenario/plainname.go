package scenario

import (
	"fmt"
	"slices"
	"strings"
)

// ofName is a name that follows the rule of checkName; check, which may be nil,
// has more to say.
func ofName(p *string, check func(string) error) notation {
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
		err := checkName(s)
		if err == nil && check != nil {
			err = check(s)
		}
		if err != nil {
			d.errorf(v.node, "%s %v", v.key, err)
		}
	}
	return n
}

// checkName returns an error unless the name can be part of the name of a
// file, of a folder and of a Go benchmark, on every system.
func checkName(name string) error {
	const longest = 64
	word := strings.ContainsFunc(name, func(r rune) bool { return !isAlphanumeric(r) && !strings.ContainsRune("-_.+", r) })
	if name == "" || len(name) > longest || word || !isAlphanumeric(rune(name[0])) {
		return fmt.Errorf("%.80q cannot name files and benchmarks, want 1 to %d letters a-z, digits and any of - _ . +, with a letter or digit first", name, longest)
	}
	if strings.HasSuffix(name, ".") {
		return fmt.Errorf("%s cannot name files: Windows drops the dot at the end, want another name", name)
	}
	if device, _, _ := strings.Cut(strings.ToUpper(name), "."); isDevice(device) {
		return fmt.Errorf("%s cannot name files: to Windows it is the device %s, want another name", name, device)
	}
	return nil
}

// isDevice says whether Windows takes a name in capitals for a device.
func isDevice(name string) bool {
	if slices.Contains([]string{"CON", "PRN", "AUX", "NUL"}, name) {
		return true
	}
	port, number := name[:max(len(name)-1, 0)], name[max(len(name)-1, 0):]
	return (port == "COM" || port == "LPT") && number >= "0" && number <= "9"
}

func isAlphanumeric(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}
