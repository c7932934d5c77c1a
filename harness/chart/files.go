package chart

import (
	"fmt"

	"ratebench/harness/result"
	"ratebench/harness/result/folder"
)

// A Picture is a chart that has been drawn.
type Picture struct {
	Name  string // of its file, without extension
	Place Place
	SVG   []byte
	PNG   []byte // nil: not asked for
}

// Draw draws all charts of d as SVG and, on request, as PNG, too.
func Draw(d result.Data, png bool) ([]Picture, error) {
	var pictures []Picture
	charts, places := Charts(d)
	for i, c := range charts {
		p := Picture{Name: c.Name, Place: places[i]}
		var err error
		if p.SVG, err = c.SVG(); err != nil {
			return nil, fmt.Errorf("%s.svg: %w", c.Name, err)
		}
		if png {
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
		if p.PNG != nil {
			files = append(files, folder.File{Name: p.Name + ".png", Content: p.PNG})
		}
	}
	return files
}

// FileNames are the names of all files that Files may return.
func FileNames() []string {
	var names []string
	for _, k := range kinds() {
		names = append(names, k.name+".svg", k.name+".png")
	}
	return names
}
