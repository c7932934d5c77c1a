package proxy

import (
	"strings"

	"ratebench/harness/internal/snippets"
	"ratebench/harness/proxy"
)

// help is the long help of proxy.
func help() string {
	var b strings.Builder
	b.WriteString(`Pace the requests of clients that know nothing of limits. They ask the proxy in
place of the API, and wait for their turn: each key has a FIFO line, out of which
its limiter lets one go after the other. After a refusal of the API the whole key
pauses, for as long as the API asks.

The API gets requests as they are, and clients its answers; bodies are streamed.
Clients go on as they did, with another base of their URLs. In front of ratebench
serve, as in the second example, none of these is ever answered 429:
`)
	for _, c := range clients() {
		b.WriteString("\n" + c.Title + ":\n\n" + snippets.Indent(c.Code))
	}
	b.WriteString(`
A client that goes away leaves the line, or is cancelled at the API; one that sends
more than 64 KiB is missed when its turn comes. One that says
in ` + proxy.TimeoutField + ` how long it waits, in seconds or as 1m30s, is answered at
once if that is known to be too short, and the API is told what is left of it.

Answers of the proxy's own have a JSON body and ` + proxy.ErrorField + `: full,
too-long, expired and stopping were not sent, and come with 503 or 504; late and
unanswered were. A Retry-After says how long the wait would be, where that is known.

` + proxy.HealthPath + ` answers 200, or 503 while draining; ` + proxy.MetricsPath + ` is for Prometheus. Neither gets
to the API. Logs and metrics never tell a key: it has a name that is made up anew
with each start.

The latency that a limiter is told (spread, latency) is that from the proxy to the
API. Nobody else may use the keys, unless they share through --budget, a Redis that
all proxies have the same limit and latency at: each slot of a key is then granted
to one of them. Keys are in there as hashes. Without the Redis each keeps to its
share, after a pause: nobody sends until all that was granted counts no more. One
that is empty, as at the very first start, costs that pause too, since what it does
not know may be under way. It is 3 s, the latency, a window and about a third of it:
5.35 s with 20/1s and --latency 1s, 4.45 s with 100ms. A proxy that starts while there
is no Redis has no share, and its requests wait for the Redis. The log tells.

Web pages are kept out: a request is answered if its Host is a name of the
loopback, the address it came to, the host of --listen, or one of --allow-host,
and if it does not come from a page in a browser. /healthz is for all.

SIGINT or SIGTERM drains: nobody is let in any more, and what waits or is under way
may finish. A second signal ends at once.`)
	return b.String()
}
