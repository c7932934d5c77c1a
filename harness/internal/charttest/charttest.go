// Package charttest checks pictures of charts.
package charttest

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"testing"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"

	"ratebench/harness/chart/kit"
)

// A textBox is where a line of text is, in SVG coordinates.
type textBox struct {
	text                     string
	left, right, top, bottom float64
}

func (a textBox) overlaps(b textBox) bool {
	return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}

// CheckTexts reports texts that overlap or leave the image, and markup that is
// not well-formed.
func CheckTexts(t *testing.T, c kit.Chart, image []byte) {
	t.Helper()
	boxes, err := textBoxes(image)
	if err != nil {
		t.Errorf("%s: %v", c.Name, err)
	}
	height := c.TotalHeight().Points()
	for i, a := range boxes {
		if a.left < 0 || a.right > kit.ChartWidth || a.top < 0 || a.bottom > height {
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
	st := kit.Regular(vg.Length(size), kit.Ink)
	if values["font-weight"] > 400 {
		st = kit.Bold(vg.Length(size), kit.Ink)
	}
	y := values["y"]
	return textBox{left: values["x"], top: y - 0.73*size, bottom: y + 0.1*size}, st, nil
}
