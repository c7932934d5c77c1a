package scenario

import (
	"fmt"
	"slices"
	"strings"
)

// name is a name that follows the rule of checkName; check, which may be nil,
// has more to say.
func name(p *string, check func(string) error) notation {
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

// checkFolder returns an error if a scenario of this name would write its
// results over something else in the folder of results.
func checkFolder(name string) error {
	for taken, what := range map[string]string{
		"index.html":   "the page over all scenarios",
		"real":         "the folder of what is measured in real time",
		"measured":     "the folder of what is measured with a process for each client",
		"readme.md":    "the page about the results",
		"figures.json": "the list of the page's figures",
		"sha256sums":   "the checksums of the results",
	} {
		if strings.EqualFold(name, taken) {
			return fmt.Errorf("%s is that of %s in the folder of results, want another name", name, what)
		}
	}
	return nil
}

func isAlphanumeric(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}
