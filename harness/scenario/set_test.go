package scenario

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const toSet = `version: 1
duration: 25s
server: {limit: 20/1s, latency: {incoming: "constant(3ms)"}}
strategies:
  - {name: a, limiter: {kind: window}}
  - {name: b, limiter: {kind: fixed-interval, interval: 5ms}}
expect:
  - {strategy: a, metric: tps, between: [80, 90]}
`

func settingOf(t *testing.T, set ...string) (*Scenario, error) {
	t.Helper()
	l := testLoader()
	l.Set = set
	return l.Parse("x.yaml", []byte(toSet), nil)
}

// What is set is read as if the file said so.
func TestSet(t *testing.T) {
	for set, want := range map[string]string{
		"server.limit=50/1s":                        strings.Replace(toSet, "20/1s", "50/1s", 1),
		" server.limit = 50/1s ":                    strings.Replace(toSet, "20/1s", "50/1s", 1),
		"server.keys=7":                             strings.Replace(toSet, "server: {", "server: {keys: 7, ", 1),
		"server.latency.incoming=uniform(0ms, 2ms)": strings.Replace(toSet, "constant(3ms)", "uniform(0ms, 2ms)", 1),
		"client={workers_per_key: 3}":               strings.Replace(toSet, "strategies:", "client: {workers_per_key: 3}\nstrategies:", 1),
		"client.runtime.per_request=2ms":            strings.Replace(toSet, "strategies:", "client: {runtime: {per_request: 2ms}}\nstrategies:", 1),
		"strategies.b.limiter.interval=9ms":         strings.Replace(toSet, "5ms", "9ms", 1),
		"strategies.1.limiter.interval=9ms":         strings.Replace(toSet, "5ms", "9ms", 1),
		"strategies.a.client.workers_per_key=4":     strings.Replace(toSet, "{name: a,", "{name: a, client: {workers_per_key: 4},", 1),
		"runs=3":                                    strings.Replace(toSet, "duration:", "runs: 3\nduration:", 1),
	} {
		got, err := settingOf(t, set)
		if err != nil {
			t.Errorf("%s: %v", set, err)
			continue
		}
		meant, err := testLoader().Parse("x.yaml", []byte(want), nil)
		if err != nil {
			t.Fatal(err)
		}
		other, _ := meant.Fingerprint()
		if keeps := strings.HasPrefix(set, "runs"); keeps != (len(got.Expect) == 1) || keeps != (len(got.Untested) == 0) {
			t.Errorf("%s leaves %d claims, and %d untested", set, len(got.Expect), len(got.Untested))
		}
		got.Expect = meant.Expect
		if one, _ := got.Fingerprint(); one != other {
			a, _ := got.MarshalJSON()
			b, _ := meant.MarshalJSON()
			t.Errorf("%s: %s", set, cmp.Diff(string(b), string(a)))
		}
	}
}

func TestSetIsRecorded(t *testing.T) {
	s, err := settingOf(t, "server.keys=2", "duration=2s")
	if err != nil {
		t.Fatal(err)
	}
	if want := []Override{{"--set", "server.keys=2"}, {"--set", "duration=2s"}}; !cmp.Equal(s.Overrides, want) || s.Duration != 2*time.Second {
		t.Errorf("recorded %v, a duration of %v", s.Overrides, s.Duration)
	}
}

// What is wrong is said of the setting, since no place in the file is.
func TestSetMistakes(t *testing.T) {
	for set, want := range map[string]string{
		"server.keys":                     `--set is "server.keys", want a key and its value such as server.limit=50/1s`,
		"=3":                              `--set is "=3", want a key and its value such as server.limit=50/1s`,
		"server.keys=":                    `--set is "server.keys=", want a key and its value such as server.limit=50/1s`,
		"server.keys=-1":                  "--set: keys is -1, want a whole number from 1 to 100000",
		"sever.keys=1":                    `--set: unknown scenario key "sever" (did you mean server?)`,
		"server.limit.window=1s":          "--set: server.limit is ",
		"strategies.c.limiter.kind=x":     "--set: strategies has no item c, want a, b or a number from 0 to 1",
		"strategies.2.limiter.kind=x":     "--set: strategies has no item 2, want a, b or a number from 0 to 1",
		"strategies.b.limiter.interval=x": "--set: ",
		"server.limit=[":                  `--set server.limit: "[": this is not valid YAML`,
		"version=2":                       "--set changes version, which says how the file is to be read",
	} {
		_, err := settingOf(t, set)
		if err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "x.yaml") {
			t.Errorf("%s: %v, want %s", set, err, want)
		}
	}
	// A file that is wrong by itself is what is wrong, with its place.
	l := testLoader()
	l.Set = []string{"server.keys=3"}
	if _, err := l.Parse("x.yaml", []byte(strings.Replace(toSet, "20/1s", "20", 1)), nil); err == nil || !strings.HasPrefix(err.Error(), "x.yaml:3") {
		t.Errorf("%v", err)
	}
}
