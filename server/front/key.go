package front

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
)

// keyFields are the header fields in which clients of real APIs send keys, beside
// Authorization, and keyParams the parameters of the query.
var (
	keyFields = [...]string{
		"X-Shopify-Access-Token", "X-Mbx-Apikey", "X-Riot-Token", "X-Api-Key", "Api-Key", "Cb-Access-Key",
	}
	keyParams = [...]string{"api_key", "apikey", "key", "access_token"}
)

// sentKey is the key that was sent with a request, or "".
func sentKey(r *http.Request, formKey string) string {
	if key := authorized(r.Header.Get("Authorization")); key != "" {
		return key
	}
	for _, field := range keyFields {
		if key := r.Header.Get(field); key != "" {
			return key
		}
	}
	if r.URL.RawQuery != "" {
		query, _ := url.ParseQuery(r.URL.RawQuery) // what is malformed is left out
		for _, param := range keyParams {
			if key := query.Get(param); key != "" {
				return key
			}
		}
	}
	return formKey
}

// authorized is the key in an Authorization: what is the same in all requests of
// a client, and not the scheme, a signature, a date or a nonce.
func authorized(field string) string {
	scheme, rest, found := strings.Cut(strings.TrimSpace(field), " ")
	if !found {
		return scheme
	}
	rest = strings.TrimSpace(rest)
	switch strings.ToLower(scheme) {
	case "basic": // the user, who is the key where there is no password
		if plain, err := base64.StdEncoding.DecodeString(rest); err == nil {
			user, _, _ := strings.Cut(string(plain), ":")
			return user
		}
	case "aws4-hmac-sha256":
		id, _, _ := strings.Cut(parameter(rest, "Credential"), "/")
		return id
	case "oauth":
		return parameter(rest, "oauth_consumer_key") + " " + parameter(rest, "oauth_token")
	}
	return rest
}

// parameter is one of a list such as a="1", b=2.
func parameter(list, name string) string {
	for part := range strings.SplitSeq(list, ",") {
		if n, value, _ := strings.Cut(strings.TrimSpace(part), "="); n == name {
			return strings.Trim(value, `"`)
		}
	}
	return ""
}

// maxKept is how many bytes of what a client sent are remembered as they are.
const maxKept = 128

// kept is s, or a digest of it if it is long: what is remembered of many clients
// does not depend on how much they send.
func kept(s string) string {
	if len(s) <= maxKept {
		return s
	}
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
