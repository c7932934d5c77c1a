package notation

import (
	"fmt"
	"slices"
	"strings"

	"ratebench/harness/yamlfile"
)

// OfName is that of a name that follows the rule of CheckName; check, which may
// be nil, has more to say.
func OfName(p *string, check func(string) error) yamlfile.Notation {
	n := yamlfile.Text(p)
	n.Schema = yamlfile.Reference("name", "")
	n.Decode = func(d *yamlfile.Decoder, v yamlfile.Value) {
		var s string
		before := len(d.Problems)
		yamlfile.Text(&s).Decode(d, v)
		if len(d.Problems) > before {
			return
		}
		*p = s
		err := CheckName(s)
		if err == nil && check != nil {
			err = check(s)
		}
		if err != nil {
			d.Errorf(v.Node, "%s %v", v.Key, err)
		}
	}
	return n
}

// CheckName returns an error unless the name can be part of the name of a
// file, of a folder and of a Go benchmark, on every system.
func CheckName(name string) error {
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
