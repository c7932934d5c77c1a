package chart

import (
	"regexp"
	"testing"

	"ratebench/harness/chart/kit"
)

func TestTonesAreDifferent(t *testing.T) {
	known := map[string]string{}
	for _, tone := range kit.Tones() {
		if other, ok := known[kit.Hex(tone.Light)]; ok {
			t.Errorf("%s and %s are the same on a light page", tone.Name, other)
		}
		known[kit.Hex(tone.Light)] = tone.Name
	}
}

// checkTones reports colours of a chart that have no counterpart on a dark
// page.
func checkTones(t *testing.T, c kit.Chart, image []byte) {
	t.Helper()
	known := map[string]bool{}
	for _, tone := range kit.Tones() {
		known[kit.Hex(tone.Light)] = true
	}
	for _, m := range regexp.MustCompile(`(?:fill|stroke)="(#[^"]*)"`).FindAllSubmatch(image, -1) {
		if !known[string(m[1])] {
			t.Errorf("%s: %s is no tone", c.Name, m[1])
		}
	}
}
