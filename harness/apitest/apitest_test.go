package apitest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ratebench/clients/limiter"
	"ratebench/clients/pace"
	"ratebench/harness/apitest"
	"ratebench/server"
	"ratebench/server/servertest"
)

// ask sends a request with a token, and returns the answer without its body.
func ask(t *testing.T, c *http.Client, method, url, token string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return resp
}

// Every API answers the first request, in memory and on a socket.
func TestAll(t *testing.T) {
	for _, name := range apitest.Names() {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				api := apitest.NewInMemory(t, name)
				if name == "reference" {
					key := server.DefaultKeys()[0]
					ask(t, api.Client(), "GET", api.URL+server.Path+"?nonce=1&api_key="+key, "")
					api.Log().Key(key).WantAccepted(t, 1)
					return
				}
				if resp := ask(t, api.Client(), "GET", "https://"+name+".example.com/v1/things/7", "mine"); resp.StatusCode != http.StatusOK {
					t.Errorf("got %s", resp.Status)
				}
				api.Log().Key("mine").WantAccepted(t, 1)
			})
		})
	}
	api := apitest.New(t, "stripe")
	if resp := ask(t, http.DefaultClient, "GET", api.URL+"/v1/charges", "mine"); resp.StatusCode != http.StatusOK {
		t.Errorf("on a socket: %s", resp.Status)
	}
}

// An hour's quota of GitHub's: what is over it is told so in GitHub's words, and
// there is more when the hour is over. By key and by route.
func TestGitHub(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := apitest.Config(t, "github")
		c.Server.Latency = nil
		api := servertest.StartInMemory(t, c)
		for i := range 5000 { // slow enough for the limits by the minute
			if resp := ask(t, api.Client(), "GET", fmt.Sprintf("https://api.github.com/repos/%d", i), "mine"); resp.StatusCode != http.StatusOK {
				t.Fatalf("request %d: %s", i, resp.Status)
			}
			time.Sleep(400 * time.Millisecond)
		}
		resp := ask(t, api.Client(), "GET", "https://api.github.com/user", "mine")
		if resp.StatusCode != http.StatusForbidden && resp.StatusCode != http.StatusTooManyRequests || resp.Header.Get("X-RateLimit-Remaining") != "0" {
			t.Errorf("the 5001st: %s, %v", resp.Status, resp.Header)
		}
		if resp := ask(t, api.Client(), "GET", "https://api.github.com/user", "another"); resp.StatusCode != http.StatusOK {
			t.Errorf("another token: %s", resp.Status)
		}
		time.Sleep(time.Hour)
		if resp := ask(t, api.Client(), "POST", "https://api.github.com/repos/1/issues", "mine"); resp.StatusCode != http.StatusOK {
			t.Errorf("an hour later: %s", resp.Status)
		}
		mine := api.Log().Key("mine")
		mine.WantAccepted(t, 5001)
		mine.WantRefused(t, 1)
		mine.Route("read").WantRefused(t, 1)
		mine.Route("write").WantAccepted(t, 1)
		mine.WantAtMost(t, 5001, time.Hour)
	})
}

// A client that is paced for it is refused nothing: Shopify's bucket of 40, 2 a
// second, sent to the address that is built into it.
func TestPacedClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := apitest.NewInMemory(t, "shopify")
		client := &http.Client{Transport: &pace.Transport{
			Base: api.Client().Transport,
			NewLimiter: func(string) (limiter.Limiter, error) {
				return (&limiter.Paced{Spread: 50 * time.Millisecond}).New(limiter.Quota{Limit: 2, Window: time.Second})
			},
		}}
		for range 300 {
			ask(t, client, "GET", "https://mine.myshopify.com/admin/orders.json", "mine")
		}
		api.Log().WantAccepted(t, 300)
		api.Log().WantRefused(t, 0)
	})
}

// What is told of a request is told to whoever watches, too; a body of one's own
// is answered.
func TestConfigCanBeChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := apitest.Config(t, "stripe")
		c.HTTP.Body = []byte(`{"id":"ch_1"}`)
		var seen []server.Handled
		c.HTTP.Observe = func(h server.Handled) { seen = append(seen, h) }
		api := servertest.StartInMemory(t, c)
		if resp := ask(t, api.Client(), "GET", api.URL+"/v1/charges", "mine"); resp.ContentLength != int64(len(c.HTTP.Body)) {
			t.Errorf("a body of %d bytes, want %d", resp.ContentLength, len(c.HTTP.Body))
		}
		if len(seen) != 1 || seen[0].Asked.Key != "mine" {
			t.Errorf("told of %+v", seen)
		}
	})
}

type fatalled struct{ testing.TB }

func (fatalled) Helper()                           {}
func (fatalled) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

func TestUnknownName(t *testing.T) {
	defer func() {
		if got := fmt.Sprint(recover()); !strings.Contains(got, `apitest: unknown api "githab" (did you mean github?)`) {
			t.Errorf("failed with %s", got)
		}
	}()
	apitest.New(fatalled{t}, "githab")
}
