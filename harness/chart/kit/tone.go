package kit

import (
	"fmt"
	"image/color"
	"strings"
)

// A tone is a colour of the charts with its counterpart on a dark page, where
// it has a name.
type tone struct {
	Name        string
	Light, dark color.NRGBA
}

// darkHues are the hues on darkPaper, in the same order.
var (
	darkHues = []color.NRGBA{
		rgb(0x6c97f0), rgb(0xff6b42), rgb(0x25b895), rgb(0xf2b233), rgb(0xf08ccb), rgb(0x6cc0ff), rgb(0xe4e4e4),
	}
	darkPaper = rgb(0x1b2127)
)

// Tones are all colours that charts and pages have in common.
func Tones() []tone {
	all := []tone{
		{"paper", Paper, darkPaper},
		{"ink", Ink, rgb(0xe7ecf0)},
		{"muted", Muted, rgb(0x9da9b4)},
		{"axis", AxisGrey, rgb(0x5e6b77)},
		{"grid", GridGrey, rgb(0x2b343c)},
		{"other", OtherGrey, rgb(0x46525d)},
	}
	for i := range hues {
		all = append(all, tone{HueName(i), hues[i], darkHues[i]})
	}
	for i, p := range patterns[1:] {
		for j := range hues {
			all = append(all, tone{fmt.Sprintf("tint%d-%d", i, j), mix(hues[j], Paper, p.tint), mix(darkHues[j], darkPaper, p.tint)})
		}
	}
	for i := range heats {
		all = append(all, tone{fmt.Sprintf("heat%d", i), heat(i, heatLow, heatHigh), heat(i, darkHeatLow, darkHeatHigh)})
	}
	return all
}

// heats is how many steps there are from the least to the most of something.
const heats = 16

// The colours of the least and the most.
var (
	heatLow, heatHigh         = rgb(0xf4f6f9), rgb(0x1b4a8f)
	darkHeatLow, darkHeatHigh = rgb(0x232b33), rgb(0x9cc3ff)
)

func heat(step int, low, high color.NRGBA) color.NRGBA {
	return mix(low, high, float64(step)/(heats-1))
}

// Heat is the colour of a share from 0 to 1, the darker, the more, and that of text
// on it.
func Heat(share float64) (fill, text color.NRGBA) {
	step := int(min(max(share, 0), 1)*(heats-1) + 0.5)
	if fill = heat(step, heatLow, heatHigh); share > 0.45 {
		return fill, Paper
	}
	return fill, Ink
}

// HueName is the name of the i-th strategy's colour.
func HueName(i int) string { return fmt.Sprintf("hue%d", i%len(hues)) }

// ToneStyle defines the tones for a page, and turns them in its pictures into
// those of its theme: pictures say their colours in attributes, which a rule
// overrides.
func ToneStyle() string {
	var names, rules strings.Builder
	names.WriteString(":root {")
	for _, t := range Tones() {
		fmt.Fprintf(&names, " --%s: light-dark(%s, %s);", t.Name, Hex(t.Light), Hex(t.dark))
		for _, attribute := range []string{"fill", "stroke"} {
			fmt.Fprintf(&rules, "[%[1]s=%[2]q] { %[1]s: var(--%[3]s); }\n", attribute, Hex(t.Light), t.Name)
		}
	}
	names.WriteString(" }\n")
	return names.String() + rules.String()
}

// Hex writes a colour as the pictures do.
func Hex(c color.NRGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }
