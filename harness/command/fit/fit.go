// Package fit is the command that makes a scenario of what was measured.
package fit

import (
	"cmp"
	_ "embed" // for the help
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	fitting "ratebench/harness/fit"
	"ratebench/harness/fit/picture"
	"ratebench/harness/internal/cmdline"
	"ratebench/harness/kinds"
	"ratebench/harness/measured"
	"ratebench/harness/scenario"
	"ratebench/harness/scenario/notation"
)

// help is the long help, with the formats to be filled in.
//
//go:embed help.txt
var help string

// flags are those of fit.
type flags struct {
	output        string
	split         string
	given         fitting.Given
	read          measured.Options
	force, noFile bool
}

// New is the command.
func New(limiters []kinds.Kind) *cobra.Command {
	var f flags
	c := &cobra.Command{
		Use:   "fit FILE...",
		Short: "Make a scenario of measured latencies",
		Long:  cmdline.Fill(help, measured.Formats()),
		Example: `  ratebench fit results.bin
  k6 run --out json=k6.json.gz script.js; ratebench fit --name orders k6.json.gz
  ratebench fit --format '$msec $request_time $status' access.log.gz
  vegeta encode --to csv results.bin | ratebench fit --split in --limit 100/1m -`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, paths []string) error {
			if err := f.validate(); err != nil {
				return cmdline.Wrong(err)
			}
			return f.run(c.InOrStdin(), c.OutOrStdout(), paths, limiters)
		},
	}
	c.Flags().SortFlags = false
	c.Flags().StringVar(&f.given.Name, "name", "", "of the scenario and its files (default that of the first file)")
	c.Flags().StringVarP(&f.output, "output", "o", ".", "the folder to write to")
	c.Flags().StringVar(&f.split, "split", string(fitting.SplitHalf), "what part of a latency is the way in: "+strings.Join(fitting.Splits(), ", "))
	c.Flags().StringVar(&f.given.Limit, "limit", "", "of each key, such as 20/1s (default what the answers state)")
	c.Flags().IntVar(&f.given.Keys, "keys", 1, "how many API keys there are")
	c.Flags().StringVar(&f.read.Format, "type", "", "the format of the files (default found out): "+strings.Join(formatNames(), ", "))
	c.Flags().StringVar(&f.read.LogFormat, "format", "", "nginx's log_format of an access log")
	c.Flags().DurationVar(&f.read.Unit, "unit", time.Nanosecond, "of the values in an HDR log")
	c.Flags().BoolVar(&f.force, "force", false, "write over files that are there")
	c.Flags().BoolVar(&f.noFile, "dry-run", false, "write nothing, only say what there is")
	return c
}

func formatNames() []string {
	var names []string
	for _, format := range measured.Formats() {
		names = append(names, format.Name)
	}
	return names
}

func (f *flags) validate() error {
	if err := cmdline.CheckValue("--split", f.split, fitting.Splits()); err != nil {
		return err
	}
	if f.read.Format != "" {
		if err := cmdline.CheckValue("--type", f.read.Format, formatNames()); err != nil {
			return err
		}
	}
	if f.read.Unit <= 0 {
		return fmt.Errorf("--unit is %v, want more than 0", f.read.Unit)
	}
	if f.given.Keys < 1 || f.given.Keys > 100_000 {
		return fmt.Errorf("--keys is %d, want 1 to 100000", f.given.Keys)
	}
	if f.given.Name != "" { // files are named by it
		if err := notation.CheckName(f.given.Name); err != nil {
			return fmt.Errorf("--name %w", err)
		}
	}
	return f.validateLimit()
}

// validateLimit says what is wrong with --limit before anything is read.
func (f *flags) validateLimit() error {
	if f.given.Limit == "" {
		return nil
	}
	const resolution = time.Millisecond // of the server's clock, in what is written
	l, err := notation.ParseLimit(f.given.Limit)
	switch {
	case err != nil:
		return fmt.Errorf("--limit: %w", err)
	case l.Window < resolution:
		return fmt.Errorf("--limit: limit %s has a window below %v, want that at least", l, resolution)
	}
	return nil
}

func (f *flags) run(stdin io.Reader, stdout io.Writer, paths []string, limiters []kinds.Kind) error {
	given := f.given
	given.Name = cmp.Or(given.Name, nameOf(paths[0]))
	files, err := readAll(stdin, paths, f.read)
	if err != nil {
		return err
	}
	fit, err := fitting.New(files, fitting.Split(f.split))
	if err != nil {
		return err
	}
	sources := make([]string, len(paths))
	for i, path := range paths {
		sources[i] = scenario.Printable(filepath.Base(path)) + " (" + files[i].Format + ")"
	}
	out, err := fit.Scenario(given, sources)
	if err != nil {
		return err
	}
	sc, err := load(out, given.Name, limiters)
	if err != nil {
		return cmdline.Wrong(fmt.Errorf("what was fitted makes no scenario: %w", err))
	}
	chart := picture.Picture{
		Name: given.Name, Source: strings.Join(sources, ", "), Measured: fit.Latencies, Drawn: drawn(sc, len(fit.Latencies)),
		How: sc.Server.Incoming.String(),
	}.Chart()
	if out[given.Name+".svg"], err = chart.SVG(); err != nil {
		return err
	}
	const many = 20_000 // so that quantiles are those of a long run
	if err := fit.Report(stdout, drawn(sc, max(many, len(fit.Latencies)))); err != nil || f.noFile {
		return err
	}
	return f.write(stdout, out)
}

// readAll reads every file, or says what is wrong with each.
func readAll(stdin io.Reader, paths []string, o measured.Options) ([]*measured.File, error) {
	var files []*measured.File
	var errs []error
	for _, path := range paths {
		file, err := readFile(stdin, path, o)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", scenario.Printable(path), err))
			continue
		}
		files = append(files, file)
	}
	if len(errs) > 0 {
		return nil, cmdline.Wrong(errors.Join(errs...))
	}
	return files, nil
}

func readFile(stdin io.Reader, path string, o measured.Options) (*measured.File, error) {
	if path == "-" {
		return measured.Read(stdin, o)
	}
	file, err := os.Open(path)
	if err != nil {
		if wrong, ok := errors.AsType[*fs.PathError](err); ok {
			err = wrong.Err
		}
		return nil, err
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.IsDir() {
		return nil, errors.New("it is a folder, want a file")
	}
	return measured.Read(file, o)
}

// nameOf is a name for a scenario that was fitted from a file.
func nameOf(path string) string {
	name, _, _ := strings.Cut(filepath.Base(path), ".")
	name = strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '-', r == '_':
			return r
		}
		return '-'
	}, name)
	if name = strings.Trim(name, "-_"); name == "" {
		return "fitted"
	}
	return name
}

// load reads the scenario back, as run will.
func load(files fitting.Files, name string, limiters []kinds.Kind) (*scenario.Scenario, error) {
	dir, err := os.MkdirTemp("", "fit")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	for file, content := range files {
		if err := os.WriteFile(filepath.Join(dir, file), content, 0o666); err != nil {
			return nil, err
		}
	}
	return scenario.Loader{Kinds: limiters}.Load(filepath.Join(dir, name+".yaml"))
}

// drawn are n latencies as a run of one key with the first seed meets them.
func drawn(sc *scenario.Scenario, n int) []time.Duration {
	latencies := sc.Server.Latencies(sc.Seed)
	all := make([]time.Duration, n)
	for i := range all {
		in, out := latencies(i%sc.Server.Keys, uint64(i/sc.Server.Keys))
		all[i] = in + out
	}
	return all
}

// write writes the files, none of them over one that is there.
func (f *flags) write(stdout io.Writer, files fitting.Files) error {
	if err := os.MkdirAll(f.output, 0o777); err != nil {
		return err
	}
	names := slices.Sorted(maps.Keys(files))
	for _, name := range names {
		path := filepath.Join(f.output, name)
		if _, err := os.Lstat(path); err == nil && !f.force {
			return cmdline.Wrong(fmt.Errorf("%s is there already: give another --name or --output, or --force to write over it", path))
		}
	}
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(f.output, name), files[name], 0o666); err != nil {
			return err
		}
	}
	path := filepath.Join(f.output, names[len(names)-1]) // the scenario comes last
	_, err := fmt.Fprintf(stdout, "\nwrote %s in %s; now: ratebench run %s\n", strings.Join(names, ", "), f.output, path)
	return err
}
