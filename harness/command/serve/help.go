package serve

import (
	"strconv"
	"strings"

	"ratebench/harness/internal/snippets"
	"ratebench/harness/serving"
	"ratebench/server"
	"ratebench/server/front"
	"ratebench/server/ledger"
)

// help is the long help of serve.
func help() string {
	var b strings.Builder
	b.WriteString(`Serve the rate-limited API over HTTP: the reference server's, or that of a
scenario with its keys, limit, latencies, headers and faults. Its stages and
outages count from the start.

It answers GET ` + server.Path + ` with the parameters api_key, nonce and req_id
in the query or in a form body. The nonce is an integer greater than 0 and the
last one on this key. Keys of the reference server; --list-keys prints those of a
scenario that has more:
  ` + strings.Join(server.DefaultKeys(), "\n  ") + "\n")
	for _, s := range snippets.All() {
		b.WriteString("\n" + s.Title + ":\n\n" + snippets.Indent(s.Code))
	}
	b.WriteString(`
With --as, and of a scenario whose API asks for no nonces, every request is one to
the API, whatever its method and path, so that a real client can be pointed at it.
Of what kind it is, and so what it costs, match in load.mix says; what matches
nothing is of a kind of its own for its method and path, and costs 1. Where a
scenario has a load.mix, a request may also state in ` + front.StatedField + ` what it
is, as a query: route=read&resource=3&cost=2&cost.NAME=5. The key is
what clients of real APIs send: Authorization, X-Shopify-Access-Token,
X-MBX-APIKEY, X-Riot-Token, X-Api-Key, API-Key or CB-ACCESS-KEY, a parameter
api_key, apikey, key or access_token, or else the address. Any key is welcome,
unless --strict; ` + strconv.Itoa(ledger.DefaultMaxEntries) + ` of them have limits of their own at a time, and if more
are being limited the others share one.

/healthz answers 200, or 503 while draining; /metrics is for Prometheus.

Web pages are kept out: a request is answered if its Host is a name of the
loopback, the address it came to, the host of --listen, or one of --allow-host,
and if it does not come from a page in a browser. /healthz is for all.

At the end it prints what it has counted of each key. With --record it also writes
results: those of one strategy in real time, "client", from the first request to
the last answer, with latencies as they were inside the server.

SIGINT or SIGTERM drains: requests under way may finish, for ` + serving.DrainTime.String() + ` at most, and
new ones are answered 503, on connections that were kept as well, until ` + serving.HangUpTime.String() + `
after that. A second signal ends at once.

With thousands of requests at a time, collecting garbage makes answers late. It
is done at 5 times the live heap; the environment variable GOGC changes that.`)
	return b.String()
}
