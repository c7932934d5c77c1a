package scenario

import (
	"strings"
	"testing"
	"time"

	"ratebench/harness/scenario/rules"
	"ratebench/scenarios/apis"
)

// Every preset can be read, says where it is from, and makes a scenario.
func TestPresets(t *testing.T) {
	if len(apis.Names()) == 0 {
		t.Fatal("no presets")
	}
	for _, name := range apis.Names() {
		p, err := LoadPreset(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if _, err := time.Parse(time.DateOnly, p.Date); err != nil || !strings.HasPrefix(p.Page, "https://") {
			t.Errorf("%s: page %q, date %q, want a page and the day when it was read", name, p.Page, p.Date)
		}
		text := complete("api: " + name + "\nserver: {keys: 1}\n")
		text = strings.ReplaceAll(text, "{kind: adaptive}", "{kind: window}")
		if _, err := testLoader().Parse("x.yaml", []byte(text), nil); err != nil {
			t.Errorf("a scenario with api: %s: %v", name, err)
		}
	}
}

func TestPresetIsInherited(t *testing.T) {
	parse := func(text string) *Scenario {
		t.Helper()
		s, err := testLoader().Parse("x.yaml", []byte(complete(text)), nil)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := parse("api: shopify\nserver: {keys: 2}\n")
	if s.API != "shopify" || s.Server.Keys != 2 || s.Server.BlockAfter != 0 || !s.Server.NoNonces || s.Server.Dialect != "shopify" ||
		len(s.Server.Limits) != 1 || s.Server.Limits[0].Bucket != 40 || s.Server.Limits[0].Refill != (rules.Amount{N: 2, Per: time.Second}) {
		t.Errorf("%+v", s.Server)
	}
	s = parse("server: {limit: 7/1s, block_after: 3, nonces: true}\napi: shopify\n")
	if len(s.Server.Limits) != 0 || s.Server.Limit.N != 7 || s.Server.BlockAfter != 3 || s.Server.NoNonces {
		t.Errorf("what the scenario says does not override the preset: %+v", s.Server)
	}
	if s := parse("api: reference\n"); s.Server.BlockAfter != 10 || s.Server.Limit.N != 20 {
		t.Errorf("the reference is not the reference: %+v", s.Server)
	}
}
