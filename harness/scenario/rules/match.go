package rules

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"ratebench/harness/yamlfile"
)

// checkMatch reports patterns of the last kind that are none, or that match what
// those of another kind match without either being the more specific.
func checkMatch(d *yamlfile.Decoder, kinds []Kind, at yamlfile.Found) {
	mux := http.NewServeMux()
	last := len(kinds) - 1
	for i, k := range kinds {
		for _, pattern := range k.Match {
			if err := addPattern(mux, pattern); err != nil && i == last {
				d.Errorf(at.Values["match"], `match has the pattern %.60q, want a method, if it matters, and a path, such as "POST /orders/{id}": %v`, pattern, err)
				return
			}
		}
	}
}

// A methodAndPath begins like a pattern without a host.
const methodAndPath = `^(?:[A-Z]+ +)?/`

var (
	beginning  = regexp.MustCompile(methodAndPath)
	registered = regexp.MustCompile(` \(registered at [^)]*\)`) // a place in this file
)

// ofMatch is a list of patterns.
func ofMatch(p *[]string) yamlfile.Notation {
	n := wordsOf(p, "a list of patterns such as [GET /orders, POST /orders/{id}]")
	n.Schema.Items.Pattern = methodAndPath
	return n
}

// addPattern adds one to those of net/http.
func addPattern(mux *http.ServeMux, pattern string) (err error) {
	if !beginning.MatchString(pattern) {
		return fmt.Errorf("there is no path, or something else than a method before it")
	}
	defer func() {
		if p := recover(); p != nil { // all that a ServeMux has against a pattern
			text, _, _ := strings.Cut(fmt.Sprint(p), "\n")
			err = fmt.Errorf("%.200s", strings.TrimSuffix(registered.ReplaceAllString(text, ""), ":"))
		}
	}()
	mux.Handle(pattern, http.NotFoundHandler())
	return nil
}
