package report

import (
	"fmt"

	"ratebench/harness/chart"
	"ratebench/harness/page"
	"ratebench/harness/result"
)

// FileOptions say what WriteFiles writes beside the data and the SVG charts.
type FileOptions struct {
	PNG bool // every chart as PNG, too
}

// WriteFiles writes all files of results to dir, which [Prepare] has made: the
// data, the charts and report.html. Everything is made and written before
// the first file appears under its name: what was there stays until then. In the
// end it removes what other results have left in dir. An error names the file;
// a folder that has vanished since Prepare is one.
func WriteFiles(dir string, d result.Data, opt FileOptions) error {
	files, err := result.Files(d)
	if err != nil {
		return err
	}
	views, err := viewFiles(d, opt)
	if err != nil {
		return err
	}
	files = append(files, views...)
	if err := result.WriteAll(dir, files); err != nil {
		return err
	}
	return result.RemoveOthers(dir, false, files)
}

// WriteCharts writes what is made for people alone, the charts and
// report.html, for data that were read from the files in dir. It removes charts
// that it does not draw, such as PNG of another time, and never data, even of
// other results.
func WriteCharts(dir string, d result.Data, opt FileOptions) error {
	views, err := viewFiles(d, opt)
	if err != nil {
		return err
	}
	if err := result.WriteAll(dir, views); err != nil {
		return err
	}
	return result.RemoveOthers(dir, true, views)
}

func viewFiles(d result.Data, opt FileOptions) ([]result.File, error) {
	files, err := chart.ChartFiles(chart.Charts(d), opt.PNG)
	if err != nil {
		return nil, err
	}
	page, err := page.ReportHTML(d, files)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", result.ReportFile, err)
	}
	return append(files, result.File{Name: result.ReportFile, Content: page}), nil
}
