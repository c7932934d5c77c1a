package command

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ratebench/harness/command/input"
	"ratebench/harness/internal/cmdline"
	"ratebench/harness/internal/terminal"
	"ratebench/harness/page"
	"ratebench/harness/result"
	"ratebench/harness/result/folder"
	"ratebench/harness/table"
)

func newReport() *cobra.Command {
	var format string
	var png bool
	c := &cobra.Command{
		Use:   "report DIR...",
		Short: "Make tables, charts and pages again from saved results",
		Long: `Read the results of earlier runs, print their tables, and write their charts and
pages anew, without running anything. A folder is that of one scenario, or one
with folders of scenarios in it or below; one right above scenarios gets an
index.html over all of them.

Charts of ratebench that are not of these results, such as PNG of another time,
are removed. Data stay.`,
		Example: `  ratebench report results
  ratebench report --png --format markdown results/blog`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, dirs []string) error {
			if err := cmdline.CheckValue("--format", format, table.FormatNames()); err != nil {
				return cmdline.Wrong(err)
			}
			folders, parents, err := allResultFolders(dirs)
			if err != nil {
				return err
			}
			if err := reportAll(c.OutOrStdout(), c.ErrOrStderr(), folders, parents, table.Format(format), png); err != nil {
				return err
			}
			return indexAll(c.ErrOrStderr(), parents)
		},
	}
	c.Flags().SortFlags = false
	c.Flags().StringVar(&format, "format", table.Text.String(), "of the table: "+strings.Join(table.FormatNames(), ", "))
	c.Flags().BoolVar(&png, "png", false, "write every chart as PNG, too")
	return c
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

// reportAll reads everything before it writes anything.
func reportAll(stdout, stderr io.Writer, folders, parents []string, f table.Format, png bool) error {
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
	for i, dir := range folders {
		if i > 0 {
			fmt.Fprintln(stdout)
		}
		views, err := page.Views(results[i], page.Options{PNG: png, Index: indexOf(dir, parents)})
		if err != nil {
			return err
		}
		if err := folder.WriteViews(dir, views); err != nil {
			return err
		}
		for _, lack := range results[i].Lacks {
			fmt.Fprintf(stderr, "%s: %s\n", dir, lack)
		}
		if err := table.Write(stdout, results[i], f, terminal.Width(stdout, table.Width)); err != nil {
			return err
		}
		fmt.Fprintf(stderr, "charts and %s in %s\n", folder.ReportFile, dir)
	}
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

func indexAll(stderr io.Writer, dirs []string) error {
	for _, dir := range dirs {
		if err := folder.WhileLocked(dir, func() error { return page.WriteIndex(dir) }); err != nil {
			return err
		}
		fmt.Fprintf(stderr, "index in %s\n", filepath.Join(dir, page.IndexFile))
	}
	return nil
}
