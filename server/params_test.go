package server

import (
	"net/url"
	"strings"
	"testing"
)

// The parameters are those that url.ParseQuery finds, errors included.
func FuzzParseParams(f *testing.F) {
	for _, seed := range []string{
		"", "api_key=k&nonce=1&req_id=7", "nonce=1&nonce=2&req_id=&req_id=8", "api_key&=nonce&&req_id==x=",
		"nonce=+1&req_id=%41%zz", "nonce=1;req_id=2&nonce=3", "api%5Fkey=k", "nonce=\x00\xff", strings.Repeat("&", 10_000),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		got, err := parseParams(query)
		values, wantErr := url.ParseQuery(query)
		if (err == nil) != (wantErr == nil) || err != nil && err.Error() != wantErr.Error() {
			t.Fatalf("error %v, want %v", err, wantErr)
		}
		for name, p := range map[string]param{"api_key": got.key, "nonce": got.nonce, "req_id": got.reqID} {
			if p.value != values.Get(name) || p.sent != values.Has(name) {
				t.Errorf("%s: %+v, want %q", name, p, values[name])
			}
		}
	})
}
