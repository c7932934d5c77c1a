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
	Name  string // of its file, without extension
	Place Place
	SVG   []byte
	Dark  []byte // as SVG; nil: not asked for
	PNG   []byte // nil: not asked for
}

// Options say which charts are drawn, and how.
type Options struct {
	PNG  bool     // as PNG, too
	Dark bool     // as SVG for dark pages, too
	Only []string // those of these names; none: all
}

// Has says whether a chart is drawn if there is anything to draw.
func (o Options) Has(name string) bool { return len(o.Only) == 0 || slices.Contains(o.Only, name) }

// Draw draws the charts of d as SVG and, on request, as PNG, too.
func Draw(d result.Data, o Options) ([]Picture, error) {
	var pictures []Picture
	charts, places := Charts(d)
	for i, c := range charts {
		if !o.Has(c.Name) {
			continue
		}
		p := Picture{Name: c.Name, Place: places[i]}
		var err error
		if p.SVG, err = c.SVG(); err != nil {
			return nil, fmt.Errorf("%s.svg: %w", c.Name, err)
		}
		if o.Dark {
			p.Dark = kit.Dark(p.SVG)
		}
		if o.PNG {
			if p.PNG, err = c.PNG(); err != nil {
				return nil, fmt.Errorf("%s.png: %w", c.Name, err)
			}
		}
		pictures = append(pictures, p)
	}
	return pictures, nil
}

// Files are the files of pictures.
func Files(pictures []Picture) []folder.File {
	var files []folder.File
	for _, p := range pictures {
		files = append(files, folder.File{Name: p.Name + ".svg", Content: p.SVG})
		if p.Dark != nil {
			files = append(files, folder.File{Name: p.Name + DarkSuffix, Content: p.Dark})
		}
		if p.PNG != nil {
			files = append(files, folder.File{Name: p.Name + ".png", Content: p.PNG})
		}
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
