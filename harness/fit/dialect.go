package fit

import (
	"net/http"
	"slices"
	"strings"

	"ratebench/harness/measured"
)

// fields are those that only one dialect of server/dialect has, by how they begin,
// in the order in which they decide.
var fields = []struct{ begins, dialect string }{
	{"X-Mbx-Used-Weight", "binance"},
	{"X-App-Rate-Limit", "riot"},
	{"X-Shopify-Shop-Api-Call-Limit", "shopify"},
	{"Anthropic-Ratelimit-", "anthropic"},
	{"X-Ratelimit-Limit-Requests", "openai"},
	{"X-Ratelimit-Limit-Tokens", "openai"},
	{"X-Rate-Limit-Limit", "x"},
	{"X-Ratelimit-Bucket", "discord"},
	{"X-Ratelimit-Reset-After", "discord"},
	{"X-Ratelimit-Resource", "github"},
	{"Ratelimit-Limit", "ietf-06"},
	{"Ratelimit-Policy", "ietf"},
}

// dialectOf is that of the answers; "" if none is known for sure.
func dialectOf(requests []measured.Request) string {
	for _, f := range fields {
		for _, r := range requests {
			for name := range r.Header {
				if strings.HasPrefix(http.CanonicalHeaderKey(name), f.begins) {
					return f.dialect
				}
			}
		}
	}
	// The same three fields are several APIs' own: GitHub's reset is a date, and
	// Reddit has no limit.
	if i := slices.IndexFunc(requests, func(r measured.Request) bool { return canonical(r.Header).Get("X-Ratelimit-Reset") != "" }); i >= 0 {
		switch h := canonical(requests[i].Header); {
		case h.Get("X-Ratelimit-Limit") == "" && h.Get("X-Ratelimit-Used") != "":
			return "reddit"
		case h.Get("X-Ratelimit-Limit") != "" && isEpoch(h.Get("X-Ratelimit-Reset")):
			return "github"
		}
	}
	return ""
}

// isEpoch reports whether a reset is in seconds since 1970: ten digits are later
// than 2001, and 31 years to go.
func isEpoch(reset string) bool {
	return len(reset) == 10 && strings.Trim(reset, "0123456789") == ""
}
