package fit

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"
	"text/template"
	"time"

	"ratebench/harness/dist"
)

// Given is what a measurement does not tell, or what is to be put in the place of
// what it tells. Zero values are not given.
type Given struct {
	Name  string // of the scenario and its files. Required.
	Limit string // of each key, as in a scenario: 20/1s
	Keys  int
}

// Files are a scenario and the files that it names, by their names.
type Files map[string][]byte

// Scenario writes a scenario to start from: the latencies, the load and what the
// limits are known to be, with the strategies that need no more than that.
func (f *Fit) Scenario(g Given, sources []string) (Files, error) {
	files := Files{}
	v := view{Fit: f, Given: g, Sources: sources}
	latencies := g.Name + ".csv"
	switch f.split {
	case SplitIn:
		files[latencies] = f.sample("the latency in: all of what was measured", f.Incoming)
		v.Incoming, v.Outgoing = f.draw(latencies), "0ms"
	case SplitMeasured:
		out := g.Name + "-out.csv"
		files[latencies] = f.sample("the latency in", f.Incoming)
		files[out] = f.sample("the latency out", f.Outgoing)
		v.Incoming, v.Outgoing = f.draw(latencies), f.draw(out)
	default:
		files[latencies] = f.sample("half of the latency, for either way", f.Incoming)
		v.Incoming, v.Outgoing = f.draw(latencies), f.draw(latencies)
	}
	v.every()
	v.limit()
	var b bytes.Buffer
	if err := scenarioTemplate.Execute(&b, v); err != nil {
		return nil, err
	}
	files[g.Name+".yaml"] = b.Bytes()
	return files, nil
}

// draw is how latencies are drawn: in blocks that keep their spells. Blocks of one
// keep together what was measured together, the way in and the way out.
func (f *Fit) draw(file string) string {
	return fmt.Sprintf("bootstrap(%s, %d)", file, max(1, f.Spells.Block))
}

// sample writes latencies in milliseconds, exact to the nanosecond, one a line.
func (f *Fit) sample(what string, values []time.Duration) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s, in ms, in the order of the requests\n", what)
	for _, d := range values {
		b.WriteString(strconv.FormatFloat(float64(d)/float64(time.Millisecond), 'f', -1, 64))
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// A view is what the template of a scenario sees.
type view struct {
	*Fit
	Given
	Sources            []string
	Incoming, Outgoing string
	Every, EveryWhy    string
	LimitText, Why     string
}

// every is the load: evenly spaced requests as such, any others as random ones.
func (v *view) every() {
	const even = 0.3
	switch l := v.Load; {
	case l == nil:
		v.Every, v.EveryWhy = "exponential(10ms)", "the load is not known: put in yours"
	case l.Relative < even:
		v.Every, v.EveryWhy = "constant("+whole(l.Gap)+")", fmt.Sprintf("%.3g a second, evenly spaced", l.Rate)
	default:
		v.Every, v.EveryWhy = "exponential("+whole(l.Gap)+")", fmt.Sprintf("%.3g a second", l.Rate)
	}
}

// whole is a duration to the microsecond, and no less than one.
func whole(d time.Duration) string {
	return dist.FormatDuration(max(d.Round(time.Microsecond), time.Microsecond))
}

// limit is the one that is given, or else the one that the answers state and that
// binds first.
func (v *view) limit() {
	if v.Given.Limit != "" {
		v.LimitText, v.Why = v.Given.Limit, "as given"
		return
	}
	least, rate := -1, math.Inf(1)
	for i, l := range v.Limits {
		if r := float64(l.Limit) / l.Window.Seconds(); l.Window > 0 && r < rate {
			least, rate = i, r
		}
	}
	if least < 0 {
		v.LimitText, v.Why = "20/1s", "NOT KNOWN: no answer states one. Put in what your API documents, or fit again with --limit"
		return
	}
	l := v.Limits[least]
	v.LimitText = fmt.Sprintf("%d/%s", l.Limit, dist.FormatDuration(l.Window))
	v.Why = fmt.Sprintf("stated by %d answers", l.Stated)
	if l.Guessed {
		v.Why += "; the window is not stated, and a guess"
	}
}

// KeyCount is the number of keys.
func (v view) KeyCount() int { return max(1, v.Keys) }

// Timeout is one that nothing that was measured exceeds.
func (v view) Timeout() string {
	longest := v.Quantile(1)
	timeout := time.Second
	for timeout < 2*longest {
		timeout *= 2
	}
	return dist.FormatDuration(timeout)
}

// Workers are as many as keep a quota busy at the longest latency but one in a
// hundred, 10 at least.
func (v view) Workers() int {
	n := 10
	if v.Load != nil {
		n = max(n, v.Load.AtATime, int(math.Ceil(v.Load.Rate*v.Quantile(0.99).Seconds()/float64(v.KeyCount()))))
	}
	return min(n, 1000)
}

// J is the longest latency in, rounded up to a microsecond.
func (v view) J() string { return whole(v.Longest() + time.Microsecond - 1) }

// Spread is the difference between the longest and the shortest latency in.
func (v view) Spread() string { return whole(v.Longest() - v.Shortest() + time.Microsecond - 1) }

// Comment is a text as lines of a comment.
func (v view) Comment(text string) string {
	return "# " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n# ")
}

// SplitText says what the split takes for granted.
func (v view) SplitText() string {
	switch v.split {
	case SplitIn:
		return "All of a latency is taken for the way in: safe, for no way in is longer, and slower than the truth."
	case SplitMeasured:
		return "The way in is as the server stated it. Its clock and the client's are taken to agree."
	}
	return "Half of a latency is taken for the way in, which is a guess: fit with --split in for one that is safe."
}

var scenarioTemplate = template.Must(template.New("scenario").Parse(`version: 1
name: {{.Name}}
question: Which client gets the most out of the API that was measured, without a 429?
# Fitted from{{range .Sources}} {{.}}{{end}}: {{len .Latencies}} latencies of {{.Requests}} requests.
# {{.SplitText}}
{{- range .Notes}}
# Note: {{.}}.
{{- end}}
duration: 60s
runs: 20
step: 0ms # latencies are what was measured, not rounded
server:
  keys: {{.KeyCount}}
  limit: {{.LimitText}} # {{.Why}}
{{- range .Limits}}
  # {{if .Name}}{{.Name}}{{else}}a limit{{end}}: {{.Limit}}{{if .Window}} in {{.Window}}{{end}}{{if .Guessed}} (a guess){{end}}, stated by {{.Stated}} answers
{{- end}}
{{- if .Dialect}}
  dialect: {{.Dialect}} # by the fields of the answers
{{- end}}
  nonces: false # true if yours wants a number that grows from request to request, as the reference does
  block_after: 0 # no penalty can be told from measurements: put in that of yours, if it bans
  latency: {incoming: "{{.Incoming}}", outgoing: "{{.Outgoing}}"}
load:
  every: {{.Every}} # {{.EveryWhy}}
client: {workers_per_key: {{.Workers}}, timeout: {{.Timeout}}}
strategies:
  # J, the longest latency in, is that of the measurement. More is safer.
  - {name: window, limiter: {kind: window, headroom: {{.Spread}}}}
  - {name: paced, limiter: {kind: paced, spread: {{.Spread}}}}
  - {name: ack-clocked, limiter: {kind: ack-clocked, latency: {{.J}}}}
  - {name: ack-clocked.blind, limiter: {kind: ack-clocked}}
  - {name: token-bucket, limiter: {kind: token-bucket}}
expect:
  - {strategy: ack-clocked, metric: 429, between: [0, 0]}
`))
