package front

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"ratebench/server/ledger"
	"ratebench/server/policy"
)

// StatedField is the header field in which a client states what the limits are to
// add a request up by, where the paths of requests do not say it: a query such as
// "route=read&resource=3&cost=2&cost.tokens=500&settled.tokens=320". A cost is by
// its name, the plain one without; what it turns out to be is said where it is
// another. Whoever states costs is believed.
const StatedField = "X-Ratebench-Request"

const (
	plainCost    = "cost"
	plainSettled = "settled"
)

// State states a request's route, resource and costs in a header.
func State(h http.Header, r *ledger.Request) {
	var b strings.Builder
	add := func(key, value string) {
		if b.Len() > 0 {
			b.WriteByte('&')
		}
		b.WriteString(url.QueryEscape(key) + "=" + url.QueryEscape(value))
	}
	add("route", r.Route)
	if r.Resource != "" {
		add("resource", r.Resource)
	}
	for _, c := range r.Costs {
		add(named(plainCost, c.Name), strconv.FormatInt(c.N, 10))
		if c.More != 0 {
			add(named(plainSettled, c.Name), strconv.FormatInt(c.N+c.More, 10))
		}
	}
	h.Set(StatedField, b.String())
}

// named is the key of a cost.
func named(kind, name string) string {
	if name == "" {
		return kind
	}
	return kind + "." + name
}

// Stated sets what a header states of a request, and leaves the rest of it as it
// is; all of it if nothing is stated. The error says what was found in the field,
// and what was expected.
func Stated(h http.Header, r *ledger.Request) error {
	switch n := len(h[StatedField]); {
	case n == 0:
		return nil
	case n > 1:
		return fmt.Errorf("%s: found %d of it, want one", StatedField, n)
	}
	values, err := url.ParseQuery(h.Get(StatedField))
	if err != nil {
		return fmt.Errorf("%s: %v, want such as route=read&cost=2", StatedField, err)
	}
	var stated ledger.Request
	settled := map[string]int64{}
	keys := make([]string, 0, len(values))
	for key := range values {
		keys = append(keys, key)
	}
	slices.Sort(keys) // so that errors, and what is charged, do not depend on the order of a map
	for _, key := range keys {
		value := values[key]
		if len(value) > 1 {
			return fmt.Errorf("%s: found %.40s twice, want each once", StatedField, key)
		}
		kind, name, _ := strings.Cut(key, ".")
		switch {
		case key == "route":
			stated.Route = kept(value[0])
		case key == "resource":
			stated.Resource = kept(value[0])
		case kind == plainCost || kind == plainSettled:
			n, err := strconv.ParseInt(value[0], 10, 64)
			if err != nil || n < 0 || n > policy.MaxLimit {
				return fmt.Errorf("%s: found %.40s %.40q, want a whole number from 0 to %d", StatedField, key, value[0], policy.MaxLimit)
			}
			if kind == plainSettled {
				settled[name] = n
				continue
			}
			stated.Costs = append(stated.Costs, ledger.Cost{Name: name, N: n})
		default:
			return fmt.Errorf("%s: found %.40q, want route, resource, cost, or settled, with a dot and the name of a cost that has one", StatedField, key)
		}
	}
	if stated.Route == "" || len(stated.Costs) > ledger.MaxLimits {
		return fmt.Errorf("%s: found route %q and %d costs, want a route and at most %d", StatedField, stated.Route, len(stated.Costs), ledger.MaxLimits)
	}
	for i := range stated.Costs {
		c := &stated.Costs[i]
		if n, other := settled[c.Name]; other {
			c.More = n - c.N
			delete(settled, c.Name)
		}
	}
	if len(settled) > 0 {
		return fmt.Errorf("%s: found a cost that is settled and not charged, want a cost for each", StatedField)
	}
	r.Route, r.Resource, r.Costs = stated.Route, stated.Resource, stated.Costs
	return nil
}
