package report

import (
	"fmt"
	"image/color"
	"strings"
)

// A tone is a colour of the charts with its counterpart on a dark page, where
// it has a name.
type tone struct {
	name        string
	light, dark color.NRGBA
}

// darkHues are the hues on darkPaper, in the same order.
var (
	darkHues = []color.NRGBA{
		rgb(0x6c97f0), rgb(0xff6b42), rgb(0x25b895), rgb(0xf2b233), rgb(0xf08ccb), rgb(0x6cc0ff), rgb(0xe4e4e4),
	}
	darkPaper = rgb(0x1b2127)
)

// tones are all colours that charts and pages have in common.
func tones() []tone {
	all := []tone{
		{"paper", paper, darkPaper},
		{"ink", ink, rgb(0xe7ecf0)},
		{"muted", muted, rgb(0x9da9b4)},
		{"axis", axisGrey, rgb(0x5e6b77)},
		{"grid", gridGrey, rgb(0x2b343c)},
		{"other", otherGrey, rgb(0x46525d)},
	}
	for i := range hues {
		all = append(all, tone{hueName(i), hues[i], darkHues[i]})
	}
	for i, p := range patterns[1:] {
		for j := range hues {
			all = append(all, tone{fmt.Sprintf("tint%d-%d", i, j), mix(hues[j], paper, p.tint), mix(darkHues[j], darkPaper, p.tint)})
		}
	}
	return all
}

// hueName is the name of the i-th strategy's colour.
func hueName(i int) string { return fmt.Sprintf("hue%d", i%len(hues)) }

// toneStyle defines the tones for a page, and turns them in its pictures into
// those of its theme: pictures say their colours in attributes, which a rule
// overrides.
func toneStyle() string {
	var names, rules strings.Builder
	names.WriteString(":root {")
	for _, t := range tones() {
		fmt.Fprintf(&names, " --%s: light-dark(%s, %s);", t.name, hex(t.light), hex(t.dark))
		for _, attribute := range []string{"fill", "stroke"} {
			fmt.Fprintf(&rules, "[%[1]s=%[2]q] { %[1]s: var(--%[3]s); }\n", attribute, hex(t.light), t.name)
		}
	}
	names.WriteString(" }\n")
	return names.String() + rules.String()
}

// hex writes a colour as the pictures do.
func hex(c color.NRGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }
