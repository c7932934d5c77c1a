package kit

import (
	"image/color"
	"strings"
	"testing"
)

// A dark picture has the counterpart of each tone, and is otherwise the same.
func TestDark(t *testing.T) {
	for _, tone := range Tones() {
		in := `<path fill="` + Hex(tone.Light) + `" fill-opacity=".2"/><text fill="#1f2933">#ffffff</text>`
		want := `<path fill="` + Hex(tone.dark) + `" fill-opacity=".2"/><text fill="#e7ecf0">#ffffff</text>`
		if got := string(Dark([]byte(in))); got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", tone.Name, got, want)
		}
	}
}

// brightness is that of a colour as the eye has it, roughly.
func brightness(c color.NRGBA) int { return (3*int(c.R) + 6*int(c.G) + int(c.B)) / 10 }

// Colours that are no tones can be seen on dark paper.
func TestDarkRamp(t *testing.T) {
	const n = 8
	for i := range n {
		in := `<path stroke="` + Hex(Ramp(i, n)) + `"/>`
		out := string(Dark([]byte(in)))
		if out == in || strings.Count(out, "#") != 1 {
			t.Errorf("%s became %s", in, out)
		}
		if b := brightness(turned(Ramp(i, n))); b < brightness(darkPaper)+25 {
			t.Errorf("step %d of the ramp has brightness %d on paper of %d", i, b, brightness(darkPaper))
		}
	}
}

// Heat is in steps, each of which is a tone, and text on it can be read in both.
func TestHeat(t *testing.T) {
	tones := map[string]color.NRGBA{}
	for _, tone := range Tones() {
		tones[Hex(tone.Light)] = tone.dark
	}
	for share := 0.0; share <= 1; share += 0.01 {
		fill, text := Heat(share)
		dark, ok := tones[Hex(fill)]
		if !ok {
			t.Fatalf("the colour of %v is no tone", share)
		}
		apart := func(a, b color.NRGBA) int { return max(brightness(a)-brightness(b), brightness(b)-brightness(a)) }
		if apart(fill, text) < 90 || apart(dark, tones[Hex(text)]) < 60 {
			t.Errorf("text on %v is %d apart on light paper and %d on dark", share, apart(fill, text), apart(dark, tones[Hex(text)]))
		}
	}
}
