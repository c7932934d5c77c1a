package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image/png"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"

	"ratebench/harness/metrics"
	"ratebench/harness/theory"
)

// chartData are the data that every chart has to cope with.
func chartData() map[string]Data {
	data := map[string]Data{
		"one strategy":     synthetic(many(1), 5, 25*time.Second),
		"five strategies":  synthetic(many(5), 5, 25*time.Second),
		"seven strategies": synthetic(many(7), 5, time.Minute),
		"20 strategies":    synthetic(many(20), 3, 20*time.Second),
		"25 strategies":    synthetic(many(25), 1, 2*time.Second),
		"one run":          synthetic(many(3), 1, 25*time.Second),
		"one second":       synthetic(many(4), 3, time.Second),
		"part of a second": synthetic(many(2), 3, 300*time.Millisecond),
		"an hour":          synthetic([]profile{{name: "slow", tps: 1, latency: time.Second}}, 1, time.Hour),
		"two runs":         synthetic(many(6), 2, 10*time.Second),
		"no ceilings":      synthetic(many(5), 5, 5*time.Second),
		"overload":         synthetic(many(5), 5, 5*time.Second),
		"ceilings apart":   synthetic(many(5), 5, 5*time.Second),
		"nothing happens":  Build(Meta{Scenario: "idle", Runs: 2, Strategies: []string{"a", "b"}}, idleRuns("a", "b")),
		"no seconds":       Build(Meta{Scenario: "cut", Runs: 1, Strategies: []string{"a"}}, []metrics.Run{{Strategy: "a"}}),
		"long names":       synthetic(longNames(6), 3, 10*time.Second),
		"stages":           synthetic(many(8), 3, 90*time.Second),
		"stages, one":      synthetic(many(1), 3, 90*time.Second),
		"stages, not all":  synthetic(many(4), 1, 40*time.Second), // interrupted
	}
	for name, d := range data {
		if strings.HasPrefix(name, "stages") {
			d.Summary.CeilingSteps = newCeilingSteps(someSteps(30*time.Second, 60*time.Second), d.Summary.Ceilings)
			data[name] = d
		}
	}
	set := func(name string, c theory.Ceilings) {
		d := data[name]
		d.Summary.Ceilings = newCeilings(c)
		data[name] = d
	}
	set("no ceilings", theory.Ceilings{})
	set("overload", theory.Ceilings{ServerCap: 99.9, Provable: 95.9, Offered: 142.86})
	set("ceilings apart", theory.Ceilings{ServerCap: 99.9, ServerTime: 80, Provable: 60, FixedHeadroom: 33, Offered: 98})
	return data
}

func idleRuns(names ...string) []metrics.Run {
	var runs []metrics.Run
	for _, name := range names {
		for range 2 {
			runs = append(runs, metrics.Run{Strategy: name, Duration: 3 * time.Second, Series: make([]metrics.Second, 3)})
		}
	}
	return runs
}

func longNames(n int) []profile {
	out := many(n)
	for i := range out {
		out[i].name = strings.Repeat("a very long name ", 8) + strings.Repeat("Wort", 40) + strconv.Itoa(i) + " <&日本\">"
	}
	return out
}

func TestCharts(t *testing.T) {
	for name, d := range chartData() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			charts := Charts(d)
			if len(charts) != 9 {
				t.Fatalf("%d charts", len(charts))
			}
			for _, c := range charts {
				image, err := c.SVG()
				if err != nil {
					t.Fatalf("%s: %v", c.Name, err)
				}
				if bad := regexp.MustCompile(`(?i)\b(nan|[+-]?inf)\b`).Find(image); bad != nil {
					t.Errorf("%s has %s", c.Name, bad)
				}
				checkTexts(t, c, image)
				checkTones(t, c, image)
				if limit := 20_000 + 4_000*len(d.Series); len(image) > limit {
					t.Errorf("%s has %d bytes, expected at most %d", c.Name, len(image), limit)
				}
			}
		})
	}
}

func TestChartsDeterministic(t *testing.T) {
	first, second := Charts(goldenData()), Charts(goldenData())
	for i := range first {
		a, err := first[i].SVG()
		if err != nil {
			t.Fatal(err)
		}
		b, err := second[i].SVG()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a, b) {
			t.Errorf("%s differs from one time to the next", first[i].Name)
		}
	}
}

// PNG is slow to make, so that one small chart has to do.
func TestPNG(t *testing.T) {
	c := scorecard(synthetic(many(1), 1, time.Second))
	files, err := chartFiles([]Chart{c}, FileOptions{PNG: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 2 || files[0].name != "scorecard.svg" || files[1].name != "scorecard.png" {
		t.Fatalf("%d files", len(files))
	}
	config, err := png.DecodeConfig(bytes.NewReader(files[1].content))
	if err != nil {
		t.Fatal(err)
	}
	if config.Width != 2*chartWidth {
		t.Errorf("%d pixels wide, want %d", config.Width, 2*chartWidth)
	}
	again, err := c.PNG()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(files[1].content, again) {
		t.Error("PNG differs from one time to the next")
	}
}

// A textBox is where a line of text is, in SVG coordinates.
type textBox struct {
	text                     string
	left, right, top, bottom float64
}

func (a textBox) overlaps(b textBox) bool {
	return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}

// checkTexts reports texts that overlap or leave the image, and markup that is
// not well-formed.
func checkTexts(t *testing.T, c Chart, image []byte) {
	t.Helper()
	boxes, err := textBoxes(image)
	if err != nil {
		t.Errorf("%s: %v", c.Name, err)
	}
	height := c.totalHeight().Points()
	for i, a := range boxes {
		if a.left < 0 || a.right > chartWidth || a.top < 0 || a.bottom > height {
			t.Errorf("%s: %q leaves the image: %+v", c.Name, a.text, a)
		}
		for _, b := range boxes[:i] {
			if a.overlaps(b) {
				t.Errorf("%s: %q overlaps %q:\n%+v\n%+v", c.Name, a.text, b.text, a, b)
			}
		}
	}
}

func textBoxes(image []byte) ([]textBox, error) {
	var boxes []textBox
	dec := xml.NewDecoder(bytes.NewReader(image))
	var current *textBox
	var st text.Style
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return boxes, nil
		}
		if err != nil {
			return nil, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			if token.Name.Local != "text" {
				continue
			}
			box, style, err := parseText(token.Attr)
			if err != nil {
				return nil, err
			}
			current, st = &box, style
		case xml.CharData:
			if current != nil {
				current.text = string(token)
				current.right = current.left + st.Width(current.text).Points()
				boxes = append(boxes, *current)
			}
		case xml.EndElement:
			current = nil
		}
	}
}

// parseText reads where a text begins and how large it is: capitals are 0.73
// of its size high, and descenders hardly matter.
func parseText(attributes []xml.Attr) (textBox, text.Style, error) {
	values := map[string]float64{}
	for _, a := range attributes {
		if v, err := strconv.ParseFloat(a.Value, 64); err == nil {
			values[a.Name.Local] = v
		}
	}
	size, ok := values["font-size"]
	if !ok {
		return textBox{}, text.Style{}, fmt.Errorf("text without a size: %v", attributes)
	}
	st := regular(vg.Length(size), ink)
	if values["font-weight"] > 400 {
		st = bold(vg.Length(size), ink)
	}
	y := values["y"]
	return textBox{left: values["x"], top: y - 0.73*size, bottom: y + 0.1*size}, st, nil
}

func BenchmarkCharts(b *testing.B) {
	d := synthetic(many(5), 20, 25*time.Second)
	for b.Loop() {
		for _, c := range Charts(d) {
			if _, err := c.SVG(); err != nil {
				b.Fatal(err)
			}
		}
	}
}
