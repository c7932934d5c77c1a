package chart

import (
	"bytes"
	"image/png"
	"testing"
	"time"

	"ratebench/harness/chart/kit"
	"ratebench/harness/internal/resulttest"
)

// PNG is slow to make, so that one small chart has to do.
func TestPNG(t *testing.T) {
	c := scorecard(resulttest.Synthetic(resulttest.Many(1), 1, time.Second))
	files, err := ChartFiles([]Chart{c}, true)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 2 || files[0].Name != "scorecard.svg" || files[1].Name != "scorecard.png" {
		t.Fatalf("%d files", len(files))
	}
	config, err := png.DecodeConfig(bytes.NewReader(files[1].Content))
	if err != nil {
		t.Fatal(err)
	}
	if config.Width != 2*kit.ChartWidth {
		t.Errorf("%d pixels wide, want %d", config.Width, 2*kit.ChartWidth)
	}
	again, err := c.PNG()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(files[1].Content, again) {
		t.Error("PNG differs from one time to the next")
	}
}
