// Package hostguard keeps web pages away from servers on the loopback.
package hostguard

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// A guard keeps web pages out. A browser on this machine sends to it what
// any page asks for; the page cannot read the answer, but nonces and slots are
// spent. And whose page controls its own name in the DNS can have it point
// here (DNS rebinding), and reads everything.
//
// Against the first it takes what browsers tell of where a request comes from:
// Sec-Fetch-Site (Chrome since 2019, Firefox since 2021, Safari since 2023) and
// Origin. Against the second it takes the Host, which is then the page's own:
// only a name of the loopback, the address that the connection came to, and
// what the user allows are this server. Other programs can send what they like
// and are none the worse off.
type guard struct {
	next    http.Handler
	allowed map[string]bool
}

// New lets requests through to next that name one of hosts, the
// loopback, or the address that they came to.
func New(next http.Handler, hosts []string) http.Handler {
	g := &guard{next: next, allowed: make(map[string]bool, len(hosts))}
	for _, h := range hosts {
		g.allowed[canonicalHost(h)] = true
	}
	return g
}

func (g *guard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case !g.isHere(r):
		http.Error(w, fmt.Sprintf("%.100q is not known as a name of this server; --allow-host makes it one", r.Host), http.StatusMisdirectedRequest)
	case isCrossSite(r):
		http.Error(w, "web pages are not served", http.StatusForbidden)
	default:
		g.next.ServeHTTP(w, r)
	}
}

// isHere tells whether the Host of a request is a name of this server. No Host
// is what only HTTP/1.0 can have, which browsers do not speak.
func (g *guard) isHere(r *http.Request) bool {
	host := canonicalHost(hostOf(r.Host))
	if r.Host == "" || g.allowed[host] || host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && (ip.Unmap().IsLoopback() || ip.Unmap() == localAddr(r))
}

// localAddr is the address that the connection of a request came to; zero if
// it is none of IP.
func localAddr(r *http.Request) netip.Addr {
	addr, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	if !ok {
		return netip.Addr{}
	}
	ip, _ := netip.AddrFromSlice(addr.IP)
	return ip.Unmap()
}

// hostOf is the host of a "host:port", in which the port may be missing.
func hostOf(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		return host
	}
	return strings.TrimSuffix(strings.TrimPrefix(hostport, "["), "]")
}

func canonicalHost(host string) string { return strings.ToLower(strings.TrimSuffix(host, ".")) }

// isCrossSite tells whether a browser sent the request for a page that is not
// this server's.
func isCrossSite(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none": // none: somebody has typed the address
	default:
		return true
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return false
	}
	u, err := url.Parse(origin)
	return err != nil || !strings.EqualFold(u.Host, r.Host)
}
