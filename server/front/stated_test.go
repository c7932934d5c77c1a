package front_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ratebench/server/front"
	"ratebench/server/ledger"
)

// What is stated is read as it was, whatever names there are; key and address are
// nobody's to state.
func TestStatedIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sent := ledger.Request{
			Route:    rapid.StringN(1, 20, 100).Draw(t, "route"),
			Resource: rapid.StringN(0, 20, 100).Draw(t, "resource"),
		}
		names := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z]{0,5}`), 0, 5, rapid.ID[string]).Draw(t, "names")
		for _, name := range names {
			n := rapid.Int64Range(0, 1e12).Draw(t, "cost")
			sent.Costs = append(sent.Costs, ledger.Cost{Name: name, N: n, More: rapid.Int64Range(0, 1e12).Draw(t, "settled") - n})
		}
		h := http.Header{}
		front.State(h, &sent)
		got := ledger.Request{Key: "k", IP: "1", Route: "before", Costs: []ledger.Cost{{N: 9}}}
		if err := front.Stated(h, &got); err != nil {
			t.Fatal(err)
		}
		sent.Key, sent.IP = "k", "1"
		byName := func(c []ledger.Cost) map[string]ledger.Cost {
			m := map[string]ledger.Cost{}
			for _, cost := range c {
				m[cost.Name] = cost
			}
			return m
		}
		if diff := cmp.Diff(byName(sent.Costs), byName(got.Costs)); diff != "" {
			t.Fatalf("costs (-sent +read):\n%s", diff)
		}
		sent.Costs, got.Costs = nil, nil
		if diff := cmp.Diff(sent, got); diff != "" {
			t.Fatalf("-sent +read:\n%s", diff)
		}
	})
}

// What is stated of a request is all there is, and costs are read in the order of
// their names.
func TestStatedAsWritten(t *testing.T) {
	for _, tt := range []struct {
		request ledger.Request
		want    string
	}{
		{ledger.Request{Route: "read"}, "route=read"},
		{ledger.Request{Route: "a b", Resource: "3"}, "route=a+b&resource=3"},
		{ledger.Request{Route: "read", Costs: []ledger.Cost{{N: 2}, {Name: "tokens", N: 500, More: -180}}},
			"route=read&cost=2&cost.tokens=500&settled.tokens=320"},
	} {
		h := http.Header{}
		front.State(h, &tt.request)
		if got := h.Get(front.StatedField); got != tt.want {
			t.Errorf("%+v: %s, want %s", tt.request, got, tt.want)
		}
	}
	var r ledger.Request
	if err := front.Stated(http.Header{front.StatedField: {"route=a" + costs(16)}}, &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Costs) != 16 {
		t.Errorf("%d costs, want 16", len(r.Costs))
	}
	for i, c := range r.Costs {
		if c.Name != strings.Repeat("y", i+1) || c.N != 1 {
			t.Errorf("cost %d is %+v", i, c)
		}
	}
}

func TestStatedIsChecked(t *testing.T) {
	for field, want := range map[string]string{
		"":                             "found route \"\" and 0 costs, want a route",
		"route=%zz":                    `invalid URL escape "%zz", want such as route=read&cost=2`,
		"route=a&route=b":              "found route twice, want each once",
		"cost=1":                       "found route \"\" and 1 costs, want a route",
		"route=a&cost=-1":              `found cost "-1", want a whole number from 0 to 1000000000000`,
		"route=a&cost=1e3":             `found cost "1e3", want a whole number`,
		"route=a&cost=1000000000001":   `found cost "1000000000001", want a whole number`,
		"route=a&cost.x=1&settled.y=2": "found a cost that is settled and not charged",
		"route=a&key=b":                `found "key", want route, resource, cost, or settled`,
		"route=a&cost.x=1" + costs(17): "found route \"a\" and 18 costs, want a route and at most 16",
	} {
		r := ledger.Request{Route: "as before"}
		err := front.Stated(http.Header{front.StatedField: {field}}, &r)
		if err == nil || !strings.HasPrefix(err.Error(), front.StatedField+": "+want) {
			t.Errorf("%s: error %v, want %s", field, err, want)
		}
		if r.Route != "as before" {
			t.Errorf("%s: is refused, and read", field)
		}
	}
	r := ledger.Request{Route: "as before"}
	if err := front.Stated(http.Header{front.StatedField: {"route=a", "route=a&cost=2"}}, &r); err == nil || r.Route != "as before" {
		t.Errorf("stated twice: %v, %+v", err, r)
	}
	if err := front.Stated(http.Header{}, &r); err != nil || r.Route != "as before" {
		t.Errorf("nothing stated: %v, %+v", err, r)
	}
}

// costs are n more of them.
func costs(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("&cost." + strings.Repeat("y", i+1) + "=1")
	}
	return b.String()
}

// Whatever is stated, what is remembered of it is short, and no cost is out of
// bounds.
func FuzzStated(f *testing.F) {
	f.Add("route=read&resource=3&cost=2&cost.tokens=500&settled.tokens=320")
	f.Add("route=" + strings.Repeat("r", 200) + "&cost=1000000000000&settled=0")
	f.Fuzz(func(t *testing.T, field string) {
		var r ledger.Request
		if err := front.Stated(http.Header{front.StatedField: {field}}, &r); err != nil {
			return
		}
		if r.Route == "" || len(r.Route) > 128 || len(r.Resource) > 128 || len(r.Costs) > ledger.MaxLimits {
			t.Errorf("%+v", r)
		}
		for _, c := range r.Costs {
			if c.N < 0 || c.N > 1e12 || c.N+c.More < 0 || c.N+c.More > 1e12 {
				t.Errorf("cost %+v", c)
			}
		}
	})
}
