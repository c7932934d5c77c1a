package chart

import (
	"fmt"

	"ratebench/harness/result"
)

// chartFiles are charts as SVG and, on request, as PNG, too.
func ChartFiles(charts []Chart, png bool) ([]result.File, error) {
	var files []result.File
	for _, c := range charts {
		image, err := c.SVG()
		if err != nil {
			return nil, fmt.Errorf("%s.svg: %w", c.Name, err)
		}
		files = append(files, result.File{Name: c.Name + ".svg", Content: image})
		if !png {
			continue
		}
		if image, err = c.PNG(); err != nil {
			return nil, fmt.Errorf("%s.png: %w", c.Name, err)
		}
		files = append(files, result.File{Name: c.Name + ".png", Content: image})
	}
	return files, nil
}
