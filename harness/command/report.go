package command

import (
	_ "embed" // for the help
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ratebench/harness/chart"
	"ratebench/harness/command/input"
	"ratebench/harness/internal/cmdline"
	"ratebench/harness/internal/terminal"
	"ratebench/harness/page"
	"ratebench/harness/result"
	"ratebench/harness/result/folder"
	"ratebench/harness/result/subset"
	"ratebench/harness/table"
)

// reportHelp is the long help, with the charts to be filled in.
//
//go:embed report.txt
var reportHelp string

// reportFlags are the flags of report.
type reportFlags struct {
	format     string
	png        bool
	dark       bool
	title      string
	strategies []string
	charts     []string
}

func newReport() *cobra.Command {
	var f reportFlags
	c := &cobra.Command{
		Use:   "report DIR...",
		Short: "Make tables, charts and pages again from saved results",
		Long:  cmdline.Fill(reportHelp, strings.Join(chart.Names(), ", ")),
		Example: `  ratebench report results
  ratebench report --png --format markdown results/blog
  ratebench report --title "Which client?" --strategy paced --strategy gcra --chart mean-tps --chart tps results/native`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, dirs []string) error {
			if err := f.validate(); err != nil {
				return cmdline.Wrong(err)
			}
			folders, parents, err := allResultFolders(dirs)
			if err != nil {
				return err
			}
			if err := f.report(c.OutOrStdout(), c.ErrOrStderr(), folders, parents); err != nil {
				return err
			}
			return f.indexAll(c.ErrOrStderr(), folders, parents)
		},
	}
	fs := c.Flags()
	fs.SortFlags = false
	fs.StringVar(&f.format, "format", table.Text.String(), "of the table: "+strings.Join(table.FormatNames(), ", "))
	fs.BoolVar(&f.png, "png", false, "write every chart as PNG, too")
	fs.BoolVar(&f.dark, "dark", false, "write every chart for dark pages, too, such as tps-dark.svg: for a <picture> in a README")
	fs.StringVar(&f.title, "title", "", "title of the page (default the scenario's name); of several results, of index.html")
	fs.StringArrayVar(&f.strategies, "strategy", nil, "show this strategy only; may be repeated (default all)")
	fs.StringArrayVar(&f.charts, "chart", nil, "make this chart only, on the page too; may be repeated (default all)")
	return c
}

// validate returns everything that is wrong with the flags by themselves.
func (f *reportFlags) validate() error {
	errs := []error{cmdline.CheckValue("--format", f.format, table.FormatNames())}
	for _, name := range f.charts {
		errs = append(errs, cmdline.CheckValue("--chart", name, chart.Names()))
	}
	return errors.Join(errs...)
}

// checkStrategies refuses strategies that no results have.
func (f *reportFlags) checkStrategies(results []result.Data) error {
	var known []string
	for i := range results {
		known = append(known, subset.Names(&results[i])...)
	}
	return cmdline.CheckStrategies("--strategy", f.strategies, known)
}

// allResultFolders returns the folders of results in dirs and below, each once,
// and those of dirs that are right above scenarios.
func allResultFolders(dirs []string) (folders, parents []string, err error) {
	for _, dir := range dirs {
		found, err := input.ResultFolders(dir)
		if err != nil {
			return nil, nil, err
		}
		for _, f := range found {
			if !slices.Contains(folders, f) {
				folders = append(folders, f)
			}
		}
		if isAbove(dir, found) && !slices.Contains(parents, dir) {
			parents = append(parents, dir)
		}
	}
	return folders, parents, nil
}

// isAbove says whether run may have written to dir: any folder is a scenario's,
// in virtual or in real time.
func isAbove(dir string, folders []string) bool {
	return slices.ContainsFunc(folders, func(f string) bool {
		parent := filepath.Dir(f)
		return f != dir && (parent == filepath.Clean(dir) || parent == filepath.Join(dir, "real"))
	})
}

// report reads everything before it writes anything.
func (f *reportFlags) report(stdout, stderr io.Writer, folders, parents []string) error {
	results := make([]result.Data, len(folders))
	for i, dir := range folders {
		unlock, err := folder.Lock(dir)
		if err != nil {
			return err
		}
		defer unlock()
		if results[i], err = folder.Read(dir); err != nil {
			return fmt.Errorf("read results: %w", err)
		}
	}
	if err := f.checkStrategies(results); err != nil {
		return cmdline.Wrong(err)
	}
	printed := false
	for i, dir := range folders {
		d := subset.Of(results[i], f.strategies)
		if len(f.strategies) > 0 && len(d.Summary.Strategies) == 0 {
			fmt.Fprintf(stderr, "%s has none of these strategies and stays as it is\n", dir)
			continue
		}
		if printed {
			fmt.Fprintln(stdout)
		}
		printed = true
		options := page.Options{Charts: chart.Options{PNG: f.png, Dark: f.dark, Only: f.charts}, Index: indexOf(dir, parents)}
		if len(folders) == 1 {
			options.Title = f.title
		}
		if err := f.write(stdout, stderr, dir, d, options); err != nil {
			return err
		}
	}
	return nil
}

// write writes the charts and the page of results, and prints their table.
func (f *reportFlags) write(stdout, stderr io.Writer, dir string, d result.Data, o page.Options) error {
	views, err := page.Views(d, o)
	if err != nil {
		return err
	}
	if err := folder.WriteViews(dir, views); err != nil {
		return err
	}
	for _, lack := range d.Lacks {
		fmt.Fprintf(stderr, "%s: %s\n", dir, lack)
	}
	if err := table.Write(stdout, d, table.Format(f.format), terminal.Width(stdout, table.Width)); err != nil {
		return err
	}
	fmt.Fprintf(stderr, "charts and %s in %s\n", folder.ReportFile, dir)
	return nil
}

// indexOf is the index that a report links to: that of a folder which gets one, or one
// that is there.
func indexOf(dir string, parents []string) string {
	for _, parent := range parents {
		if isAbove(parent, []string{dir}) {
			return page.IndexFor(dir, parent)
		}
	}
	return page.IndexAbove(dir)
}

func (f *reportFlags) indexAll(stderr io.Writer, folders, dirs []string) error {
	title := f.title
	if len(folders) == 1 { // it is that of the report
		title = ""
	}
	for _, dir := range dirs {
		if err := folder.WhileLocked(dir, func() error { return page.WriteIndex(dir, title) }); err != nil {
			return err
		}
		fmt.Fprintf(stderr, "index in %s\n", filepath.Join(dir, page.IndexFile))
	}
	return nil
}
