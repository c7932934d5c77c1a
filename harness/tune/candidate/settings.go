package candidate

import (
	"fmt"
	"strconv"
	"time"

	"ratebench/clients/limiter"
	"ratebench/harness/dist"
	"ratebench/harness/kinds"
	"ratebench/harness/scenario/client"
)

// A Setting is a key of a strategy, in the notation of the scenario file, that is
// not as it is by default.
type Setting struct{ Path, Value string }

// Settings are those of a candidate, but for retries and queues, which are those
// of a strategy in the file if there are any.
func (c *Candidate) Settings() []Setting {
	_, standard := c.Kind.New()
	all := changed("limiter.", c.Limiter.Parameters, standard)
	add := func(is bool, path string, value any) {
		if is {
			all = append(all, Setting{path, Text(value)})
		}
	}
	l, g, own := &c.Limiter, &c.Guard, &c.Client
	poll := time.Duration(0)
	if c.Kind.Polls {
		poll = time.Millisecond
	}
	add(l.Poll != poll, "limiter.poll", l.Poll)
	add(l.Scope != client.ScopeKey, "limiter.scope", l.Scope)
	add(l.Share != client.ShareWhole, "limiter.share", l.Share)
	add(g.InFlight > 0, "guard.in_flight", g.InFlight)
	add(g.Order, "guard.order", g.Order)
	add(g.Order && g.Latency > 0, "guard.latency", g.Latency)
	add(g.Penalty > 0, "guard.penalty", g.Penalty)
	add(own.WorkersPerKey != 1, "client.workers_per_key", own.WorkersPerKey)
	add(own.Timeout != time.Second, "client.timeout", own.Timeout)
	add(own.Nonce != client.NonceTimestamp, "client.nonce", own.Nonce)
	return all
}

// changed are the parameters that differ from their defaults.
func changed(prefix string, params, standard []kinds.Parameter) []Setting {
	var all []Setting
	for i, p := range params {
		if inner, ok := p.Value.([]kinds.Parameter); ok {
			all = append(all, changed(prefix+p.Name+".", inner, standard[i].Value.([]kinds.Parameter))...)
			continue
		}
		path := []string{p.Name}
		if value := Text(get(params, path)); value != Text(get(standard, path)) {
			all = append(all, Setting{prefix + p.Name, value})
		}
	}
	return all
}

// Text is a value in the notation of the scenario file.
func Text(value any) string {
	switch v := value.(type) {
	case time.Duration:
		return dist.FormatDuration(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case limiter.Rate:
		if v == (limiter.Rate{}) {
			return ""
		}
		return fmt.Sprintf("%d/%s", v.N, dist.FormatDuration(v.Per))
	}
	return fmt.Sprint(value)
}
