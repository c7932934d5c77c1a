package hostguard

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestHosts(t *testing.T) {
	const (
		passes   = http.StatusOK
		misled   = http.StatusMisdirectedRequest
		refused  = http.StatusForbidden
		ownHost  = "127.0.0.1:9999"
		external = "192.168.7.5"
	)
	h := New(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), []string{"Bench.example", "10.0.0.9"})
	for _, c := range []struct {
		name   string
		host   string
		header map[string]string
		want   int
	}{
		{"the loopback's address", ownHost, nil, passes},
		{"another of the loopback", "127.8.9.10", nil, passes},
		{"IPv6", "[::1]:9999", nil, passes},
		{"IPv6 without a port", "[::1]", nil, passes},
		{"IPv4 as IPv6", "[::ffff:127.0.0.1]:9999", nil, passes},
		{"the loopback's name", "localhost:9999", nil, passes},
		{"in capitals and with a dot", "LocalHost.:9999", nil, passes},
		{"a name below it", "api.localhost", nil, passes},
		{"no Host", "", nil, passes},
		{"the address it came to", external + ":9999", nil, passes},
		{"a name that is allowed", "bench.example:80", nil, passes},
		{"an address that is allowed", "10.0.0.9:9999", nil, passes},

		{"a page's own name that points here", "evil.example:9999", nil, misled},
		{"a name that begins like the loopback", "localhost.evil.example", nil, misled},
		{"a name that ends like the loopback", "evillocalhost", nil, misled},
		{"a name that is not all that is allowed", "x.bench.example", nil, misled},
		{"another address", "192.168.7.6", nil, misled},
		{"no address in particular", "0.0.0.0:9999", nil, misled},
		{"no address in particular, of IPv6", "[::]:9999", nil, misled},
		{"an address in other words", "2130706433:9999", nil, misled},
		{"the page's own name, as it says itself", "evil.example", map[string]string{"Sec-Fetch-Site": "same-origin"}, misled},

		{"an address that was typed", ownHost, map[string]string{"Sec-Fetch-Site": "none"}, passes},
		{"an own page", ownHost, map[string]string{"Sec-Fetch-Site": "same-origin", "Origin": "http://" + ownHost}, passes},
		{"another page", ownHost, map[string]string{"Sec-Fetch-Site": "cross-site"}, refused},
		{"a page on another port", ownHost, map[string]string{"Sec-Fetch-Site": "same-site"}, refused},
		{"another page in an old browser", ownHost, map[string]string{"Origin": "http://evil.example"}, refused},
		{"a page on another port in an old browser", ownHost, map[string]string{"Origin": "http://127.0.0.1:3000"}, refused},
		{"a page from nowhere", ownHost, map[string]string{"Origin": "null"}, refused},
		{"a page that is malformed", ownHost, map[string]string{"Origin": "http://[::1"}, refused},
		{"Node's fetch", ownHost, map[string]string{"Sec-Fetch-Mode": "cors"}, passes},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/api/request", nil)
			r.Host = c.host
			for name, value := range c.header {
				r.Header.Set(name, value)
			}
			local := &net.TCPAddr{IP: net.ParseIP(external), Port: 9999}
			rec := httptest.NewRecorder()
			h.ServeHTTP(rec, r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, local)))
			if rec.Code != c.want {
				t.Errorf("status %d, want %d: %s", rec.Code, c.want, rec.Body)
			}
		})
	}
}
