package chart

import (
	"slices"
	"strings"
	"testing"
	"time"

	"ratebench/harness/internal/resulttest"
)

// A strategy without any 429 has no panel that says so, but a word below the title;
// where nobody has any there is no chart.
func TestNoPanelOfNothing(t *testing.T) {
	d := resulttest.Synthetic(resulttest.Many(5), 2, 20*time.Second) // buffer-only alone is refused
	var refused *Figure
	for i := range Figures {
		if Figures[i].file == "429" {
			refused = Figures[i]
		}
	}
	c, ok := refused.multiples(d)
	if !ok {
		t.Fatal("there is no chart")
	}
	if want := "None of it, and no panel: fixed-interval+buffer, fixed-headroom, spaced+3-workers, ack-clocked."; !strings.Contains(c.Subtitle, want) {
		t.Errorf("the subtitle is %q, want %q in it", c.Subtitle, want)
	}
	image, err := c.SVG()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(image), ">none<") || !strings.Contains(string(image), ">buffer-only<") {
		t.Error("the chart has a panel of nothing, or none of buffer-only")
	}

	clean := resulttest.Synthetic([]resulttest.Profile{resulttest.Profiles[4]}, 2, 20*time.Second)
	if _, ok := refused.multiples(clean); ok {
		t.Error("there is a chart of nothing")
	}
	some, none := Something(FiguresOf(Options{}), clean)
	if len(some)+len(none) != len(Figures) || !slices.Contains(none, "429") || !slices.Contains(none, "Expirations") {
		t.Errorf("%d figures, and none of %q", len(some), none)
	}
}

func TestNoCloseUpOfNothing(t *testing.T) {
	near := resulttest.Synthetic(resulttest.Many(5), 2, 20*time.Second)
	if newMeans(&near.Summary).closeUp == nil {
		t.Error("there is no close-up of strategies near the ceilings")
	}
	far := resulttest.Synthetic([]resulttest.Profile{resulttest.Profiles[6], resulttest.Profiles[12]}, 2, 20*time.Second)
	if newMeans(&far.Summary).closeUp != nil {
		t.Error("there is a close-up without any strategy in it")
	}
}
