package front

import (
	"net/http"
	"strings"
	"testing"
)

// What looks like an id: a number of whatever length, or 16 hexadecimal digits.
func TestIsID(t *testing.T) {
	for s, want := range map[string]bool{
		"": false, "0": true, "7": true, "9": true, "12345": true, "-": false, "1-2": false, "1a": false, "a1": false,
		"abcdefabcdefabc0": true, "abcdefabcdefabcd": false, "0123456789abcdefg": false, // without a digit it may be a word
		"abcdefabcdefab0":  false, // 15
		"ABCDEFABCDEFABC9": true, "0123456789abcdeg": false, "0123456789abcde`": false, "0123456789abcde@": false,
		"0123456789abcde/": false, "0123456789abcde:": false, "0123456789abcd_f": false, "0123456789-abcde": false, "0123456789-abcdef": true,
		"550e8400-e29b-41d4-a716-446655440000": true, "----------------1": false, "users": false, "v1": false,
	} {
		if got := isID(s); got != want {
			t.Errorf("%q is an id: %v, want %v", s, got, want)
		}
	}
}

func TestSegments(t *testing.T) {
	for _, tt := range []struct {
		path   string
		number int
		want   string
	}{
		{"/a/b/c", 0, "a"}, {"/a/b/c", 1, "b"}, {"/a/b/c", 2, "c"}, {"/a/b/c", 3, ""}, {"/a/b/c", -1, ""}, {"a/b", 0, "a"}, {"/", 0, ""},
	} {
		if got := segment(tt.path, tt.number); got != tt.want {
			t.Errorf("segment %d of %s is %q, want %q", tt.number, tt.path, got, tt.want)
		}
	}
}

// What is remembered is at most as long as maxKept.
func TestKept(t *testing.T) {
	most := strings.Repeat("k", maxKept)
	if got := kept(most); got != most {
		t.Errorf("%d bytes are kept as %q", maxKept, got)
	}
	long, other := kept(most+"k"), kept(most+"l")
	if len(long) != 64 || long == other {
		t.Errorf("a byte more is kept as %q, and another as %q; want two digests", long, other)
	}
}

func TestIP(t *testing.T) {
	for remote, want := range map[string]string{"1.2.3.4:80": "1.2.3.4", "[::1]:80": "::1", "pipe": "pipe", "": ""} {
		if got := IP(&http.Request{RemoteAddr: remote}); got != want {
			t.Errorf("%q is the address %q, want %q", remote, got, want)
		}
	}
}

// The key in an Authorization, without the space around it.
func TestAuthorizations(t *testing.T) {
	for field, want := range map[string]string{
		"": "", "key": "key", " key ": "key", "Bearer key": "key", "Bearer   key  ": "key", "bearer a b": "a b",
		"Basic a2V5OnBhc3M=": "key", "Basic !": "!",
	} {
		if got := authorized(field); got != want {
			t.Errorf("%q has the key %q, want %q", field, got, want)
		}
	}
}
