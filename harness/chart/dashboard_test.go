package chart

import (
	"strings"
	"testing"
	"time"

	"ratebench/harness/internal/resulttest"
)

func TestDashboardNamesLinesThatAreHidden(t *testing.T) {
	d := resulttest.Synthetic(resulttest.Many(3), 5, 10*time.Second)
	key := func() string {
		image, err := named(t, d, "dashboard").SVG()
		if err != nil {
			t.Fatal(err)
		}
		return string(image)
	}
	if strings.Contains(key(), "lies under") {
		t.Error("a line lies under another that it differs from")
	}
	d.Series[0].Columns = d.Series[2].Columns
	if want := "(lies under " + d.Summary.Strategies[2].Name + ")"; strings.Count(key(), want) != 1 {
		t.Errorf("the dashboard does not say %q", want)
	}
}

// Of many strategies, those that lose keys are one line of the key, and grey.
func TestCrowdOnDashboard(t *testing.T) {
	d := resulttest.Synthetic(resulttest.Many(20), 1, 20*time.Second)
	image, err := named(t, d, "dashboard").SVG()
	if err != nil {
		t.Fatal(err)
	}
	lost := 0
	for i := range d.Summary.Strategies {
		st := &d.Summary.Strategies[i]
		if !st.KeepsKeys() {
			lost++
		}
		if shown := strings.Contains(string(image), ">"+st.Name+"<"); shown != st.KeepsKeys() {
			t.Errorf("%s is in the key: %v, want %v", st.Name, shown, st.KeepsKeys())
		}
	}
	if lost < 3 || !strings.Contains(string(image), " with keys blocked<") {
		t.Errorf("%d lose keys, and no line of the key says so", lost)
	}
}
