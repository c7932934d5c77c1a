package report

import (
	"bytes"
	"fmt"
)

// WriteResources writes resources.json, resources.csv and the chart to dir.
func WriteResources(dir string, r Resources, opt FileOptions) error {
	summary, err := encodeJSON(r)
	if err != nil {
		return fmt.Errorf("%s: %w", ResourcesFile, err)
	}
	var series bytes.Buffer
	if err := writeUse(&series, r.timelines); err != nil {
		return fmt.Errorf("%s: %w", ResourcesCSVFile, err)
	}
	files := []file{{ResourcesFile, summary}, {ResourcesCSVFile, series.Bytes()}}
	if chart, ok := resourceChart(r); ok {
		charts, err := chartFiles([]Chart{chart}, opt)
		if err != nil {
			return err
		}
		files = append(files, charts...)
	}
	return writeAll(dir, files)
}
