package report

import (
	"bytes"
	"fmt"
	"io"
)

// Names of the result files that there are always. BlocksFile is another one;
// optionalFiles has the rest.
const (
	SummaryFile = "summary.json"
	SeriesFile  = "series.csv"
	LatencyFile = "latency.csv"
	BenchFile   = "bench.txt"
	ReportFile  = "report.html"
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
func WriteFiles(dir string, d Data, opt FileOptions) error {
	files, err := dataFiles(d)
	if err != nil {
		return err
	}
	views, err := viewFiles(d, opt)
	if err != nil {
		return err
	}
	files = append(files, views...)
	if err := writeAll(dir, files); err != nil {
		return err
	}
	return removeOthers(dir, false, files)
}

// WriteCharts writes what is made for people alone, the charts and
// report.html, for data that were read from the files in dir. It removes charts
// that it does not draw, such as PNG of another time, and never data, even of
// other results.
func WriteCharts(dir string, d Data, opt FileOptions) error {
	views, err := viewFiles(d, opt)
	if err != nil {
		return err
	}
	if err := writeAll(dir, views); err != nil {
		return err
	}
	return removeOthers(dir, true, views)
}

func viewFiles(d Data, opt FileOptions) ([]file, error) {
	files, err := chartFiles(Charts(d), opt)
	if err != nil {
		return nil, err
	}
	page, err := reportHTML(d, files)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", ReportFile, err)
	}
	return append(files, file{ReportFile, page}), nil
}

func dataFiles(d Data) ([]file, error) {
	summary, err := encodeSummary(d.Summary)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", SummaryFile, err)
	}
	files := []file{{SummaryFile, summary}}
	for _, f := range []struct {
		name  string
		there bool
		write func(io.Writer) error
	}{
		{SeriesFile, true, func(w io.Writer) error { return writeSeries(w, d.Series) }},
		{LatencyFile, true, func(w io.Writer) error { return writeLatency(w, d.Latency) }},
		{BenchFile, true, func(w io.Writer) error { return writeBench(w, d) }},
		{BlocksFile, true, func(w io.Writer) error { return writeBlocks(w, d.Blocks) }},
		{GraveyardFile, d.Graveyard != nil, func(w io.Writer) error { return writeGraveyard(w, d.Graveyard) }},
	} {
		if !f.there {
			continue
		}
		var b bytes.Buffer
		if err := f.write(&b); err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
		files = append(files, file{f.name, b.Bytes()})
	}
	if d.Resources == nil {
		return files, nil
	}
	resources, err := d.Resources.files()
	return append(files, resources...), err
}

func chartFiles(charts []Chart, opt FileOptions) ([]file, error) {
	var files []file
	for _, c := range charts {
		image, err := c.SVG()
		if err != nil {
			return nil, fmt.Errorf("%s.svg: %w", c.Name, err)
		}
		files = append(files, file{c.Name + ".svg", image})
		if !opt.PNG {
			continue
		}
		if image, err = c.PNG(); err != nil {
			return nil, fmt.Errorf("%s.png: %w", c.Name, err)
		}
		files = append(files, file{c.Name + ".png", image})
	}
	return files, nil
}
