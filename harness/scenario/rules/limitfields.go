package rules

import (
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"ratebench/harness/scenario/notation"
	"ratebench/harness/yamlfile"
)

// OfLimits is a list of limits.
func OfLimits(p *[]Limit) yamlfile.Notation {
	n := yamlfile.List[Limit]{
		Items: p, Want: "a list of one or more limits, each such as - {window: 20/1s} or {bucket: 40, refill: 2/1s}",
		Name: "limit", Help: "one limit: a window, a bucket, a concurrency or a queue",
		Fields: limitFields,
		Fresh:  func(ast.Node) Limit { return freshLimit() },
		Check:  checkLimits,
	}.Notation()
	refine := n.Refine
	n.Refine = func(s *yamlfile.Schema) {
		refine(s)
		s.Items.OneOf = []*yamlfile.Schema{
			{Required: []string{"window"}, Not: yamlfile.WithAny("bucket", "refill", "every", "concurrency", "queue", "length")},
			{Required: []string{"bucket", "refill"}, Not: yamlfile.WithAny("window", "count", "concurrency", "queue", "length")},
			{Required: []string{"concurrency"}, Not: yamlfile.WithAny("window", "count", "bucket", "refill", "every", "queue", "length")},
			{Required: []string{"queue"}, Not: yamlfile.WithAny("window", "count", "bucket", "refill", "every", "concurrency")},
		}
	}
	n.Unset = func() bool { return len(*p) == 0 }
	return n
}

func freshLimit() Limit {
	return Limit{Count: CountLog, Scope: []string{ScopeKey}, Counts: CountsAccepted}
}

func limitFields(l *Limit) []yamlfile.Field {
	name := notation.OfName(&l.Name, nil)
	count := yamlfile.OneOf(&l.Count,
		yamlfile.Word{Value: CountLog, Help: "no more than the limit in any span of the window, wherever it lies"},
		yamlfile.Word{Value: CountAligned, Help: "anew at whole multiples of the window, by the server's clock"},
		yamlfile.Word{Value: CountFirst, Help: "anew with the first request after the window is over"},
		yamlfile.Word{Value: CountCounter, Help: "this aligned window and a share of the one before"})
	count.Schema.Default = nil
	count.Unset = func() bool { return l.Kind() != "window" }
	every := yamlfile.Duration(&l.Every, 1, yamlfile.MaxDuration)
	every.Schema.Default = nil
	every.Unset = func() bool { return l.Every == 0 }
	return []yamlfile.Field{
		yamlfile.Key("name", "what answers call the limit, unlike the others. Defaults to its kind", name),
		yamlfile.Key("window", "a window: what may be used in a span of time", ofAmount(&l.Window)),
		yamlfile.Key("count", "how a window adds requests up; log by default", count),
		yamlfile.Key("bucket", "a bucket: what it holds when it is full, as it is at first", whole(&l.Bucket, 1)),
		yamlfile.Key("refill", "rate at which a bucket is refilled", ofAmount(&l.Refill)),
		yamlfile.Key("every", "a bucket is refilled in portions, this often; without it steadily", every),
		yamlfile.Key("concurrency", "a concurrency: what may be under way at a time", whole(&l.Concurrency, 1)),
		yamlfile.Key("queue", "a queue: the rate at which requests are served, those before them first", ofAmount(&l.Queue)),
		yamlfile.Key("length", "what may wait in a queue, before more is refused; nothing by default", whole(&l.Length, 0)),
		yamlfile.Key("scope", "whose requests are added up: all that have these in common", scopesOf(l)),
		yamlfile.Key("routes", "only requests of these routes of load.mix are counted; without it all are", wordsOf(&l.Routes, "a list of routes such as [read, write]")),
		yamlfile.Key("cost", "name of the cost of load.mix that is counted; without it the one without a name, which is 1 unless load.mix says otherwise", optionalName(&l.Cost)),
		yamlfile.Key("settle", "what was charged is corrected by what the request turned out to cost", yamlfile.Boolean(&l.Settle)),
		yamlfile.Key("counts", "which requests are counted", yamlfile.OneOf(&l.Counts,
			yamlfile.Word{Value: CountsAccepted, Help: "those that pass all limits"},
			yamlfile.Word{Value: CountsAll, Help: "refused ones too, so that asking too often makes it worse"},
			yamlfile.Word{Value: CountsFailures, Help: "those that are refused or fail, only"})),
		yamlfile.Key("hidden", "answers do not tell of it, but for its refusals", yamlfile.Boolean(&l.Hidden)),
	}
}

func scopesOf(l *Limit) yamlfile.Notation {
	return wordsOf(&l.Scope, "a list such as [key] or [account, route]",
		yamlfile.Word{Value: ScopeKey, Help: "the API key"},
		yamlfile.Word{Value: ScopeIP, Help: "the address, which is one for all keys of a scenario"},
		yamlfile.Word{Value: ScopeAccount, Help: "the account, which is one for all keys of a scenario"},
		yamlfile.Word{Value: ScopeRoute, Help: "the kind of request"},
		yamlfile.Word{Value: ScopeResource, Help: "what the request is about"})
}

func optionalName(p *string) yamlfile.Notation {
	n := notation.OfName(p, nil)
	n.Unset = func() bool { return *p == "" }
	return n
}

// checkLimits checks the last limit, and its name beside those before it.
func checkLimits(d *yamlfile.Decoder, limits []Limit, at yamlfile.Found) {
	l := &limits[len(limits)-1]
	if at.OK {
		checkKind(d, l, at)
	}
	if l.Name == "" {
		l.Name = l.Kind()
		for n := 2; taken(limits, l.Name); n++ {
			l.Name = l.Kind() + "-" + strconv.Itoa(n)
		}
	} else if taken(limits, l.Name) && at.Values["name"] != nil {
		d.Errorf(at.Values["name"], "name %s is that of another limit too, want different names", l.Name)
	}
}

// taken says whether a limit but the last has a name.
func taken(limits []Limit, name string) bool {
	return slices.ContainsFunc(limits[:len(limits)-1], func(o Limit) bool { return strings.EqualFold(o.Name, name) })
}

// checkKind refuses a limit that is none, or of two kinds.
func checkKind(d *yamlfile.Decoder, l *Limit, at yamlfile.Found) {
	var kinds []string
	for _, kind := range []string{"window", "bucket", "concurrency", "queue"} {
		if at.Values[kind] != nil {
			kinds = append(kinds, kind)
		}
	}
	switch {
	case len(kinds) == 0:
		d.Errorf(at.Node, "limit is of no kind, want one of window, bucket, concurrency or queue")
		return
	case len(kinds) > 1:
		d.Errorf(at.Values[kinds[1]], "limit is a %s and a %s, want one of them, and another limit for the other", kinds[0], kinds[1])
		return
	case kinds[0] == "bucket" && at.Values["refill"] == nil:
		d.Errorf(at.Node, "limit is a bucket without refill, want refill: 2/1s")
		return
	}
	for key, kind := range map[string]string{"count": "window", "refill": "bucket", "every": "bucket", "length": "queue"} {
		if n := at.Values[key]; n != nil && kind != kinds[0] {
			d.Errorf(n, "%s is that of a %s, and the limit is a %s, want it without", key, kind, kinds[0])
		}
	}
	checkCounting(d, l, at)
	if err := l.Policy().Validate(); err != nil {
		d.Errorf(at.Values[kinds[0]], "limit cannot be had: %v", err)
	}
}

// checkCounting refuses what leaves nothing to count, or nothing to correct.
func checkCounting(d *yamlfile.Decoder, l *Limit, at yamlfile.Found) {
	failures, concurrency := l.Counts == CountsFailures, at.Values["concurrency"] != nil
	switch {
	case l.Settle && failures:
		d.Errorf(at.Values["settle"], "failures are counted when their cost is known, which leaves nothing to settle, want it without")
	case l.Settle && concurrency:
		d.Errorf(at.Values["settle"], "a concurrency is given back with the answer, which leaves nothing to settle, want it without")
	case failures && concurrency:
		d.Errorf(at.Values["counts"], "failures are over when they are counted, and take nothing of a concurrency, want accepted or all")
	}
}
