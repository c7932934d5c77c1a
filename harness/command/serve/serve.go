// Package serve is the command that serves the rate-limited API over HTTP.
package serve

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ratebench/harness/command/input"
	"ratebench/harness/internal/cmdline"
	"ratebench/harness/kinds"
	"ratebench/harness/scenario"
	"ratebench/harness/serving"
	"ratebench/harness/serving/tally"
	"ratebench/scenarios/apis"
	"ratebench/server"
)

// New is the command.
func New(limiters []kinds.Kind) *cobra.Command {
	var f flags
	c := &cobra.Command{
		Use:   "serve [SCENARIO]",
		Short: "Serve the rate-limited API over HTTP",
		Long:  help(),
		Example: `  ratebench serve
  ratebench serve scenarios/blog.yaml --listen 127.0.0.1:8080
  ratebench serve --as shopify --body product.json
  ratebench serve --as github --set server.latency.incoming=0ms --set server.latency.outgoing=0ms
  ratebench serve scenarios/blog.yaml --record mine
  ratebench serve -v --log-format json 2>requests.log`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := f.validate(); err != nil {
				return cmdline.Wrong(err)
			}
			sc, err := f.served(args, input.Reader{Kinds: limiters, Set: f.set, Stdin: c.InOrStdin()})
			if err != nil {
				return err
			}
			if f.listKeys {
				_, err := fmt.Fprintln(c.OutOrStdout(), strings.Join(server.Keys(sc.Server.Keys), "\n"))
				return err
			}
			return serve(c.Context(), Logger(c.ErrOrStderr(), f.logFormat), c.OutOrStdout(), sc, f)
		},
	}
	f.register(c.Flags())
	return c
}

// served is the scenario named, or that of the preset, or else the reference's.
func (f *flags) served(paths []string, r input.Reader) (*scenario.Scenario, error) {
	switch {
	case f.as != "" && len(paths) > 0:
		return nil, cmdline.Wrong(fmt.Errorf("--as is %s, beside the scenario %s: want one of them", f.as, paths[0]))
	case len(r.Set) > 0 && len(paths) == 0:
		sc, err := f.changed(r)
		if err != nil {
			return nil, cmdline.Wrong(err)
		}
		return sc, nil
	case f.as != "":
		p, err := scenario.LoadPreset(f.as)
		if err != nil {
			return nil, cmdline.Wrong(fmt.Errorf("--as: %w", err))
		}
		return p.Scenario(), nil
	case len(paths) == 0:
		return scenario.Reference(), nil
	}
	scenarios, err := r.Scenarios(paths)
	if err != nil {
		return nil, err
	}
	if len(scenarios) != 1 {
		return nil, cmdline.Wrong(fmt.Errorf("%s has %d scenarios, want one", paths[0], len(scenarios)))
	}
	return scenarios[0], nil
}

// changed is the preset, or the reference, with other values of some keys. What a file
// has to say beside its server, it says here of a client that is not used.
func (f *flags) changed(r input.Reader) (*scenario.Scenario, error) {
	name, lines := "reference", "version: 1\nduration: 1h\nruns: 1\nstrategies: [{name: client, limiter: {kind: none}}]\n"
	if f.as != "" {
		if _, err := scenario.LoadPreset(f.as); err != nil {
			return nil, fmt.Errorf("--as: %w", err)
		}
		name, lines = f.as, lines+"api: "+f.as+"\n"
	}
	return scenario.Loader{Kinds: r.Kinds, Set: r.Set}.Parse(name+".yaml", []byte(lines), nil)
}

// serve serves until ctx is done, drains, and says what it has counted.
func serve(ctx context.Context, log *slog.Logger, stdout io.Writer, sc *scenario.Scenario, f flags) error {
	body, err := f.readBody()
	if err != nil {
		return err
	}
	if !sc.Server.NoNonces && (f.strict || f.body != "") {
		return cmdline.Wrong(errors.New("--strict and --body are for an API without nonces (server.nonces: false), which is served at any path; this one is served as the reference"))
	}
	if f.record != "" {
		unlock, err := prepareRecord(f.record)
		if err != nil {
			return err
		}
		defer unlock()
	}
	counted := tally.New(time.Now)
	s, err := serving.NewService(sc, serving.ServiceConfig{
		Log: log, Seed: f.seed, MaxConcurrent: f.maxConcurrent, Hosts: Hosts(f.listen, f.allowHosts), LogRequests: f.verbose,
		Strict: f.strict, Body: body, Observe: counted.Observe,
	})
	if err != nil {
		return err
	}
	ln, err := Listen(f.listen, log, "its keys are no secret")
	if err != nil {
		return err
	}
	defer serving.TuneGC()()
	err = s.Serve(ctx, ln)
	if f.record != "" {
		err = errors.Join(err, record(log, f.record, counted, sc, f.seed))
	}
	return errors.Join(err, printCounts(stdout, counted.Rows()))
}

// readBody reads the file of --body, if there is one.
func (f *flags) readBody() ([]byte, error) {
	if f.body == "" {
		return nil, nil
	}
	body, err := cmdline.ReadFile(f.body)
	if err != nil {
		return nil, cmdline.Wrong(fmt.Errorf("--body: %w", err))
	}
	return body, nil
}

// flags are the flags of serve.
type flags struct {
	as            string
	strict        bool
	body          string
	listen        string
	allowHosts    []string
	seed          uint64
	maxConcurrent int
	verbose       bool
	logFormat     string
	listKeys      bool
	set           []string
	record        string
}

func (f *flags) register(fs *pflag.FlagSet) {
	fs.SortFlags = false
	fs.StringVar(&f.as, "as", "", "serve an API that is documented, at any path and to any key, in place of a scenario; its limits by account take all keys for those of one: "+strings.Join(apis.Names(), ", "))
	fs.BoolVar(&f.strict, "strict", false, "refuse keys that --list-keys does not print")
	fs.StringVar(&f.body, "body", "", "file with the body of the answer to requests that are accepted; {} by default")
	fs.StringVar(&f.listen, "listen", "127.0.0.1:9999", "address to listen on")
	fs.StringSliceVar(&f.allowHosts, "allow-host", nil, "answer requests for this host, too: a name without a port; may be repeated")
	fs.StringArrayVar(&f.set, "set", nil, "give a key of the scenario, of --as or of the reference another value, such as server.limit=50/1s; may be repeated")
	fs.Uint64Var(&f.seed, "seed", 1, "seed of the injected latencies")
	fs.IntVar(&f.maxConcurrent, "max-concurrent", server.DefaultMaxConcurrent, "requests handled at a time; any more are answered 503")
	fs.BoolVarP(&f.verbose, "verbose", "v", false, "log each request, never its key")
	fs.StringVar(&f.logFormat, "log-format", LogFormats()[0], "of the log on stderr: "+strings.Join(LogFormats(), ", "))
	fs.StringVar(&f.record, "record", "", "folder to write results to at the end, with charts and a page: what the clients got, second by second")
	fs.BoolVar(&f.listKeys, "list-keys", false, "print the keys of the server, a line each, and do not serve")
}

func (f *flags) validate() error {
	err := cmdline.CheckValue("--log-format", f.logFormat, LogFormats())
	if f.maxConcurrent < 1 {
		err = errors.Join(err, fmt.Errorf("--max-concurrent is %d, want 1 or more", f.maxConcurrent))
	}
	for _, host := range f.allowHosts {
		if host == "" || strings.ContainsAny(host, "/ ") || strings.Contains(host, ":") && net.ParseIP(host) == nil {
			err = errors.Join(err, fmt.Errorf("--allow-host is %q, want a name or an address without a port", host))
		}
	}
	return err
}
