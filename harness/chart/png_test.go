package chart

import (
	"bytes"
	"image/png"
	"slices"
	"testing"
	"time"

	"ratebench/harness/chart/kit"
	"ratebench/harness/internal/resulttest"
)

// PNG is slow to make, so that one small chart has to do.
func TestPNG(t *testing.T) {
	c := scorecard(resulttest.Synthetic(resulttest.Many(1), 1, time.Second))
	image, err := c.PNG()
	if err != nil {
		t.Fatal(err)
	}
	config, err := png.DecodeConfig(bytes.NewReader(image))
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
	if !bytes.Equal(image, again) {
		t.Error("PNG differs from one time to the next")
	}
	pictures, err := Draw(resulttest.PairOf(), Options{PNG: true, Only: []string{"scorecard"}})
	if files := Files(pictures); err != nil || len(files) != 2 || files[0].Name != "scorecard.svg" || files[1].Name != "scorecard.png" {
		t.Errorf("%v, files %+v", err, files)
	}
}

// Whatever is drawn can be removed.
func TestFileNames(t *testing.T) {
	pictures, err := Draw(resulttest.PairOf(), Options{Dark: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range Files(pictures) {
		if !slices.Contains(FileNames(), f.Name) {
			t.Errorf("%s is no known name", f.Name)
		}
	}
	if names, files := len(Names()), len(FileNames()); files != 3*names {
		t.Errorf("%d names of files for %d charts, want three of each", files, names)
	}
}
