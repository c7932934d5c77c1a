package command

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"ratebench/harness/internal/choice"
	"ratebench/harness/internal/cmdline"
	"ratebench/harness/scenario"
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
			if err := checkAPI(api); err != nil {
				return err
			}
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

func checkAPI(name string) error {
	for _, known := range apis.Names() {
		if name == known {
			return nil
		}
	}
	return cmdline.Wrong(errors.New("--api: " + choice.Unknown("api", name, apis.Names())))
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

// starter is a scenario of an API that can be run as it is.
func starter(api string) (string, error) {
	p, err := scenario.LoadPreset(api)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, `# A scenario of %s.
# It was documented, on %s, at
# %s
# Not in it: %s
#
# ratebench run this file, then change what is not as yours: "ratebench strategies"
# lists the limiters, "ratebench strategies common" all other keys of a strategy,
# "ratebench schema" those of server and load.
version: 1
name: my-%s
question: Which client gets the most out of it without being refused?
duration: 60s
runs: 10

# What is inherited is below, as a comment; what you say here takes its place.
api: %s
`, p.About, p.Date, p.Page, p.LeavesOut, api, api)
	for line := range strings.Lines(p.Text) {
		b.WriteString("#   " + line)
	}
	fmt.Fprintf(&b, `
# Your own part of it, for instance:
# server:
#   keys: 1                        # API keys that you have
#   latency: {incoming: "uniform(10ms, 40ms)"}   # as you have measured it; see ratebench fit
# load:
#   every: exponential(50ms)       # how often there is something to send

client: {workers_per_key: 10}
strategies:
  - {name: unpaced, limiter: {kind: none}}
  - {name: ack-clocked, limiter: {kind: ack-clocked}}
  - {name: even, limiter: {kind: counter-paced, spread: 50ms}}
  - {name: bucket, limiter: {kind: bucket-paced, spread: 50ms}}

# What you claim of it is checked after each run, and exit code 99 says that it
# does not hold:
# expect:
#   - {strategy: even, metric: refused, between: [0, 0]}
`)
	return b.String(), nil
}
