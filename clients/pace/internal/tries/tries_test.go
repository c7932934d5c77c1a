package tries

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
)

// A watchedBody counts how often it is closed.
type watchedBody struct {
	io.Reader
	closed int
}

func (b *watchedBody) Close() error {
	b.closed++
	return nil
}

// The answer before a retry that does not come about is whole, however long it
// is, and however it ends.
func TestTheAnswerIsKept(t *testing.T) {
	long := strings.Repeat("0123456789abcdef", 10_000)
	cut := errors.New("cut short")
	for _, tt := range []struct {
		name string
		body io.Reader
		want string
		err  error
	}{
		{"none", strings.NewReader(""), "", nil},
		{"short", strings.NewReader("sorry"), "sorry", nil},
		{"as long as is read at once", strings.NewReader(long[:64<<10]), long[:64<<10], nil},
		{"long", strings.NewReader(long), long, nil},
		{"cut short", io.MultiReader(strings.NewReader("sor"), failingReader{cut}), "sor", cut},
	} {
		t.Run(tt.name, func(t *testing.T) {
			body := &watchedBody{Reader: tt.body}
			s := Tries{Last: Try{Resp: &http.Response{Body: body}}}
			s.Keep()
			resp, err := s.End(errors.New("no time"))
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(resp.Body)
			if string(got) != tt.want || err != tt.err {
				t.Errorf("read %d bytes, %v; want %d, %v", len(got), err, len(tt.want), tt.err)
			}
			_ = resp.Body.Close()
			if body.closed != 1 {
				t.Errorf("closed %d times, want once", body.closed)
			}
		})
	}
}
