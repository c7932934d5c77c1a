package server_test

import (
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ratebench/server"
	"ratebench/server/ledger"
	"ratebench/server/policy"
)

func TestNewRefuses(t *testing.T) {
	one := []ledger.Limit{{Name: "x", Policy: policy.Concurrency{Limit: 1}}}
	instead := func(change func(*server.Config)) func(*server.Config) {
		return func(c *server.Config) {
			c.Limit, c.BlockAfter, c.Limits = server.Limit{}, 0, one
			change(c)
		}
	}
	tests := []struct {
		change func(*server.Config)
		want   string
	}{
		{func(c *server.Config) { c.Keys = nil }, "server config: got no Keys, want at least one"},
		{func(c *server.Config) { c.Keys[3] = "" }, "server config: got an empty Keys[3]"},
		{func(c *server.Config) { c.Keys[3] = c.Keys[1] }, "server config: got Keys[3] the same as Keys[1]"},
		{func(c *server.Config) { c.Limit.N = -1 }, "server config: limit: got N -1, want at least 1"},
		{func(c *server.Config) { c.Limit.Window = -1 }, "server config: limit: got Window -1ns, want more than 0s"},
		{func(c *server.Config) { c.Resolution = -ms }, "server config: got Resolution -1ms, want 0s to 1h0m0s"},
		{func(c *server.Config) { c.Resolution = 2 * time.Hour }, "server config: got Resolution 2h0m0s, want 0s to 1h0m0s"},
		{func(c *server.Config) { c.BlockAfter = -1 }, "server config: got BlockAfter -1, want 0 or more"},
		{func(c *server.Config) { c.Limits = one }, "server config: got Limits beside Limit or BlockAfter, want either"},
		{func(c *server.Config) { c.AnyKey = true }, "server config: got AnyKey without NoNonces, want both"},
		{func(c *server.Config) { c.Penalty.After = 1 }, "server config: got a Penalty or a Charge without Limits"},
		{func(c *server.Config) { c.MaxEntries = -1 }, "server config: got MaxEntries -1, want 0 or more"},
		{instead(func(c *server.Config) { c.BlockAfter = 1 }), "server config: got Limits beside Limit or BlockAfter, want either"},
		{instead(func(c *server.Config) { c.Resolution = -1 }), "server config: got Resolution -1ns, want 0s to 1h0m0s"},
		{instead(func(c *server.Config) { c.Resolution = time.Hour + 1 }), "server config: got Resolution 1h0m0.000000001s, want 0s to 1h0m0s"},
		{instead(func(c *server.Config) { c.Limit.N = 1 }), "server config: got Limits beside Limit or BlockAfter, want either"},
		{instead(func(c *server.Config) { c.Charge = 7 }), "server config: the Order is Order(7), want one of [all-or-none in-order]"},
		{instead(func(c *server.Config) { c.Limits = []ledger.Limit{{Name: "x"}} }), `server config: got Limits[0]: the Policy of "x" is missing`},
	}
	for _, tt := range tests {
		c := server.ReferenceConfig()
		tt.change(&c)
		if _, err := server.New(c); err == nil || err.Error() != tt.want {
			t.Errorf("error %v, want %s", err, tt.want)
		}
	}
}

func TestKeys(t *testing.T) {
	if diff := cmp.Diff(server.DefaultKeys(), server.Keys(5)); diff != "" {
		t.Errorf("the first five are not the reference's (-want +got):\n%s", diff)
	}
	keys := server.Keys(200)
	for _, n := range []int{-1, 0, 3, 199} {
		if diff := cmp.Diff(keys[:max(n, 0)], server.Keys(n)); diff != "" {
			t.Errorf("Keys(%d) does not begin Keys(200) (-want +got):\n%s", n, diff)
		}
	}
	form := regexp.MustCompile(`^[A-Z0-9]{32}$`)
	seen := make(map[string]bool)
	for i, key := range keys {
		if !form.MatchString(key) || seen[key] {
			t.Errorf("key %d is %q: malformed or not the first of its kind", i, key)
		}
		seen[key] = true
	}
	// Results depend on keys only through their indices, but recorded
	// traffic may name them.
	if got, want := keys[5], "S5AS3NDWA4OET8M2TBVNMWDIEZJUBRMF"; got != want {
		t.Errorf("the sixth key has become %s, was %s", got, want)
	}
}
