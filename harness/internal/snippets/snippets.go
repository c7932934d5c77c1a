// Package snippets has the small clients that the help of serve shows.
package snippets

import (
	"strings"

	"ratebench/server"
)

// A snippet is a small client.
type Snippet struct{ Title, Code string }

// All returns a client in each language. They send to the default
// address with the first key of the reference server.
func All() []Snippet {
	return []Snippet{
		{"curl", Fill(curlSnippet)},
		{"Go", Fill(goSnippet)},
		{"Python", Fill(pythonSnippet)},
		{"JavaScript (Node.js, in a file that ends in .mjs)", Fill(javaScriptSnippet)},
	}
}

// Fill puts the first key of the reference server and the path of its API in the
// place of KEY and PATH.
func Fill(code string) string {
	return strings.NewReplacer("KEY", server.DefaultKeys()[0], "PATH", server.Path).Replace(code)
}

// Indent puts two blanks before each line of code, as help shows it.
func Indent(code string) string {
	var b strings.Builder
	for line := range strings.Lines(code) {
		if line != "\n" {
			b.WriteString("  ")
		}
		b.WriteString(line)
	}
	return b.String()
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
