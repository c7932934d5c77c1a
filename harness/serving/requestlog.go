package serving

import (
	"context"
	"log/slog"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"ratebench/server"
)

// maxLogged is how many bytes of what a client sent go into the log.
const maxLogged = 64

// A requestLog writes a line for each request. Quoting what clients send is
// up to the logger's handler.
type requestLog struct {
	log  *slog.Logger
	hide *strings.Replacer // puts the index of a key in its place
}

func newRequestLog(log *slog.Logger, keys []string) *requestLog {
	pairs := make([]string, 0, 2*len(keys))
	for i, key := range keys {
		pairs = append(pairs, key, "(key "+strconv.Itoa(i)+")")
	}
	return &requestLog{log: log, hide: strings.NewReplacer(pairs...)}
}

func (l *requestLog) observe(h server.Handled) {
	attrs := make([]slog.Attr, 0, 6)
	attrs = append(attrs,
		slog.String("verdict", verdictName(h.Verdict)),
		slog.Int("status", h.Status),
		slog.Int("key", h.Key))
	if h.Nonce != "" {
		attrs = append(attrs, slog.String("nonce", l.sent(h.Nonce)))
	}
	if h.HasReqID {
		attrs = append(attrs, slog.String("req_id", l.sent(h.ReqID)))
	}
	attrs = append(attrs, slog.Float64("latency_ms", float64(h.Took.Round(time.Microsecond))/float64(time.Millisecond)))
	l.log.LogAttrs(context.Background(), slog.LevelInfo, "request", attrs...)
}

// sent makes what a client sent fit for the log: without keys and short.
func (l *requestLog) sent(s string) string {
	s = l.hide.Replace(s)
	if len(s) <= maxLogged {
		return s
	}
	end := maxLogged
	for !utf8.RuneStart(s[end]) && end > maxLogged-utf8.UTFMax {
		end--
	}
	return s[:end] + "..."
}
