package tune

import (
	"fmt"
	"go/format"
	"reflect"
	"slices"
	"strings"
	"time"

	"ratebench/clients/limiter"
	"ratebench/harness"
	"ratebench/harness/dist"
	"ratebench/harness/scenario"
	"ratebench/harness/scenario/rules"
	"ratebench/harness/tune/candidate"
)

// yaml is a strategy as a scenario file has it, in one line.
func yaml(c *candidate.Candidate) string {
	sections := []string{"limiter", "guard", "client"}
	keys := map[string][]string{"limiter": {"kind: " + c.Limiter.Kind}}
	nested := map[string][]string{}
	var order []string
	for _, s := range c.Settings() {
		section, key, _ := strings.Cut(s.Path, ".")
		if outer, inner, ok := strings.Cut(key, "."); ok {
			if nested[outer] == nil {
				order = append(order, outer)
			}
			nested[outer] = append(nested[outer], inner+": "+s.Value)
			continue
		}
		keys[section] = append(keys[section], key+": "+s.Value)
	}
	for _, outer := range order {
		keys["limiter"] = append(keys["limiter"], outer+": {"+strings.Join(nested[outer], ", ")+"}")
	}
	parts := []string{"name: tuned"}
	for _, section := range sections {
		if len(keys[section]) > 0 {
			parts = append(parts, section+": {"+strings.Join(keys[section], ", ")+"}")
		}
	}
	return "- {" + strings.Join(parts, ", ") + "}"
}

// guards are those of a strategy, with no more requests under way at once than it
// was measured with.
func guards(c *candidate.Candidate) limiter.Guards {
	g := c.Guard
	if g.InFlight == 0 {
		g.InFlight = c.Client.WorkersPerKey
	}
	return g
}

// apart is what a scenario has that keeps its strategy from being handed over by
// itself, to a proxy by flags or in a program of one limiter for each key: what these
// know nothing of, they do not keep to. "" is nothing.
func apart(sc *scenario.Scenario, c *candidate.Candidate) string {
	limits := sc.Server.AllLimits()
	l := &limits[0]
	switch {
	case len(limits) > 1:
		return "this server has several limits"
	case !l.IsPaced():
		return "no client can pace itself by the limit of this server"
	case len(l.Scope) != 1 || !l.Has(rules.ScopeKey) || len(l.Routes) > 0:
		return "the limit of this server is not that of all requests of a key"
	case slices.ContainsFunc(sc.Load.Mix, func(k rules.Kind) bool { n, always := k.Cost(l.Cost).Constant(); return !always || n != 1 }):
		return "not every request costs 1"
	case c.Client.Processes > 1:
		return "several processes share the limit"
	}
	return ""
}

// proxyCommand is the command line that puts the strategy before an API: by its
// flags, if these can say all of it, and else by the scenario, which has to be given
// the strategy. "" is none, for why.
func proxyCommand(sc *scenario.Scenario, c *candidate.Candidate) (command, why string) {
	q := c.Quota(sc.Server)
	plain := apart(sc, c) == "" && q.Count == limiter.CountLog && q.Burst == 0 // a window, which flags can state
	if !plain {
		if why := unproxied(sc, c); why != "" {
			return "", why
		}
		return "ratebench proxy --upstream https://api.example.com --scenario " + scenarioFile(sc) + " --strategy tuned", ""
	}
	words := []string{"ratebench proxy", "--upstream https://api.example.com", "--limit " + limitText(sc)}
	if q.Resolution != time.Millisecond { // that of the flag
		words = append(words, "--resolution "+dist.FormatDuration(q.Resolution))
	}
	words = append(words, "--kind "+c.Limiter.Kind)
	with := *c
	with.Guard = guards(c)
	for _, s := range with.Settings() {
		switch section, key, _ := strings.Cut(s.Path, "."); section {
		case "limiter":
			words = append(words, "--set "+key+"="+s.Value)
		case "guard":
			words = append(words, "--set guard."+key+"="+s.Value)
		}
	}
	return strings.Join(words, " "), ""
}

// unproxied is why a proxy with the scenario would not keep to all that the strategy
// was measured with. "" is nothing.
func unproxied(sc *scenario.Scenario, c *candidate.Candidate) string {
	if c.Client.Processes > 1 {
		return "several processes share the limit"
	}
	for _, l := range sc.Server.AllLimits() {
		for i := range sc.Load.Mix {
			k := &sc.Load.Mix[i]
			if n, always := k.Cost(l.Cost).Constant(); len(k.Match) == 0 && (!always || n != 1) && l.Meets(k.Route) {
				return fmt.Sprintf("nothing tells a %s, which costs %s of limit %q, from other requests: load.mix has no match for it", k.Route, k.Cost(l.Cost), l.Name)
			}
		}
	}
	pacing, err := harness.NewPacing(sc, &c.Strategy)
	if err == nil {
		_, err = pacing.Limiter()
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// scenarioFile is the scenario's file as a shell takes it for one word.
func scenarioFile(sc *scenario.Scenario) string {
	if strings.Trim(sc.Path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+./") == "" {
		return sc.Path
	}
	return "'" + strings.ReplaceAll(sc.Path, "'", `'\''`) + "'"
}

// limitText is the first limit that a client paces itself by, as a window.
func limitText(sc *scenario.Scenario) string {
	q := sc.Server.Quota()
	return candidate.Text(limiter.Rate{N: q.Limit, Per: q.Window})
}

// goCode is a program that sends through a transport with the strategy.
func goCode(sc *scenario.Scenario, c *candidate.Candidate) (string, error) {
	q := c.Quota(sc.Server)
	fields := literal(reflect.ValueOf(c.Limiter.Config))
	guards := literal(reflect.ValueOf(guards(c)))
	quota := literal(reflect.ValueOf(q))
	imports := `"ratebench/clients/limiter"
	"ratebench/clients/pace"`
	if from := reflect.TypeOf(c.Limiter.Config).Elem().PkgPath(); from != "ratebench/clients/limiter" {
		imports += fmt.Sprintf("\n\t%q", from)
	}
	keep := ""
	if c.Client.WorkersPerKey > 2 {
		keep = fmt.Sprintf("\n\t// As many requests of a key are under way as were tuned for, without a handshake for each.\n\tbase := http.DefaultTransport.(*http.Transport).Clone()\n\tbase.MaxIdleConnsPerHost = %d\n", c.Client.WorkersPerKey*sc.Server.Keys)
	}
	base := ""
	if keep != "" {
		base = "\n\t\tBase: base,"
	}
	code := fmt.Sprintf(`package main

import (
	"io"
	"log"
	"net/http"
	"os"
	"time"

	%s
)

func main() {
	quota := %s
	config := %s
	guards := %s
%s
	// The time to wait for departure is part of the timeout.
	client := &http.Client{Timeout: %s, Transport: &pace.Transport{
		Key: func(r *http.Request) string { return r.Header.Get("X-API-Key") }, // what the limit is counted by
		NewLimiter: func(string) (limiter.Limiter, error) { return limiter.New(config, quota, guards) },%s
	}}
	resp, err := client.Get("https://api.example.com/")
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(os.Stdout, resp.Body); err != nil {
		log.Fatal(err)
	}
}
`, imports, quota, fields, guards, keep, durationCode(sc.Load.TTL+c.Client.Timeout), base)
	text, err := format.Source([]byte(code))
	return string(text), err
}

// literal is a value as Go code has it, without the fields that are zero.
func literal(v reflect.Value) string {
	if d, ok := v.Interface().(time.Duration); ok {
		return durationCode(d)
	}
	switch v.Kind() {
	case reflect.Pointer:
		return "&" + literal(v.Elem())
	case reflect.Struct:
		var fields []string
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && !v.Field(i).IsZero() {
				fields = append(fields, f.Name+": "+literal(v.Field(i)))
			}
		}
		return v.Type().String() + "{" + strings.Join(fields, ", ") + "}"
	case reflect.String:
		return fmt.Sprintf("%q", v.String())
	}
	return fmt.Sprint(v.Interface())
}

// durationCode is such as 50 * time.Millisecond.
func durationCode(d time.Duration) string {
	number := strings.TrimRight(dist.FormatDuration(d), "hmsµn")
	unit := map[string]string{"h": "Hour", "m": "Minute", "s": "Second", "ms": "Millisecond", "µs": "Microsecond", "ns": "Nanosecond"}[strings.TrimLeft(dist.FormatDuration(d), "-0123456789")]
	if number == "1" {
		return "time." + unit
	}
	return number + " * time." + unit
}
