// Package folder is the folder in which the results of a scenario are kept: what
// is written, how it is read again, and how one set of files takes the place of
// another.
package folder

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"ratebench/harness/result"
)

// Part is the folder with the results of a part of a scenario, in that of its
// whole results.
const Part = "part"

// Names of the result files. SumsFile has the checksums of those that hold data.
const (
	SummaryFile      = "summary.json"
	SeriesFile       = "series.csv"
	LatencyFile      = "latency.csv"
	BenchFile        = "bench.txt"
	BlocksFile       = "blocks.csv"
	RoutesFile       = "routes.csv"     // where requests are of several kinds
	GraveyardFile    = "graveyard.csv"  // on request
	ResourcesFile    = "resources.json" // with costs
	ResourcesCSVFile = "resources.csv"  // with costs
	ScenarioFile     = "scenario.json"  // the scenario as it was run
	SumsFile         = "SHA256SUMS"
	ReportFile       = "report.html"
)

// A dataFile is one of the files that hold data.
type dataFile struct {
	name  string
	there func(*result.Data) bool // nil: always
	write func(io.Writer, result.Data) error
	read  func(content []byte, d *result.Data) error
	since int // version of summary.json from which on it is there whenever there is what it holds
}

// dataFiles are all files that hold data, in the order in which they are read.
func dataFiles() []dataFile {
	costs := func(d *result.Data) bool { return d.Resources != nil }
	return []dataFile{
		{SummaryFile, nil, func(w io.Writer, d result.Data) error { return writeJSON(w, d.Summary) }, readSummary, 1},
		{SeriesFile, nil, writeSeries, readSeries, 1},
		{LatencyFile, nil, writeLatency, readLatency, 1},
		{BenchFile, nil, writeBench, readBench, 1},
		{BlocksFile, nil, writeBlocks, readBlocks, 2},
		{RoutesFile, func(d *result.Data) bool { return d.Summary.HasRoutes() }, writeRoutes, readRoutes, 2},
		{ScenarioFile, func(d *result.Data) bool { return d.Scenario != nil }, writeScenario, readScenario, 2},
		{GraveyardFile, func(d *result.Data) bool { return d.Graveyard != nil },
			writeGraveyard, readGraveyard, 2},
		{ResourcesFile, costs, func(w io.Writer, d result.Data) error { return writeJSON(w, d.Resources) }, readResources, 2},
		{ResourcesCSVFile, costs, writeUse, readUse, 2},
	}
}

// A File is a result file before it is written.
type File struct {
	Name    string
	Content []byte
}

// Files are the files that hold the data, with their checksums.
func Files(d result.Data) ([]File, error) {
	var files []File
	for _, f := range dataFiles() {
		if f.there != nil && !f.there(&d) {
			continue
		}
		var b bytes.Buffer
		if err := f.write(&b, d); err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
		files = append(files, File{f.name, b.Bytes()})
	}
	return append(files, File{SumsFile, sumsOf(files)}), nil
}

// Views are files that are made of data for people, such as charts and pages.
type Views struct {
	Files []File
	Known []string // the names of all files that there may be
}

// Write writes results to dir, which [Prepare] has made: the data, and views of
// them. It does all of it or, whatever goes wrong, even if the process is
// killed, nothing. What other results have left in dir goes. An error names the
// file; a folder that has vanished since Prepare is one.
func Write(dir string, d result.Data, v Views) error {
	files, err := Files(d)
	if err != nil {
		return err
	}
	known := append([]string{SumsFile}, v.Known...)
	for _, f := range dataFiles() {
		known = append(known, f.name)
	}
	return replace(dir, append(files, v.Files...), known)
}

// WriteViews writes views of data that were read from dir, and removes other
// views of them. It leaves the data as they are.
func WriteViews(dir string, v Views) error { return replace(dir, v.Files, v.Known) }

// replace writes files to dir in place of those with known names.
func replace(dir string, files []File, known []string) error {
	var others []string
	for _, name := range known {
		written := slices.ContainsFunc(files, func(f File) bool { return f.Name == name })
		if info, err := os.Lstat(filepath.Join(dir, name)); !written && err == nil && info.Mode().IsRegular() {
			others = append(others, name)
		}
	}
	return swap(dir, files, others)
}

// WriteFile puts content into the file at path, or leaves it as it was. It
// removes what was left half written of it by a process that was killed. The
// error names the file.
func WriteFile(path string, content []byte) error {
	dir, name := filepath.Dir(path), filepath.Base(path)
	if err := removeLeftovers(dir, "."+name+"."); err != nil {
		return err
	}
	d, err := newDraft(path, content)
	if err != nil {
		return err
	}
	if err = d.publish(); err != nil {
		d.discard()
	}
	return err
}
