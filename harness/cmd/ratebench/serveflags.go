package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"

	"github.com/spf13/pflag"

	"ratebench/server"
)

// serveFlags are the flags of serve.
type serveFlags struct {
	listen        string
	allowHosts    []string
	seed          uint64
	maxConcurrent int
	verbose       bool
	logFormat     string
	listKeys      bool
}

// Values of --log-format.
const (
	logText = "text"
	logJSON = "json"
)

func logFormats() []string { return []string{logText, logJSON} }

func (f *serveFlags) register(fs *pflag.FlagSet) {
	fs.SortFlags = false
	fs.StringVar(&f.listen, "listen", "127.0.0.1:9999", "address to listen on")
	fs.StringSliceVar(&f.allowHosts, "allow-host", nil, "answer requests for this host, too: a name without a port; may be repeated")
	fs.Uint64Var(&f.seed, "seed", 1, "seed of the injected latencies")
	fs.IntVar(&f.maxConcurrent, "max-concurrent", server.DefaultMaxConcurrent, "requests handled at a time; any more are answered 503")
	fs.BoolVarP(&f.verbose, "verbose", "v", false, "log each request, never its key")
	fs.StringVar(&f.logFormat, "log-format", logText, "of the log on stderr: "+strings.Join(logFormats(), ", "))
	fs.BoolVar(&f.listKeys, "list-keys", false, "print the keys of the server, a line each, and do not serve")
}

func (f *serveFlags) validate() error {
	err := checkValue("--log-format", f.logFormat, logFormats())
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

// hosts are the names that the server is known by.
func (f *serveFlags) hosts() []string {
	host, _, err := net.SplitHostPort(f.listen)
	if ip := net.ParseIP(host); err != nil || host == "" || ip != nil && ip.IsUnspecified() {
		return f.allowHosts
	}
	return append([]string{host}, f.allowHosts...)
}

// logger writes to w in the chosen format.
func (f *serveFlags) logger(w io.Writer) *slog.Logger {
	if f.logFormat == logJSON {
		return slog.New(slog.NewJSONHandler(w, nil))
	}
	return slog.New(slog.NewTextHandler(w, nil))
}
