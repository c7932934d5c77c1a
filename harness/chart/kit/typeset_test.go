package kit

import (
	"strings"
	"testing"
)

func TestTypesetting(t *testing.T) {
	st := Regular(10, Ink)
	if got := Fit(st, "short", 100); got != "short" {
		t.Errorf("fit shortened to %q", got)
	}
	if got := Fit(st, "much too long for this", 50); st.Width(got) > 50 || got != "much to…" {
		t.Errorf("fit made %q, %v wide", got, st.Width(got))
	}
	if got := Fit(st, "x", 0); got != ellipsis {
		t.Errorf("fit made %q for no room", got)
	}
	for _, line := range Wrap(st, "some words and oneverylongwordthatdoesnotfitonanyline at all", 60) {
		if st.Width(line) > 60 {
			t.Errorf("line %q is %v wide", line, st.Width(line))
		}
	}
	if got, want := strings.Join(Wrap(st, "one two three four", 60), "|"), "one two|three four"; got != want {
		t.Errorf("wrap made %q, want %q", got, want)
	}
}
