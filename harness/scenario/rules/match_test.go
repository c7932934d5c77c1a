package rules

import (
	"net/http"
	"testing"
)

// What is no pattern, or matches what another matches without either being the
// more specific, is refused.
func TestPatterns(t *testing.T) {
	for _, tt := range []struct {
		pattern string
		ok      bool
	}{
		{"/", true},
		{"GET /c/", true},
		{"POST /api/{version}/channels/{channel}/messages", true},
		{"/files/{path...}", true},
		{"/a/{id}", true}, // the more general
		{"", false},
		{"GET", false},
		{"GET orders", false},
		{"get /orders", false},
		{"example.com/orders", false},
		{"GET example.com/orders", false},
		{"/{", false},
		{"/{a}/{a}", false},
		{"/a/b", false},    // there is one
		{"GET /", false},   // which of the two is the more specific?
		{"/{id}/b", true},  // the more general again
		{"/a/{any}", true}, // beside /a/b alone
	} {
		mux := http.NewServeMux()
		mux.Handle("/a/b", http.NotFoundHandler())
		if err := addPattern(mux, tt.pattern); (err == nil) != tt.ok {
			t.Errorf("%q: %v, want it to be good: %t", tt.pattern, err, tt.ok)
		}
	}
	mux := http.NewServeMux()
	mux.Handle("/a/{id}", http.NotFoundHandler())
	if err := addPattern(mux, "/{id}/b"); err == nil {
		t.Error("/a/{id} and /{id}/b both match /a/b, and neither is the more specific")
	}
}
