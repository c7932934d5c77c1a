package report

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"

	"ratebench/harness/metrics"
)

// Names of the result files.
const (
	SummaryFile = "summary.json"
	SeriesFile  = "series.csv"
	LatencyFile = "latency.csv"
	BenchFile   = "bench.txt"
	ReportFile  = "report.html"

	GraveyardFile = "graveyard.csv" // only on request
)

// FileOptions say what WriteFiles writes beside the data and the SVG charts.
type FileOptions struct {
	PNG bool // every chart as PNG, too
}

// WriteFiles writes summary.json, series.csv, latency.csv, bench.txt, the
// charts and report.html to dir, which it creates when it is missing.
// Everything is made before anything is written, and a file appears under its
// name only when it is complete: what was there stays until then.
func WriteFiles(dir string, d Data, opt FileOptions) error {
	files, err := dataFiles(d)
	if err != nil {
		return err
	}
	views, err := viewFiles(d, opt)
	if err != nil {
		return err
	}
	return writeAll(dir, append(files, views...))
}

// WriteCharts writes what is made for people alone, the charts and
// report.html, for data that were read from files.
func WriteCharts(dir string, d Data, opt FileOptions) error {
	views, err := viewFiles(d, opt)
	if err != nil {
		return err
	}
	return writeAll(dir, views)
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
	var series, latency, bench bytes.Buffer
	if err := writeSeries(&series, d.Series); err != nil {
		return nil, fmt.Errorf("%s: %w", SeriesFile, err)
	}
	if err := writeLatency(&latency, d.Latency); err != nil {
		return nil, fmt.Errorf("%s: %w", LatencyFile, err)
	}
	if err := writeBench(&bench, d); err != nil {
		return nil, fmt.Errorf("%s: %w", BenchFile, err)
	}
	return []file{
		{SummaryFile, summary},
		{SeriesFile, series.Bytes()},
		{LatencyFile, latency.Bytes()},
		{BenchFile, bench.Bytes()},
	}, nil
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

// WriteGraveyard writes graveyard.csv to dir: the requests that ran out of
// retries, in order of burial, of the runs that kept them.
func WriteGraveyard(dir string, runs []metrics.Run) error {
	var b bytes.Buffer
	b.WriteString("strategy,seed,id\n")
	out := csv.NewWriter(&b)
	for _, r := range runs {
		for _, id := range r.Graveyard {
			if err := out.Write([]string{r.Strategy, strconv.FormatUint(r.Seed, 10), strconv.FormatInt(id, 10)}); err != nil {
				return fmt.Errorf("%s: %w", GraveyardFile, err)
			}
		}
	}
	out.Flush()
	return writeAll(dir, []file{{GraveyardFile, b.Bytes()}})
}
