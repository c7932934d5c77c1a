package result

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

// dataFiles are the files that hold the data.
func Files(d Data) ([]File, error) {
	summary, err := EncodeSummary(d.Summary)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", SummaryFile, err)
	}
	files := []File{{SummaryFile, summary}}
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
		files = append(files, File{f.name, b.Bytes()})
	}
	if d.Resources == nil {
		return files, nil
	}
	resources, err := d.Resources.Files()
	return append(files, resources...), err
}
