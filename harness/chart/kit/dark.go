package kit

import (
	"image/color"
	"regexp"
	"strconv"
)

var paint = regexp.MustCompile(`(fill|stroke)="#([0-9a-f]{6})"`)

// Dark is a picture, as Chart.SVG makes it, for a dark page: with the counterpart of
// each tone, and any other colour as light as it was dark.
func Dark(svg []byte) []byte {
	counterpart := map[string]string{}
	for _, t := range Tones() {
		counterpart[Hex(t.Light)] = Hex(t.dark)
	}
	return paint.ReplaceAllFunc(svg, func(attribute []byte) []byte {
		m := paint.FindSubmatch(attribute)
		light := "#" + string(m[2])
		dark, ok := counterpart[light]
		if !ok {
			v, _ := strconv.ParseUint(string(m[2]), 16, 32) // six digits
			dark = Hex(turned(rgb(uint32(v))))
		}
		return []byte(string(m[1]) + `="` + dark + `"`)
	})
}

// turned is a colour of the same hue that is as light as it was dark, down to that of
// dark paper.
func turned(c color.NRGBA) color.NRGBA {
	most, least := max(c.R, c.G, c.B), min(c.R, c.G, c.B)
	// Of the lightness (most + least)/2, what is missing to the top, with all three
	// channels moved alike.
	shift := 255 - int(most) - int(least)
	move := func(v uint8) uint8 { return uint8(min(max(int(v)+shift, 0x1b), 255)) }
	return color.NRGBA{R: move(c.R), G: move(c.G), B: move(c.B), A: 0xff}
}
