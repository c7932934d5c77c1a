package proxy

import (
	"bufio"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// What the proxy reads of a request and of an answer, whatever is in it: the key and
// the nonce, of which what was set is there, in a place that can hold it; how long a
// client waits, which is more than nothing; and where a redirect leads, which is
// never another host than that which the upstream named.
func FuzzWhatIsRead(f *testing.F) {
	f.Add("GET /x?api_key=q&b=%20 HTTP/1.1\r\nHost: a\r\nX-Api-Key: k\r\n\r\n", "query:api_key", "1795724350", "2.5", "http://api.example.com/v2/x?y#z")
	f.Add("POST / HTTP/1.0\r\nAuthorization: Bearer me\r\n\r\n", "header:Authorization", "new&=", "1m30s", "//api.example.com/v2//evil.test")
	f.Add("GET /?a=1;b=%zz HTTP/1.1\r\nHost: b\r\n\r\n", "query:a", "", "-1", "http://[::1")
	f.Fuzz(func(t *testing.T, request, place, value, timeout, location string) {
		if d, err := parseTimeout(timeout); (err == nil) != (d > 0) {
			t.Errorf("timeout %q is %v, %v", timeout, d, err)
		}
		checkRedirect(t, location)
		p, err := ParsePlace(place)
		if err != nil {
			return
		}
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(request)))
		if err != nil {
			return
		}
		before := p.of(r)
		if again := p.of(r); again != before {
			t.Errorf("the key is %q, and then %q", before, again)
		}
		if p.set(r, value); p != (Place{}) && p.of(r) != value {
			t.Errorf("%s was set to %q and is %q", place, value, p.of(r))
		}
	})
}

// checkRedirect wants a redirect to lead to the host that it names: through the
// proxy, by a path alone, only if that is the upstream's.
func checkRedirect(t *testing.T, location string) {
	t.Helper()
	up := &url.URL{Scheme: "http", Host: "api.example.com", Path: "/v2/"}
	here := (&Proxy{config: Config{Upstream: up}}).here(location)
	if here == location {
		return
	}
	asked := &url.URL{Scheme: "http", Host: "proxy.test", Path: "/somewhere"}
	to, err := asked.Parse(here)
	if err != nil || to.Host != asked.Host {
		t.Errorf("a redirect to %q leads to %q: %v, %v", location, here, to, err)
	}
	if from, err := up.Parse(location); err != nil || !strings.EqualFold(from.Host, up.Host) {
		t.Errorf("a redirect to %q, which is not the upstream, leads to %q", location, here)
	}
}
