package chart

import (
	"fmt"
	"slices"

	"ratebench/harness/chart/kit"
	"ratebench/harness/result"
	"ratebench/harness/result/folder"
)

// DarkSuffix is what the names of files for dark pages end with.
const DarkSuffix = "-dark.svg"

// A Picture is a chart that has been drawn.
type Picture struct {
	Name  string // of its files, without extension
	Place Place
	SVG   []byte
	Files []folder.File // all that were asked for
}

// Options say which charts are drawn, and how.
type Options struct {
	PNG  bool     // as PNG, too
	Dark bool     // as SVG for dark pages, too
	Only []string // those of these names; none: all
}

// Has says whether a chart is drawn if there is anything to draw.
func (o Options) Has(name string) bool { return len(o.Only) == 0 || slices.Contains(o.Only, name) }

// Draw draws the charts of d as SVG and, on request, for dark pages and as PNG, too.
func Draw(d result.Data, o Options) ([]Picture, error) {
	var pictures []Picture
	charts, places := Charts(d)
	for i, c := range charts {
		if !o.Has(c.Name) {
			continue
		}
		svg, err := c.SVG()
		if err != nil {
			return nil, fmt.Errorf("%s.svg: %w", c.Name, err)
		}
		files := []folder.File{{Name: c.Name + ".svg", Content: svg}}
		if o.Dark {
			files = append(files, folder.File{Name: c.Name + DarkSuffix, Content: kit.Dark(svg)})
		}
		if o.PNG {
			png, err := c.PNG()
			if err != nil {
				return nil, fmt.Errorf("%s.png: %w", c.Name, err)
			}
			files = append(files, folder.File{Name: c.Name + ".png", Content: png})
		}
		pictures = append(pictures, Picture{c.Name, places[i], svg, files})
	}
	return pictures, nil
}

// Files are the files of pictures.
func Files(pictures []Picture) []folder.File {
	var files []folder.File
	for _, p := range pictures {
		files = append(files, p.Files...)
	}
	return files
}

// Names are the names of all charts that there may be, in the order of the page.
func Names() []string {
	var names []string
	for _, k := range kinds() {
		names = append(names, k.name)
	}
	return names
}

// FileNames are the names of all files that Files may return.
func FileNames() []string {
	var names []string
	for _, name := range Names() {
		names = append(names, name+".svg", name+DarkSuffix, name+".png")
	}
	return names
}
