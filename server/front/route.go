package front

import (
	"fmt"
	"net/http"
	"strings"

	"ratebench/server/ledger"
)

// A Route is a kind of request, by its method and path.
type Route struct {
	// Name is that by which limits know it. Required.
	Name string
	// Match is a pattern of net/http.ServeMux without a host: a method, if it
	// matters, and a path, such as "POST /channels/{channel}/messages". Of
	// several that match, the more specific one does. Required.
	Match string
	// Resource is the wildcard of Match that says what a request is about.
	// Defaults to the first; "-": none.
	Resource string
	// Costs is what the n-th request costs, counted from 0 over all routes.
	// Nil: the Costs of the Config. It is called from many goroutines at once.
	Costs func(n uint64) []ledger.Cost
}

// routes finds the one of a request.
type routes struct{ mux *http.ServeMux }

func newRoutes(all []Route) (*routes, error) {
	r := &routes{http.NewServeMux()}
	for i := range all {
		if err := r.add(&all[i]); err != nil {
			return nil, fmt.Errorf("front: got Routes[%d]: %w", i, err)
		}
	}
	return r, nil
}

func (r *routes) add(route *Route) (err error) {
	if route.Name == "" {
		return fmt.Errorf("the Name is missing")
	}
	found := &foundRoute{Route: *route, resource: -1}
	_, path, _ := strings.Cut(route.Match, "/")
	for i, segment := range strings.Split(path, "/") {
		name, isWildcard := strings.CutPrefix(segment, "{")
		name = strings.TrimSuffix(strings.TrimSuffix(name, "}"), "...")
		if isWildcard && name != "$" && found.resource < 0 && (route.Resource == "" || route.Resource == name) {
			found.resource = i
		}
	}
	if route.Resource != "" && route.Resource != noResource && found.resource < 0 {
		return fmt.Errorf("the Resource is %q, want a wildcard of %q", route.Resource, route.Match)
	}
	defer func() {
		if p := recover(); p != nil { // all that ServeMux has against a pattern
			err = fmt.Errorf("the Match is %q, want a pattern such as \"POST /orders/{id}\": %v", route.Match, p)
		}
	}()
	if !strings.HasPrefix(route.Match[strings.LastIndexByte(route.Match[:len(route.Match)-len(path)], ' ')+1:], "/") {
		return fmt.Errorf("the Match is %q, want a pattern without a host", route.Match)
	}
	r.mux.Handle(route.Match, found)
	return nil
}

// noResource is the Resource of a Route that has none.
const noResource = "-"

// A foundRoute is what a ServeMux finds.
type foundRoute struct {
	Route
	resource int // number of the segment of the path; -1: none
}

// ServeHTTP is there for ServeMux, and not called.
func (*foundRoute) ServeHTTP(http.ResponseWriter, *http.Request) {}

// of says of what route a request is, what it is about and, if the route knows,
// what it costs.
func (r *routes) of(q *http.Request, n uint64) (route, resource string, costs []ledger.Cost) {
	handler, _ := r.mux.Handler(q)
	found, ok := handler.(*foundRoute)
	if !ok {
		pattern, id := patternOf(q.URL.Path)
		return kept(q.Method + " " + pattern), kept(id), nil
	}
	if found.Costs != nil {
		costs = found.Costs(n)
	}
	return found.Name, kept(segment(q.URL.Path, found.resource)), costs
}

// segment is the one of a path with that number, or "".
func segment(path string, number int) string {
	if number < 0 {
		return ""
	}
	path = strings.TrimPrefix(path, "/")
	for range number {
		_, path, _ = strings.Cut(path, "/")
	}
	s, _, _ := strings.Cut(path, "/")
	return s
}

// patternOf is a path with {id} in the place of what looks like one, and the
// first of those.
func patternOf(path string) (pattern, id string) {
	segments := strings.Split(path, "/")
	for i, s := range segments {
		name, extension, dotted := strings.Cut(s, ".")
		if !isID(name) {
			continue
		}
		if id == "" {
			id = name
		}
		if segments[i] = "{id}"; dotted {
			segments[i] += "." + extension
		}
	}
	return strings.Join(segments, "/"), id
}

// isID says whether a segment of a path looks like the id of something: a number,
// or 16 hexadecimal digits or more, with dashes as in a UUID or without.
func isID(s string) bool {
	digits, letters := 0, 0
	for _, c := range []byte(s) {
		switch {
		case '0' <= c && c <= '9':
			digits++
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			letters++
		case c != '-':
			return false
		}
	}
	return digits > 0 && (digits == len(s) || digits+letters >= 16)
}
