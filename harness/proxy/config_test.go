package proxy

import (
	"log/slog"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unsafe"
)

func TestConfigIsChecked(t *testing.T) {
	for text, want := range map[string]string{
		"ftp://host":            `upstream is "ftp://host", want a URL that begins with http:// or https://`,
		"api.example.com":       `upstream is "api.example.com", want a URL that begins`,
		"http://":               `upstream is "http:", want a URL with a host`,
		"http:///path":          `want a URL with a host`,
		"http://me:secret@host": `upstream is "http://me:xxxxx@host", want no user, query or fragment in it`,
		"http://host/?a=b":      `want no user, query or fragment in it`,
		"https://host/#x":       `want no user, query or fragment in it`,
		"https://host:8443/v2":  "",
	} {
		u, err := url.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		_, err = New(Config{Upstream: u, NewLimiter: spaced(ms), Log: slog.New(slog.DiscardHandler)})
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", text, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
	up := &url.URL{Scheme: "http", Host: "host"}
	for want, c := range map[string]Config{
		"there is no upstream":              {},
		"there is no NewLimiter":            {Upstream: up},
		"there is no Log":                   {Upstream: up, NewLimiter: spaced(ms)},
		"MaxWaiters is -1, want 0 or more":  {Upstream: up, NewLimiter: spaced(ms), Log: slog.New(slog.DiscardHandler), MaxWaiters: -1},
		"MaxBody is -1, want 0 or more":     {Upstream: up, NewLimiter: spaced(ms), Log: slog.New(slog.DiscardHandler), MaxBody: -1},
		"IdleTimeout is -1, want 0 or more": {Upstream: up, NewLimiter: spaced(ms), Log: slog.New(slog.DiscardHandler), IdleTimeout: -1},
	} {
		if _, err := New(c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestPlaces(t *testing.T) {
	for text, want := range map[string]string{
		"":                     "",
		"header:Authorization": "Bearer me",
		"header:x-api-key":     "k",
		"query:api_key":        "q",
		"header:Missing":       "",
		"query:missing":        "",
	} {
		p, err := ParsePlace(text)
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest("GET", "/x?api_key=q&b=%20", nil)
		r.Header.Set("Authorization", "Bearer me")
		r.Header.Set("X-API-Key", "k")
		if got := p.of(r); got != want {
			t.Errorf("%s is %q, want %q", text, got, want)
		}
		p.set(r, "new&=")
		if got := p.of(r); text != "" && got != "new&=" || text == "" && r.URL.RawQuery != "api_key=q&b=%20" {
			t.Errorf("%s was set to %q", text, got)
		}
	}
	for _, text := range []string{"Authorization", "header:", "query", "cookie:x", ":x"} {
		if _, err := ParsePlace(text); err == nil {
			t.Errorf("%q is taken for a place", text)
		}
	}
}

// Keys come from anybody, and are kept: what is kept of one is short, and nothing of
// the header that it was in.
func TestKeysAreShort(t *testing.T) {
	p, err := ParsePlace("header:X-Key")
	if err != nil {
		t.Fatal(err)
	}
	of := func(value string) string {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("X-Key", value)
		return p.key(r)
	}
	for _, short := range []string{"", "k", strings.Repeat("k", longKey)} {
		if got := of(short); got != short {
			t.Errorf("%q is the key %q", short, got)
		}
	}
	if value := strings.Repeat("k", longKey); unsafe.StringData(of(value)) == unsafe.StringData(value) {
		t.Error("a key keeps the header that it was in")
	}
	long := strings.Repeat("k", 60_000)
	if a := of(long); len(a) > longKey || a != of(long) || a == of(long+"k") {
		t.Errorf("a long value is the key %q", a)
	}
}
