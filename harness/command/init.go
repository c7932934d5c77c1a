package command

import (
	_ "embed" // for the scenario
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"ratebench/harness/internal/cmdline"
	"ratebench/harness/kinds"
	"ratebench/harness/scenario"
	"ratebench/harness/theory"
	"ratebench/scenarios/apis"
)

func newInit() *cobra.Command {
	var api string
	c := &cobra.Command{
		Use:   "init [--api NAME] [FILE]",
		Short: "Write a commented scenario to start from",
		Long: `Write a scenario of an API, with what there is to know of the API in comments, to
FILE, or to standard output if there is none or it is -. A file that is there
already stays as it is.

The APIs are: ` + strings.Join(apis.Names(), ", ") + ".",
		Example: `  ratebench init --api github github.yaml
  ratebench init --api shopify | ratebench run -`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(c *cobra.Command, args []string) error {
			text, err := starter(api)
			if err != nil {
				return err
			}
			if len(args) == 0 || args[0] == "-" {
				_, err := io.WriteString(c.OutOrStdout(), text)
				return err
			}
			return writeNew(args[0], text)
		},
	}
	c.Flags().StringVar(&api, "api", "reference", "the API to start from")
	_ = c.RegisterFlagCompletionFunc("api", cobra.FixedCompletions(apis.Names(), cobra.ShellCompDirectiveNoFileComp)) // there is such a flag
	return c
}

// writeNew writes a file that is not there yet.
func writeNew(path, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return cmdline.Wrong(fmt.Errorf("%s is there already, want a name for a new file", path))
	}
	if errors.Is(err, fs.ErrNotExist) {
		return cmdline.Wrong(fmt.Errorf("%s: there is no folder %s, want one that is there", path, filepath.Dir(path)))
	}
	if err != nil {
		return err
	}
	_, err = io.WriteString(f, text)
	return errors.Join(err, f.Close())
}

//go:embed starter.yaml.tmpl
var starterText string

// first are the strategies of a starter, each with what takes its place where it would
// never let go some kind of the API's requests, for their costs.
var first = [][]string{
	{"{name: unpaced, limiter: {kind: none}}"},
	{"{name: ack-clocked, limiter: {kind: ack-clocked}}", "{name: bucket-acked, limiter: {kind: bucket-acked}}"},
	{"{name: even, limiter: {kind: counter-paced, spread: 50ms}}", "{name: even, limiter: {kind: paced, spread: 50ms}}"},
	{"{name: bucket, limiter: {kind: bucket-paced, spread: 50ms}}"},
}

// strategiesOf are those that a starter of an API has, a line each, all of which let go
// all of its requests.
func strategiesOf(api string) ([]string, error) {
	var lines []string
	for _, choices := range first {
		for _, line := range choices {
			text := "version: 1\nduration: 1s\napi: " + api + "\nstrategies: [" + line + "]\n"
			sc, err := scenario.Loader{Kinds: kinds.All()}.Parse(api+".yaml", []byte(text), nil)
			if err != nil {
				return nil, err
			}
			if len(theory.UnsentOf(sc)) == 0 {
				lines = append(lines, line)
				break
			}
		}
	}
	return lines, nil
}

// starter is a scenario of an API that can be run as it is.
func starter(api string) (string, error) {
	p, err := scenario.LoadPreset(api)
	if err != nil {
		return "", cmdline.Wrong(fmt.Errorf("--api: %w", err))
	}
	strategies, err := strategiesOf(api)
	if err != nil {
		return "", err
	}
	return cmdline.Fill(starterText, struct {
		*scenario.Preset
		Inherited  iter.Seq[string]
		Strategies []string
	}{p, strings.Lines(p.Text), strategies}), nil
}
