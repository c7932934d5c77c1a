package command

import (
	"strings"

	"ratebench/harness/serving"
	"ratebench/server"
)

// serveHelp is the long help of serve.
func serveHelp() string {
	var b strings.Builder
	b.WriteString(`Serve the rate-limited API over HTTP: the reference server's, or that of a
scenario with its keys, limit, latencies, headers and faults. Its stages and
outages count from the start.

It answers GET ` + server.Path + ` with the parameters api_key, nonce and req_id
in the query or in a form body. The nonce is an integer greater than 0 and the
last one on this key. Keys of the reference server; --list-keys prints those of a
scenario that has more:
  ` + strings.Join(server.DefaultKeys(), "\n  ") + "\n")
	for _, s := range snippets() {
		b.WriteString("\n" + s.title + ":\n\n" + indent(s.code))
	}
	b.WriteString(`
/healthz answers 200, or 503 while draining; /metrics is for Prometheus.

Web pages are kept out: a request is answered if its Host is a name of the
loopback, the address it came to, the host of --listen, or one of --allow-host,
and if it does not come from a page in a browser. /healthz is for all.

SIGINT or SIGTERM drains: requests under way may finish, for ` + serving.DrainTime.String() + ` at most, and
new ones are answered 503, on connections that were kept as well, until ` + serving.HangUpTime.String() + `
after that. A second signal ends at once.

With thousands of requests at a time, collecting garbage makes answers late. It
is done at 5 times the live heap; the environment variable GOGC changes that.`)
	return b.String()
}

func indent(code string) string {
	var b strings.Builder
	for line := range strings.Lines(code) {
		if line != "\n" {
			b.WriteString("  ")
		}
		b.WriteString(line)
	}
	return b.String()
}

// A snippet is a small client.
type snippet struct{ title, code string }

// snippets returns a client in each language. They send to the default
// address with the first key of the reference server.
func snippets() []snippet {
	key := server.DefaultKeys()[0]
	fill := func(code string) string { return strings.NewReplacer("KEY", key, "PATH", server.Path).Replace(code) }
	return []snippet{
		{"curl", fill(curlSnippet)},
		{"Go", fill(goSnippet)},
		{"Python", fill(pythonSnippet)},
		{"JavaScript (Node.js, in a file that ends in .mjs)", fill(javaScriptSnippet)},
	}
}

const curlSnippet = `curl "http://127.0.0.1:9999PATH?api_key=KEY&nonce=$(date +%s)000000000&req_id=7"
`

const goSnippet = `package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"time"
)

func main() {
	for id := range 3 {
		query := url.Values{
			"api_key": {"KEY"},
			"nonce":   {fmt.Sprint(time.Now().UnixNano())},
			"req_id":  {fmt.Sprint(id)},
		}
		resp, err := http.Get("http://127.0.0.1:9999PATH?" + query.Encode())
		if err != nil {
			log.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%d %s", resp.StatusCode, body)
	}
}
`

const pythonSnippet = `import time, urllib.error, urllib.parse, urllib.request

for id in range(3):
    query = urllib.parse.urlencode({
        "api_key": "KEY",
        "nonce": time.time_ns(),
        "req_id": id,
    })
    try:
        answer = urllib.request.urlopen("http://127.0.0.1:9999PATH?" + query)
    except urllib.error.HTTPError as refusal:
        answer = refusal
    with answer:
        print(answer.status, answer.read().decode(), end="")
`

const javaScriptSnippet = `let nonce = BigInt(Date.now()) * 1_000_000n;
for (let id = 0; id < 3; id++) {
  const query = new URLSearchParams({
    api_key: "KEY",
    nonce: ++nonce,
    req_id: id,
  });
  const answer = await fetch("http://127.0.0.1:9999PATH?" + query);
  process.stdout.write(answer.status + " " + await answer.text());
}
`
