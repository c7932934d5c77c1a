// Package charttest checks pictures of charts.
package charttest

import (
	"encoding/xml"
	"fmt"
	"testing"

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

// textBoxes are the texts of an image. Capitals are 0.73 of their size high, and
// descenders hardly matter.
func textBoxes(image []byte) ([]textBox, error) {
	var document struct {
		Texts []struct {
			Text   string  `xml:",chardata"`
			X      float64 `xml:"x,attr"`
			Y      float64 `xml:"y,attr"`
			Size   float64 `xml:"font-size,attr"`
			Weight int     `xml:"font-weight,attr"`
		} `xml:"text"`
	}
	if err := xml.Unmarshal(image, &document); err != nil {
		return nil, err
	}
	var boxes []textBox
	for _, t := range document.Texts {
		if t.Size == 0 {
			return nil, fmt.Errorf("text without a size: %q", t.Text)
		}
		style := kit.Regular(vg.Length(t.Size), kit.Ink)
		if t.Weight > 400 {
			style = kit.Bold(vg.Length(t.Size), kit.Ink)
		}
		right := t.X + style.Width(t.Text).Points()
		boxes = append(boxes, textBox{text: t.Text, left: t.X, right: right, top: t.Y - 0.73*t.Size, bottom: t.Y + 0.1*t.Size})
	}
	return boxes, nil
}
