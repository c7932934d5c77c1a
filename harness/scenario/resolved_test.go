package scenario

import (
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"ratebench/harness/kinds"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// asRead leaves out what a scenario knows of the file it was read from.
var asRead = cmp.Options{
	asText, cmpopts.IgnoreFields(Scenario{}, "SHA256", "Path"), cmpopts.IgnoreFields(Expectation{}, "Line"),
}

// What is written is the notation of the file, and says all.
func TestResolvedIsReadBack(t *testing.T) {
	fsys := fstest.MapFS{"sample.csv": {Data: []byte("1\n2\n")}}
	texts := map[string]string{
		"full": full, "defaults": complete(""),
		"a step that the default of spike_latency does not suit": complete("step: 7ms\nserver: {latency: {incoming: 14ms}}\nload: {every: 21ms}\n"),
	}
	limiters := map[string][]kinds.Kind{}
	paths, err := filepath.Glob("../../scenarios/*.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		texts[path], limiters[path] = string(text), kinds.All()
	}
	for name, text := range texts {
		if limiters[name] == nil {
			limiters[name] = testKinds()
		}
		s, err := Loader{Kinds: limiters[name]}.Parse("x.yaml", []byte(text), fsys)
		if err != nil {
			t.Fatal(err)
		}
		s = firstPoint(s)
		written, err := s.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Loader{Kinds: limiters[name]}.Parse("y.json", written, fsys)
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, written)
			continue
		}
		if diff := cmp.Diff(s, again, asRead); diff != "" {
			t.Errorf("%s is read back as another (-read +read back):\n%s\n%s", name, diff, written)
		}
	}
}

func TestResolved(t *testing.T) {
	s, err := testLoader().Parse("x.yaml", []byte(`
version: 1
duration: 25s
server: {limit: 20/1051ms}
strategies: [{name: a, limiter: {kind: fixed-interval}, guard: {order: true}}]
expect: [{strategy: a, metric: 429, between: [0, 1.5]}]
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	want := `{"version":1,"name":"x","duration":"25s","runs":20,"seed":1,"step":"1ms",` +
		`"server":{"keys":5,"limit":"20/1051ms","latency":{"incoming":"uniform(0ms, 50ms)","outgoing":"uniform(0ms, 50ms)"},` +
		`"resolution":"1ms","block_after":10,"headers":{"received_at":false,"rate_limit":false},` +
		`"faults":{"error_500":0,"error_503":0,"spike":0,"spike_latency":"uniform(200ms, 800ms)","hang":0,"reset_before":0,"reset_after":0,"malformed":0}},` +
		`"load":{"step":"1ms","every":"uniform(0ms, 21ms)","burst":1,"count":0,"ttl":"1s"},` +
		`"strategies":[{"name":"a","client":{"workers_per_key":1,"timeout":"1s","nonce":"timestamp",` +
		`"runtime":{"kind":"goroutines","per_request":"0ms","per_wakeup":"0ms","generator":"0ms"},"clock":{"rate":1}},` +
		`"limiter":{"kind":"fixed-interval","poll":"1ms","scope":"key","share":"whole","interval":"50ms"},` +
		`"guard":{"in_flight":0,"order":true,"latency":"0ms","penalty":"0ms"}}],` +
		`"expect":[{"strategy":"a","metric":"429","between":[0, 1.5]}]}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Whatever decides on what a run does changes the fingerprint, and how the file
// is written does not.
func TestFingerprint(t *testing.T) {
	base := "version: 1\nname: x\nduration: 25s\nserver: {latency: {incoming: empirical(sample.csv)}}\nstrategies: [{name: a, limiter: {kind: window}}, {name: b, limiter: {kind: window}}]\n"
	of := func(text, sample string, o Overrides) string {
		t.Helper()
		s, err := testLoader().Parse("x.yaml", []byte(text), fstest.MapFS{"sample.csv": {Data: []byte(sample)}})
		if err == nil {
			s, err = s.Override(o)
		}
		if err != nil {
			t.Fatal(err)
		}
		f, err := s.Fingerprint()
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	seed, never := uint64(2), 0
	all := map[string]string{}
	for name, f := range map[string]string{
		"as it is":    of(base, "1\n2\n", Overrides{}),
		"other data":  of(base, "1\n3\n", Overrides{}),
		"duration":    of(base, "1\n2\n", Overrides{Duration: time.Second}),
		"block after": of(base, "1\n2\n", Overrides{BlockAfter: &never}),
		"runs":        of(base, "1\n2\n", Overrides{Runs: 3}),
		"seed":        of(base, "1\n2\n", Overrides{Seed: &seed}),
		"strategy":    of(base, "1\n2\n", Overrides{Strategies: []string{"b"}}),
	} {
		if other, taken := all[f]; taken {
			t.Errorf("%s has the fingerprint of %s", name, other)
		}
		all[f] = name
	}
	if f := of("# a comment\n"+base, "1\n2\n", Overrides{Duration: 25 * time.Second}); all[f] != "as it is" {
		t.Error("a comment, or an override by what the file says, makes another fingerprint")
	}
}
