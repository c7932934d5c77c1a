package server_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"ratebench/server"
	"ratebench/server/dialect"
	"ratebench/server/front"
	"ratebench/server/ledger"
	"ratebench/server/policy"
)

// newFrontAPI is an API of one request a minute and key, which anybody may use.
func newFrontAPI(t *testing.T, c server.APIConfig) *server.API {
	t.Helper()
	srv := limited(t, func(c *server.Config) { c.AnyKey = true; c.Statements.Limits = true },
		ledger.Limit{Name: "minute", Policy: policy.Window{Limit: 1, Length: time.Minute}})
	if c.Front == nil {
		c.Front = &front.Config{}
	}
	api, err := server.NewAPI(srv, stoppedClock{}, c)
	if err != nil {
		t.Fatal(err)
	}
	return api
}

func answerOf(api http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	api.ServeHTTP(w, r)
	return w
}

// Any method and path is a request, and what is in a body does not matter but for
// the key in a form.
func TestFrontTakesAnything(t *testing.T) {
	api := newFrontAPI(t, server.APIConfig{})
	form := func(body string) *http.Request {
		r := httptest.NewRequest("POST", "/login", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return r
	}
	for i, tt := range []struct {
		request *http.Request
		status  int
	}{
		{httptest.NewRequest("GET", "/?api_key=1", nil), 200},
		{httptest.NewRequest("OPTIONS", "/any/path?api_key=2", nil), 200},
		{httptest.NewRequest("PATCH", "//%2e%2e/?api_key=3", strings.NewReader(strings.Repeat("x", 1<<20))), 200},
		{form("api_key=4"), 200},
		{form("api_key=4"), 429},
		{form("api_key=5&" + strings.Repeat("x", 64<<10)), 413},
		{httptest.NewRequest("PUT", "/?api_key=6", strings.NewReader(strings.Repeat("x", 8<<20+1))), 413},
		{httptest.NewRequest("PUT", "/?api_key=6", nil), 200}, // the one before has spent nothing
	} {
		w := answerOf(api, tt.request)
		if w.Code != tt.status || w.Header().Get("Content-Type") != "application/json" {
			t.Errorf("request %d: %d %s, want %d", i, w.Code, w.Body, tt.status)
		}
		if w.Code == 200 && w.Body.String() != "{}" {
			t.Errorf("request %d: %s, want {}", i, w.Body)
		}
	}
}

// Without a dialect a refusal is the reference's; with one it is the dialect's,
// and its body is what it looks like.
func TestFrontAnswers(t *testing.T) {
	for _, tt := range []struct {
		name    string
		dialect *dialect.Config
		body    string // of what is accepted
		status  int    // of a refusal
		refusal string
		kind    string
		retry   string
	}{
		{"none", nil, "", 429, `{"error_msg":"exceeded rate limit","status":"error"}` + "\n", "application/json", ""},
		{"a dialect", &dialect.Config{Dialect: dialect.X}, "<html></html>", 429, `{"errors":[{"code":88,"message":"Rate limit exceeded"}]}` + "\n", "application/json", ""},
		{"a body of its own", &dialect.Config{Status: 503, Body: "slow down"}, "[]", 503, "slow down", "text/plain; charset=utf-8", "61"},
	} {
		api := newFrontAPI(t, server.APIConfig{Dialect: tt.dialect, Body: []byte(tt.body)})
		get := func() *httptest.ResponseRecorder { return answerOf(api, httptest.NewRequest("GET", "/", nil)) }
		if w := get(); w.Code != 200 || tt.body != "" && w.Body.String() != tt.body {
			t.Errorf("%s: %d %s, want 200 %s", tt.name, w.Code, w.Body, tt.body)
		}
		w := get()
		if w.Code != tt.status || w.Body.String() != tt.refusal || w.Header().Get("Content-Type") != tt.kind || w.Header().Get("Retry-After") != tt.retry {
			t.Errorf("%s: %d %s, header %v; want %d %s", tt.name, w.Code, w.Body, w.Header(), tt.status, tt.refusal)
		}
	}
}

// What is observed of a request to another API than the reference.
func TestFrontIsObserved(t *testing.T) {
	var seen []server.Handled
	api := newFrontAPI(t, server.APIConfig{Observe: func(h server.Handled) { seen = append(seen, h) }})
	answerOf(api, httptest.NewRequest("DELETE", "/x", nil))
	answerOf(api, httptest.NewRequest("DELETE", "/x?api_key="+server.DefaultKeys()[2], nil))
	if len(seen) != 2 || seen[0].Key != -1 || seen[1].Key != 2 || seen[0].Verdict != server.OK || seen[0].Method != "DELETE" || seen[0].Path != "/x" {
		t.Errorf("%+v", seen)
	}
}

func TestNewAPIRefuses(t *testing.T) {
	srv := newServer(t, nil)
	for want, c := range map[string]server.APIConfig{
		"server API: got MaxConcurrent -1":                      {MaxConcurrent: -1},
		"server API: dialect: got Status 99":                    {Dialect: &dialect.Config{Status: 99}},
		"server API: front: got Routes[0]: the Name is missing": {Front: &front.Config{Routes: []front.Route{{Match: "/"}}}},
	} {
		if _, err := server.NewAPI(srv, stoppedClock{}, c); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// Where requests may state what they are, that is what they are charged as; a field
// that cannot be read is answered 400 and spends nothing, and elsewhere nobody looks
// at it.
func TestStatedRequests(t *testing.T) {
	for _, tt := range []struct {
		stated bool
		field  string
		want   [2]int // two requests of one key
	}{
		{true, "route=free", [2]int{200, 200}},
		{true, "route=dear&cost=2", [2]int{429, 429}},
		{true, "route=dear&cost=1", [2]int{200, 429}},
		{true, "route=dear&cost=-1", [2]int{400, 400}},
		{true, "", [2]int{400, 400}},
		{false, "route=free", [2]int{200, 200}}, // by its path
		{false, "route=dear&cost=9", [2]int{200, 200}},
	} {
		srv := limited(t, func(c *server.Config) { c.AnyKey = true },
			ledger.Limit{Name: "minute", Policy: policy.Window{Limit: 1, Length: time.Minute}, Routes: []string{"dear"}})
		api, err := server.NewAPI(srv, stoppedClock{}, server.APIConfig{Front: &front.Config{}, Stated: tt.stated})
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range tt.want {
			r := httptest.NewRequest("GET", "/", nil)
			r.Header.Set(front.StatedField, tt.field)
			if w := answerOf(api, r); w.Code != want {
				t.Errorf("stated %v, %q, request %d: %d %s, want %d", tt.stated, tt.field, i, w.Code, w.Body, want)
			}
		}
	}
}
