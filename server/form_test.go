package server

import (
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"
)

// What url.ParseQuery reads without an error is read in the same way, but for
// bytes that are no UTF-8, which come out as U+FFFD.
func FuzzParseParams(f *testing.F) {
	for _, seed := range []string{
		"", "api_key=k&nonce=1&req_id=7", "nonce=1&nonce=2&req_id=&req_id=8", "api_key&=nonce&&req_id==x=",
		"nonce=+1&req_id=%41%zz", "nonce=1;req_id=2&nonce=3", "api%5Fkey=k", "nonce=\x00\xff", strings.Repeat("&", 10_000),
		"%61pi_key=%4b&nonce=%2b1&req_id=%F0%9F", "req_id=%0",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		got := parseParams(query)
		values, err := url.ParseQuery(query)
		for name, p := range map[string]param{"api_key": got.key, "nonce": got.nonce, "req_id": got.reqID} {
			if !utf8.ValidString(p.value) || !p.sent && p.value != "" {
				t.Errorf("%s: %+v", name, p)
			}
			if err == nil && (p.value != strings.ToValidUTF8(values.Get(name), "\ufffd") && utf8.ValidString(values.Get(name)) || p.sent != values.Has(name)) {
				t.Errorf("%s: %+v, want %q", name, p, values[name])
			}
		}
	})
}

// The wanted strings are what Python makes of the bytes.
func TestReplaceBroken(t *testing.T) {
	const u = "\ufffd"
	for in, want := range map[string]string{
		"":                             "",
		"a\ufffdé\U0001F600":           "a\ufffdé\U0001F600",
		"\xff":                         u,
		"\xff\xfe":                     u + u,
		"a\x80b":                       "a" + u + "b",
		"\xe2\x82":                     u, // the beginning of one
		"\xe2\x82\xe2\x82\xac":         u + "€",
		"\xe2(\x82":                    u + "(" + u,
		"\xc3\xc3\xa9":                 u + "é",
		"\xc0\xaf":                     u + u, // too long a form: nothing begins so
		"\xe0\x80\xaf":                 u + u + u,
		"\xed\xa0\x80":                 u + u + u, // half of a surrogate pair
		"\xf0\x9f\x98":                 u,
		"\xf0\x9f\x98\xf0\x9f\x98\x80": u + "\U0001F600",
		"\xf4\x90\x80\x80":             u + u + u + u, // above U+10FFFF
		"\xf0\x90\x80":                 u,
	} {
		if got := replaceBroken(in); got != want {
			t.Errorf("%+q becomes %+q, want %+q", in, got, want)
		}
	}
}
