package dialect

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
)

// A closer notes that it was closed.
type closer struct {
	io.Reader
	closed bool
}

func (c *closer) Close() error { c.closed = true; return nil }

// Who reads a body after it has been looked at reads all of it.
func TestPeek(t *testing.T) {
	broken := errors.New("broken")
	for _, tt := range []struct {
		name string
		body io.Reader
		seen string
		all  string
		err  error
	}{
		{"nothing", strings.NewReader(""), "", "", nil},
		{"all of it", strings.NewReader("abc"), "abc", "abc", nil},
		{"byte by byte", iotest.OneByteReader(strings.NewReader("abc")), "abc", "abc", nil},
		{"the beginning", strings.NewReader(strings.Repeat("x", 2*MaxBody)), strings.Repeat("x", MaxBody), strings.Repeat("x", 2*MaxBody), nil},
		{"up to where it breaks", io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(broken)), "abc", "abc", broken},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := &closer{Reader: tt.body}
			resp := &http.Response{Body: c}
			if seen := string(Peek(resp)); seen != tt.seen {
				t.Errorf("has seen %d bytes, want %d", len(seen), len(tt.seen))
			}
			all, err := io.ReadAll(resp.Body)
			if string(all) != tt.all || err != tt.err {
				t.Errorf("then reads %d bytes, %v; want %d, %v", len(all), err, len(tt.all), tt.err)
			}
			if _ = resp.Body.Close(); !c.closed {
				t.Error("the body is not closed")
			}
		})
	}
	if got := Peek(&http.Response{Body: http.NoBody}); got != nil {
		t.Errorf("%q of no body", got)
	}
	if got := Peek(&http.Response{}); got != nil {
		t.Errorf("%q of nothing", got)
	}
}

// The body is looked at only when that was asked for.
func TestAnswer(t *testing.T) {
	for _, bodies := range []bool{false, true} {
		resp := &http.Response{StatusCode: 200, Body: &closer{Reader: strings.NewReader(`{"error":["EAPI:Rate limit exceeded"]}`)}}
		r := Reader{Bodies: bodies}
		if o := r.Answer(resp); o.Refused != bodies {
			t.Errorf("bodies %t: refused %t", bodies, o.Refused)
		}
		if all, _ := io.ReadAll(resp.Body); len(all) == 0 {
			t.Errorf("bodies %t: the body is gone", bodies)
		}
	}
}
