package proxy

import (
	"strings"

	"ratebench/harness/internal/snippets"
)

// clients are small ones that know nothing of limits: they send more than 20
// requests as fast as they can, to the default address, with the first key of the
// reference's server. The proxy puts in the nonces.
func clients() []snippets.Snippet {
	fill := func(code string) string { return snippets.Fill(strings.ReplaceAll(code, "9999", "8080")) }
	return []snippets.Snippet{
		{Title: "curl", Code: fill(curlClient)},
		{Title: "Python", Code: fill(pythonClient)},
		{Title: "JavaScript (Node.js, in a file that ends in .mjs)", Code: fill(javaScriptClient)},
	}
}

const curlClient = `for id in $(seq 25); do
  curl -s -o /dev/null -w '%{http_code}\n' "http://127.0.0.1:9999PATH?api_key=KEY&req_id=$id" &
done
wait
`

const pythonClient = `import concurrent.futures, urllib.request

def ask(id):
    with urllib.request.urlopen(f"http://127.0.0.1:9999PATH?api_key=KEY&req_id={id}") as answer:
        return answer.status

with concurrent.futures.ThreadPoolExecutor(25) as pool:
    for status in pool.map(ask, range(25)):
        print(status)
`

const javaScriptClient = `const ask = async (id) => {
  const answer = await fetch("http://127.0.0.1:9999PATH?api_key=KEY&req_id=" + id);
  await answer.text();
  return answer.status;
};
for (const status of await Promise.all(Array.from({ length: 25 }, (_, id) => ask(id)))) {
  console.log(status);
}
`
