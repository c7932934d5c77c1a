package front_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ratebench/server/front"
	"ratebench/server/ledger"
)

func newFront(t testing.TB, c front.Config) *front.Front {
	t.Helper()
	f, err := front.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// The key is what clients send, in whatever way they do, and the same in each
// request of one.
func TestKeys(t *testing.T) {
	f := newFront(t, front.Config{})
	for _, tt := range []struct {
		name   string
		target string
		field  string
		value  string
		form   string
		want   string
	}{
		{"nothing: the address", "/", "", "", "", "192.0.2.1"},
		{"a bearer", "/", "Authorization", "Bearer s3cret", "", "s3cret"},
		{"GitHub's older scheme", "/", "Authorization", "token s3cret", "", "s3cret"},
		{"no scheme", "/", "Authorization", "s3cret", "", "s3cret"},
		{"a user without a password", "/", "Authorization", "Basic c2tfdGVzdDo=", "", "sk_test"},
		{"Basic that is none", "/", "Authorization", "Basic ***", "", "***"},
		{"a signature, which is never the same", "/", "Authorization",
			"AWS4-HMAC-SHA256 Credential=AKID/20260701/us-east-1/ec2/aws4_request, SignedHeaders=host, Signature=fe5f", "", "AKID"},
		{"OAuth 1", "/", "Authorization", `OAuth oauth_consumer_key="app", oauth_nonce="7", oauth_token="user", oauth_signature="x"`, "", "app user"},
		{"Shopify", "/", "X-Shopify-Access-Token", "shpat", "", "shpat"},
		{"Binance", "/", "X-MBX-APIKEY", "vmPU", "", "vmPU"},
		{"Kraken", "/", "API-Key", "kr", "", "kr"},
		{"Riot", "/", "X-Riot-Token", "RGAPI", "", "RGAPI"},
		{"Anthropic", "/", "x-api-key", "sk-ant", "", "sk-ant"},
		{"a parameter", "/?x=1&api_key=abc", "", "", "", "abc"},
		{"a parameter beside a malformed one", "/?%zz&api_key=abc", "", "", "", "abc"},
		{"a parameter that is not the first", "/?x=1&access_token=abc", "", "", "", "abc"},
		{"a form", "/", "", "", "in-a-form", "in-a-form"},
		{"a form beside a parameter that is no key", "/?x=1", "", "", "in-a-form", "in-a-form"},
		{"a field before a parameter", "/?api_key=abc", "X-Api-Key", "first", "", "first"},
		{"a long one", "/", "X-Api-Key", strings.Repeat("k", 200), "", ""},
	} {
		r := httptest.NewRequest("GET", tt.target, nil)
		if tt.field != "" {
			r.Header.Set(tt.field, tt.value)
		}
		q := f.Read(r, tt.form)
		if tt.name == "a long one" {
			if len(q.Key) != 64 || strings.Contains(q.Key, "kkkk") {
				t.Errorf("%s: %q, want a digest", tt.name, q.Key)
			}
			continue
		}
		if q.Key != tt.want || q.IP != "192.0.2.1" {
			t.Errorf("%s: key %q from %s, want %q", tt.name, q.Key, q.IP, tt.want)
		}
	}
}

func TestRoutes(t *testing.T) {
	weight := func(n int64) func(uint64) []ledger.Cost {
		return func(uint64) []ledger.Cost { return []ledger.Cost{{Name: "weight", N: n}} }
	}
	f := newFront(t, front.Config{
		Routes: []front.Route{
			{Name: "order", Match: "POST /api/v3/order", Costs: weight(1)},
			{Name: "depth", Match: "/api/v3/depth", Costs: weight(25)},
			{Name: "messages", Match: "POST /channels/{channel}/messages"},
			{Name: "reactions", Match: "PUT /channels/{channel}/messages/{message}/{rest...}", Resource: "message"},
			{Name: "users", Match: "GET /users/{user}", Resource: "-"},
			{Name: "shops", Match: "PATCH /{shop}/orders/{order}"},
			{Name: "owners", Match: "PATCH /{shop}/owner", Resource: "shop"},
		},
		Costs: []ledger.Cost{{Name: "weight", N: 2}},
	})
	for _, tt := range []struct {
		method, target  string
		route, resource string
		weight          int64
	}{
		{"POST", "/api/v3/order?symbol=X", "order", "", 1},
		{"GET", "/api/v3/order", "GET /api/v3/order", "", 2},
		{"GET", "/api/v3/depth", "depth", "", 25},
		{"HEAD", "/api/v3/depth", "depth", "", 25},
		{"POST", "/channels/77/messages", "messages", "77", 2},
		{"PUT", "/channels/77/messages/88/reactions/x/@me", "reactions", "88", 2},
		{"GET", "/users/5", "users", "", 2},
		{"PATCH", "/12/orders/34", "shops", "12", 2},
		{"PATCH", "/12/owner", "owners", "12", 2},
		{"DELETE", "/admin/products/632910392.json", "DELETE /admin/products/{id}.json", "632910392", 2},
		{"GET", "/a/0f8fad5b-d9cb-469f-a165-70867728950e/b/17", "GET /a/{id}/b/{id}", "0f8fad5b-d9cb-469f-a165-70867728950e", 2},
		{"GET", "/v3/dead-beef/@me", "GET /v3/dead-beef/@me", "", 2},
		{"GET", "/", "GET /", "", 2},
		{"GET", "//api//v3/../order", "GET //api//v3/../order", "", 2},
	} {
		q := f.Read(httptest.NewRequest(tt.method, tt.target, nil), "")
		if q.Route != tt.route || q.Resource != tt.resource {
			t.Errorf("%s %s: route %q, resource %q; want %q, %q", tt.method, tt.target, q.Route, q.Resource, tt.route, tt.resource)
		}
		if diff := cmp.Diff([]ledger.Cost{{Name: "weight", N: tt.weight}}, q.Costs); diff != "" {
			t.Errorf("%s %s: costs (-want +got):\n%s", tt.method, tt.target, diff)
		}
	}
}

// The n-th request costs what its route says of n, counted over all routes.
func TestRequestsAreCounted(t *testing.T) {
	costs := func(n uint64) []ledger.Cost { return []ledger.Cost{{N: int64(n)}} }
	f := newFront(t, front.Config{Routes: []front.Route{{Name: "a", Match: "/a", Costs: costs}, {Name: "b", Match: "/b", Costs: costs}}})
	for n, target := range []string{"/a", "/b", "/other", "/a"} {
		q := f.Read(httptest.NewRequest("GET", target, nil), "")
		if target != "/other" && q.Costs[0].N != int64(n) {
			t.Errorf("%s is number %d, want %d", target, q.Costs[0].N, n)
		}
	}
}

func TestValidate(t *testing.T) {
	for _, tt := range []struct {
		routes []front.Route
		want   string
	}{
		{[]front.Route{{Match: "/x"}}, "front: got Routes[0]: the Name is missing"},
		{[]front.Route{{Name: "x"}}, `front: got Routes[0]: the Match is "", want a pattern without a host`},
		{[]front.Route{{Name: "x", Match: "x"}}, `front: got Routes[0]: the Match is "x", want a pattern without a host`},
		{[]front.Route{{Name: "x", Match: "GET example.com/x"}}, "front: got Routes[0]: the Match is \"GET example.com/x\", want a pattern without a host"},
		{[]front.Route{{Name: "x", Match: "/{a"}}, `front: got Routes[0]: the Match is "/{a", want a pattern such as "POST /orders/{id}": `},
		{[]front.Route{{Name: "x", Match: "/{a}/b"}, {Name: "y", Match: "/a/{b}"}}, `front: got Routes[1]: the Match is "/a/{b}", want a pattern`},
		{[]front.Route{{Name: "x", Match: "/{a}", Resource: "b"}}, `front: got Routes[0]: the Resource is "b", want a wildcard of "/{a}"`},
		{[]front.Route{{Name: "x", Match: "/a/{$}", Resource: "$"}}, `front: got Routes[0]: the Resource is "$", want a wildcard of "/a/{$}"`},
	} {
		err := front.Config{Routes: tt.routes}.Validate()
		if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%+v: %v, want %s", tt.routes, err, tt.want)
		}
		if _, err := front.New(front.Config{Routes: tt.routes}); err == nil {
			t.Errorf("%+v: New takes it", tt.routes)
		}
	}
}

// Whatever is sent, what is remembered of it is short.
func FuzzRead(f *testing.F) {
	f.Add("GET", "/channels/1/messages?api_key=x", "Bearer x")
	f.Add("POST", "/%2e%2e//{}", "AWS4-HMAC-SHA256 Credential=")
	f.Add("OPTIONS", "*", "Basic Og==")
	routes := newFront(f, front.Config{Routes: []front.Route{{Name: "x", Match: "/channels/{id}/{rest...}"}}})
	f.Fuzz(func(t *testing.T, method, target, authorization string) {
		r, err := http.NewRequest(method, "http://localhost"+target, nil)
		if err != nil {
			return
		}
		r.RemoteAddr = "192.0.2.1:1234"
		r.Header.Set("Authorization", authorization)
		q := routes.Read(r, "")
		if q.Key == "" || q.Route == "" || len(q.Key) > 128 || len(q.Route) > 128 || len(q.Resource) > 128 {
			t.Errorf("%+v", q)
		}
	})
}
