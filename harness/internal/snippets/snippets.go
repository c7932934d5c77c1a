// Package snippets has the small clients that the help of serve and of proxy show.
package snippets

import (
	"embed"
	"strings"

	"ratebench/server"
)

// A snippet is a small client.
type Snippet struct{ Title, Code string }

// files are the clients, in which KEY and PATH stand for the first key of the
// reference server and the path of its API.
//
//go:embed direct proxied
var files embed.FS

// Direct returns a client in each language. They send to the default
// address with the first key of the reference server.
func Direct() []Snippet { return in("direct") }

// Proxied returns clients that know nothing of limits: they send more than 20
// requests as fast as they can to the default address of a proxy in front of the
// reference server, with its first key. The proxy puts in the nonces.
func Proxied() []Snippet { return in("proxied") }

// in are the clients in a folder, which need not have one in each language.
func in(folder string) []Snippet {
	fill := strings.NewReplacer("KEY", server.DefaultKeys()[0], "PATH", server.Path)
	var all []Snippet
	for _, of := range []struct{ title, file string }{
		{"curl", "curl.sh"},
		{"Go", "go.txt"},
		{"Python", "python.py"},
		{"JavaScript (Node.js, in a file that ends in .mjs)", "node.mjs"},
	} {
		if code, err := files.ReadFile(folder + "/" + of.file); err == nil {
			all = append(all, Snippet{of.title, fill.Replace(string(code))})
		}
	}
	return all
}

// Help is what a help shows of clients: each below its title, indented.
func Help(all []Snippet) string {
	var b strings.Builder
	for _, s := range all {
		b.WriteString("\n" + s.Title + ":\n\n")
		for line := range strings.Lines(s.Code) {
			if line != "\n" {
				b.WriteString("  ")
			}
			b.WriteString(line)
		}
	}
	return b.String()
}
