package serve

import (
	"io"
	"log/slog"
	"net"

	"ratebench/harness/internal/cmdline"
)

// What serve and proxy have in common.

// LogFormats are the values of --log-format, the first of which is the default.
func LogFormats() []string { return []string{"text", "json"} }

// Logger writes to w in one of the LogFormats.
func Logger(w io.Writer, format string) *slog.Logger {
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, nil))
	}
	return slog.New(slog.NewTextHandler(w, nil))
}

// Listen listens at an address. It warns of one that other machines can reach, with
// what that means.
func Listen(address string, log *slog.Logger, means string) (net.Listener, error) {
	ln, err := net.Listen("tcp", address)
	if err != nil {
		return nil, cmdline.ListenError(address, err)
	}
	if a, ok := ln.Addr().(*net.TCPAddr); ok && !a.IP.IsLoopback() {
		log.Warn(a.String() + " can be reached from other machines, and " + means)
	}
	return ln, nil
}

// Hosts are the names that what listens at an address is known by, with those of
// --allow-host.
func Hosts(address string, allowed []string) []string {
	host, _, err := net.SplitHostPort(address)
	if ip := net.ParseIP(host); err != nil || host == "" || ip != nil && ip.IsUnspecified() {
		return allowed
	}
	return append([]string{host}, allowed...)
}
