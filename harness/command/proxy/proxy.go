// Package proxy is the command that puts a limiter before an API, for clients in
// any language.
package proxy

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ratebench/clients/limiter"
	"ratebench/harness/command/serve"
	"ratebench/harness/internal/cmdline"
	"ratebench/harness/internal/secret"
	"ratebench/harness/kinds"
	"ratebench/harness/proxy"
	"ratebench/harness/scenario"
)

// New is the command.
func New(limiters []kinds.Kind) *cobra.Command {
	var f flags
	c := &cobra.Command{
		Use:   "proxy",
		Short: "Pace the requests of any client to an API",
		Long:  help(),
		Example: `  ratebench proxy --upstream https://api.example.com --limit 20/1s --key header:Authorization
  ratebench proxy --upstream http://127.0.0.1:9999 --limit 20/1s --kind ack-clocked --set guard.order=true \
      --key query:api_key --nonce query:nonce
  ratebench proxy --upstream https://api.github.com --as github --key header:Authorization
  ratebench proxy --upstream https://api.example.com --scenario mine.yaml --strategy tuned`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			config, end, err := f.config(limiters, c.ErrOrStderr())
			if err != nil {
				return err
			}
			return errors.Join(run(c.Context(), f.listen, config), end())
		},
	}
	f.register(c.Flags())
	return c
}

// run serves until ctx is done, and then drains.
func run(ctx context.Context, listen string, config proxy.Config) error {
	p, err := proxy.New(config)
	if err != nil {
		return cmdline.Wrong(err)
	}
	ln, err := serve.Listen(listen, config.Log, "passes on what they send, unencrypted up to here")
	if err != nil {
		return err
	}
	return p.Serve(ctx, ln)
}

// flags are the flags of proxy.
type flags struct {
	upstream, ca         string
	limit, resolution    string
	kind                 string
	set                  []string
	scenario, strategy   string
	as                   string
	key, nonce           string
	budget, process      string
	latency              time.Duration
	cold, maxWait, drain time.Duration
	retries              int
	waiters, requests    int
	keys, header         int
	body                 int64
	listen               string
	allowHosts           []string
	verbose              bool
	logFormat            string
}

func (f *flags) register(fs *pflag.FlagSet) {
	fs.SortFlags = false
	fs.StringVar(&f.upstream, "upstream", "", "URL of the API; a path in it is put before those of requests")
	fs.StringVar(&f.as, "as", "", "pace for all limits of a documented API, one of those of ratebench serve --as")
	fs.StringVar(&f.limit, "limit", "", "what the API grants a key, such as 20/1s")
	fs.StringVar(&f.kind, "kind", "", "limiter that paces the requests of a key, one of those of ratebench strategies (default paced, and with --as bucket-paced with a spread of 50ms)")
	fs.StringArrayVar(&f.set, "set", nil, "parameter of the limiter, such as spread=50ms, or of its guard, such as guard.order=true; may be repeated")
	fs.StringVar(&f.resolution, "resolution", "1ms", "tick of the API's clock; 0ms is continuous")
	fs.StringVar(&f.scenario, "scenario", "", "take limit and limiter from a scenario file")
	fs.StringVar(&f.strategy, "strategy", "", "strategy of the scenario; not needed if it has one only")
	fs.StringVar(&f.key, "key", "", "where a request has its key: header:NAME or query:NAME; without it all requests have the same")
	fs.StringVar(&f.nonce, "nonce", "", "where to put a nonce that grows with each departure of a key: header:NAME or query:NAME")
	fs.StringVar(&f.budget, "budget", "", "share the limit of each key with other proxies through the Redis at this URL, such as redis://127.0.0.1:6379; it takes the place of --kind")
	fs.DurationVar(&f.latency, "latency", time.Second, "longest latency from here to the API, for --budget; a generous one costs nothing as long as answers come")
	fs.StringVar(&f.process, "process", "", "name of this proxy in the budget, unlike that of any other; made of the machine and the process by default")
	fs.DurationVar(&f.cold, "cold", 0, "send nothing for so long after the start: the window and the latency of the way in are enough to be sure of a restart")
	fs.IntVar(&f.retries, "retries", 0, "how often a request is sent again that was refused, or failed and may be carried out twice")
	fs.DurationVar(&f.maxWait, "max-wait", 0, "how long a request may wait to be sent; 0 is as long as its client does")
	fs.IntVar(&f.waiters, "max-waiters", proxy.DefaultWaiters, "requests of a key that may wait; any more are answered 503")
	fs.IntVar(&f.requests, "max-requests", proxy.DefaultRequests, "requests that may wait or be under way, of all keys")
	fs.IntVar(&f.keys, "max-keys", proxy.DefaultKeys, "keys that are known at a time")
	fs.IntVar(&f.header, "max-header", proxy.DefaultHeader, "bytes of a request's header")
	fs.Int64Var(&f.body, "max-body", proxy.DefaultBody, "bytes of a request's body")
	fs.DurationVar(&f.drain, "drain", 10*time.Second, "how long requests may still take after SIGINT or SIGTERM")
	fs.StringVar(&f.ca, "ca", "", "PEM file with the authorities that vouch for the API, in place of the system's")
	fs.StringVar(&f.listen, "listen", "127.0.0.1:8080", "address to listen on")
	fs.StringSliceVar(&f.allowHosts, "allow-host", nil, "answer requests for this host, too: a name without a port; may be repeated")
	fs.BoolVarP(&f.verbose, "verbose", "v", false, "log each request, never its key, query, header or body")
	fs.StringVar(&f.logFormat, "log-format", serve.LogFormats()[0], "of the log on stderr: "+strings.Join(serve.LogFormats(), ", "))
}

// validate says what is wrong with the flags by themselves.
func (f *flags) validate() error {
	err := cmdline.CheckValue("--log-format", f.logFormat, serve.LogFormats())
	if f.upstream == "" {
		err = errors.Join(err, errors.New("--upstream is missing, want the URL of the API"))
	}
	switch {
	case f.scenario == "" && f.limit == "" && f.as == "":
		err = errors.Join(err, errors.New("--limit is missing, want what the API grants a key, such as 20/1s, or --as or --scenario"))
	case f.as != "" && (f.limit != "" || f.scenario != "" || f.budget != ""):
		err = errors.Join(err, errors.New("--as has limits of its own, want none of --limit, --scenario and --budget with it"))
	case f.scenario == "" && f.strategy != "":
		err = errors.Join(err, errors.New("--strategy is one of a scenario, want --scenario with it"))
	case f.scenario != "" && (f.limit != "" || len(f.set) > 0):
		err = errors.Join(err, errors.New("--scenario has a limit and a limiter, want none of --limit and --set with it"))
	}
	if f.budget != "" && (len(f.set) > 0 || f.scenario != "") {
		err = errors.Join(err, errors.New("--budget takes the place of a limiter, want none of --set and --scenario with it"))
	}
	for _, d := range []struct {
		name  string
		value time.Duration
	}{{"--cold", f.cold}, {"--max-wait", f.maxWait}} {
		if d.value < 0 {
			err = errors.Join(err, fmt.Errorf("%s is %v, want 0s or more", d.name, d.value))
		}
	}
	for _, n := range []struct {
		name         string
		value, least int64
	}{
		{"--retries", int64(f.retries), 0}, {"--max-waiters", int64(f.waiters), 1}, {"--max-requests", int64(f.requests), 1},
		{"--max-keys", int64(f.keys), 1}, {"--max-header", int64(f.header), 1}, {"--max-body", f.body, 1},
	} {
		if n.value < n.least {
			err = errors.Join(err, fmt.Errorf("%s is %d, want %d or more", n.name, n.value, n.least))
		}
	}
	if f.drain <= 0 {
		err = errors.Join(err, fmt.Errorf("--drain is %v, want more than 0s", f.drain))
	}
	return err
}

// config is what the flags say.
func (f *flags) config(limiters []kinds.Kind, stderr io.Writer) (c proxy.Config, end func() error, err error) {
	c, err = f.places()
	if err != nil {
		return c, nil, cmdline.Wrong(err)
	}
	pacing, sc, st, err := f.pacing(limiters)
	if err != nil {
		return c, nil, cmdline.Wrong(err)
	}
	if c.TLS, err = f.tls(); err != nil {
		return c, nil, err
	}
	c.NewLimiter = func(string) (limiter.Limiter, error) { return pacing.Limiter() }
	c.Shared, c.Costs = pacing.Shared, pacing.Costs
	c.Retries, c.MaxWait, c.DrainTime, c.IdleTimeout = f.retries, f.maxWait, f.drain, idle(sc)
	c.MaxWaiters, c.MaxRequests, c.MaxKeys, c.MaxHeader, c.MaxBody = f.waiters, f.requests, f.keys, f.header, f.body
	c.Hosts, c.Log, c.LogRequests = serve.Hosts(f.listen, f.allowHosts), serve.Logger(stderr, f.logFormat), f.verbose
	if f.cold > 0 {
		c.ColdUntil = time.Now().Add(f.cold)
	}
	what := st.Limiter.Kind
	end = func() error { return nil }
	if f.budget != "" {
		shared, err := f.budgets(st.Quota(sc.Server), c.Log)
		if err != nil {
			return c, nil, cmdline.Wrong(err)
		}
		c.NewLimiter, c.IdleTimeout, end, what = shared.limiter, never, shared.close, "budget"
	}
	var limits []string
	for _, l := range sc.Server.AllLimits() {
		text := l.String()
		if l.Name != l.Kind() {
			text = l.Name + ": " + text
		}
		limits = append(limits, text)
	}
	c.Log.Info("each key is paced", "kind", what, "limits", strings.Join(limits, ", "))
	return c, end, nil
}

// idle is how long a key has to be known that is not used: longer than any limit
// remembers what was spent.
func idle(sc *scenario.Scenario) time.Duration {
	most := time.Hour
	for _, l := range sc.Server.AllLimits() {
		if l.Window.Per > 0 {
			most = max(most, 2*l.Window.Per)
		}
	}
	return most
}

// places are where requests go and have what.
func (f *flags) places() (c proxy.Config, err error) {
	if err := f.validate(); err != nil {
		return c, err
	}
	if c.Upstream, err = url.Parse(f.upstream); err != nil {
		return c, fmt.Errorf("--upstream is %q: %w", secret.URL(f.upstream), secret.Reason(f.upstream, err))
	}
	if c.Key, err = proxy.ParsePlace(f.key); err != nil {
		return c, fmt.Errorf("--key: %w", err)
	}
	if c.Nonce, err = proxy.ParsePlace(f.nonce); err != nil {
		return c, fmt.Errorf("--nonce: %w", err)
	}
	return c, nil
}

// tls is that of connections to the upstream; nil if it is as everywhere.
func (f *flags) tls() (*tls.Config, error) {
	if f.ca == "" {
		return nil, nil
	}
	pem, err := cmdline.ReadFile(f.ca)
	if err != nil {
		return nil, fmt.Errorf("--ca: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, cmdline.Wrong(fmt.Errorf("--ca: %s has no certificate in it, want PEM", f.ca))
	}
	return &tls.Config{RootCAs: pool}, nil
}
